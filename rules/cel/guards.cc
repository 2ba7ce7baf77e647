#include "rules/cel/guards.h"

#include <fmt/format.h>

#include <set>
#include <vector>

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
    if (reference.kind == ReferenceKind::kLocal && negative) return VisitLocal(reference.index);
    if (reference.kind != ReferenceKind::kNone) return;
    if (expr.kind == ExprKind::kMacro) return VisitMacro(id, negative);
    if (expr.kind == ExprKind::kCall && !expr.member) {
      if (expr.name == op::kNot) return Visit(expr.args[0], !negative);
      if (IsNegation(expr)) negative = !negative;
      if (expr.name == op::kConditional) return VisitConditional(expr, negative);
      if (expr.name == op::kAnd || expr.name == op::kOr) return VisitLogical(expr, negative);
    }
    for (const ExprId arg : expr.args) Visit(arg, negative);
  }

 private:
  bool IsLiteral(ExprId id, bool truth) const {
    const Value& literal = ast_.at(id).literal;
    const bool boolean = ast_.at(id).kind == ExprKind::kLiteral && literal.kind == ValueKind::kBool;
    return boolean && literal.boolean() == truth;
  }

  // `a != b` and `(a == b) == false`, but not `(a == b) != false`. A field that is false is a value
  // as any other.
  bool IsNegation(const Expr& call) const {
    const bool equal = call.name == op::kEqual;
    if (!equal && call.name != op::kNotEqual) return false;
    for (const size_t i : {0, 1}) {
      const bool field = resolution_.references[call.args[1 - i]].kind == ReferenceKind::kVariable;
      if (IsLiteral(call.args[i], false) && !field) return equal;
    }
    return !equal;
  }

  // What is said of a macro's variable is said of what it goes through.
  void VisitMacro(ExprId id, bool negative) {
    const Expr& macro = ast_.at(id);
    const uint32_t first = resolution_.macro_locals[id];
    Visit(macro.args[0], negative);
    const auto before = ranges_;
    for (size_t i = 0; i < 2; ++i) {
      if (macro.variables[i].empty()) continue;
      ranges_.resize(std::max<size_t>(ranges_.size(), first + i + 1));
      ranges_[first + i] = macro.args[0];
    }
    for (size_t i = 1; i < macro.args.size(); ++i) Visit(macro.args[i], negative);
    ranges_ = before;
  }

  void VisitLocal(uint32_t local) {
    if (seen_.emplace(ranges_[local], guarded_).second) Visit(ranges_[local], true);
  }

  void VisitLogical(const Expr& expr, bool negative) {
    const std::set<uint32_t> before = guarded_;
    for (const ExprId arg : expr.args) {
      Guard(arg, expr.name == op::kAnd);
      if (expr.name == op::kAnd && !negative) GuardByValue(arg);
    }
    for (const ExprId arg : expr.args) Visit(arg, negative);
    guarded_ = before;
  }

  // What a comparison needs a value of: without one the whole is not true, whatever stands beside.
  void GuardByValue(ExprId id) {
    const Expr& expr = ast_.at(id);
    if (expr.kind != ExprKind::kCall || !IsPositiveTest(expr)) return;
    for (const ExprId arg : expr.args) {
      const Reference& reference = resolution_.references[arg];
      if (reference.kind == ReferenceKind::kVariable) guarded_.insert(reference.index);
    }
  }
  bool IsPositiveTest(const Expr& call) const {
    static constexpr std::string_view kTests[] = {
        op::kEqual, op::kLess,    op::kLessEqual, op::kGreater, op::kGreaterEqual,
        op::kIn,    "startsWith", "endsWith",     "contains",   "matches"};
    return std::ranges::find(kTests, call.name) != std::end(kTests) && !IsNegation(call);
  }

  void VisitConditional(const Expr& expr, bool negative) {
    const ExprId condition = expr.args[0];
    const bool turned = IsLiteral(expr.args[1], false) || IsLiteral(expr.args[2], true);
    Visit(condition, negative != turned);
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
  std::vector<ExprId> ranges_;  // what a macro's variable stands in, by the variable
  std::set<std::pair<ExprId, std::set<uint32_t>>> seen_;  // of these, with what was guarded
};

}  // namespace

void CheckGuards(const Ast& ast, const Resolution& resolution, const Declarations& declarations,
                 Problems* problems, bool negative) {
  Guards(ast, resolution, declarations, problems).Visit(ast.root(), negative);
}

}  // namespace pm::cel
