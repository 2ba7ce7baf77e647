#include "rules/cel/guards.h"

#include <fmt/format.h>

#include <set>

namespace pm::cel {
namespace {

class Guards {
 public:
  Guards(const Ast& ast, const Resolution& resolution, const Declarations& declarations,
         Problems* problems)
      : ast_(ast), resolution_(resolution), declarations_(declarations), problems_(*problems) {}

  void Visit(ExprId id, bool negative) {
    const Expr& expr = ast_.at(id);
    const Reference& reference = resolution_.references[id];
    if (reference.kind == ReferenceKind::kVariable && negative) return Read(expr, reference.index);
    if (reference.kind != ReferenceKind::kNone) return;
    if (expr.kind == ExprKind::kCall && !expr.member) {
      if (expr.name == op::kNot) return Visit(expr.args[0], !negative);
      if (expr.name == op::kNotEqual) negative = !negative;
      if (expr.name == op::kConditional) return VisitConditional(expr, negative);
      if (expr.name == op::kAnd || expr.name == op::kOr) return VisitLogical(expr, negative);
    }
    for (const ExprId arg : expr.args) Visit(arg, negative);
  }

 private:
  void VisitLogical(const Expr& expr, bool negative) {
    const std::set<uint32_t> before = guarded_;
    for (const ExprId arg : expr.args) Guard(arg, expr.name == op::kAnd);
    for (const ExprId arg : expr.args) Visit(arg, negative);
    guarded_ = before;
  }

  void VisitConditional(const Expr& expr, bool negative) {
    const ExprId condition = expr.args[0];
    Visit(condition, negative);
    for (const bool there : {true, false}) {
      const std::set<uint32_t> before = guarded_;
      Guard(condition, there);
      const Expr& test = ast_.at(condition);
      if (there && test.kind == ExprKind::kCall && test.name == op::kAnd) {
        for (const ExprId arg : test.args) Guard(arg, true);
      }
      Visit(expr.args[there ? 1 : 2], negative);
      guarded_ = before;
    }
  }

  // Notes the variable of has(x), or with `there` false, of !has(x).
  void Guard(ExprId id, bool there) {
    if (!there) {
      const Expr& expr = ast_.at(id);
      if (expr.kind != ExprKind::kCall || expr.name != op::kNot) return;
      id = expr.args[0];
    }
    const Reference& reference = resolution_.references[id];
    if (reference.kind == ReferenceKind::kPresence) guarded_.insert(reference.index);
  }

  void Read(const Expr& expr, uint32_t index) {
    const Variable& variable = declarations_.variables()[index];
    if (!variable.may_be_missing || guarded_.contains(index) || !told_.insert(index).second) return;
    problems_.Add(kUnguarded, expr.begin, expr.end - expr.begin,
                  fmt::format("'{}' may be missing, and then this is never true", variable.name),
                  fmt::format("write has({0}) && ..., or !has({0}) || ...", variable.name));
  }

  const Ast& ast_;
  const Resolution& resolution_;
  const Declarations& declarations_;
  Problems& problems_;
  std::set<uint32_t> guarded_;
  std::set<uint32_t> told_;
};

}  // namespace

void CheckGuards(const Ast& ast, const Resolution& resolution, const Declarations& declarations,
                 Problems* problems) {
  Guards(ast, resolution, declarations, problems).Visit(ast.root(), false);
}

}  // namespace pm::cel
