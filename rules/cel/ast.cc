#include "rules/cel/ast.h"

namespace pm::cel {

ExprId Ast::Add(Expr expr) {
  nodes_.push_back(std::move(expr));
  return static_cast<ExprId>(nodes_.size() - 1);
}

std::string_view Ast::Keep(std::string text) {
  texts_.push_back(std::move(text));
  return texts_.back();
}

std::string Ast::QualifiedName(ExprId id) const {
  std::string name;
  for (;;) {
    const Expr& expr = nodes_[id];
    if (expr.kind == ExprKind::kIdent) {
      return (expr.rooted ? "." : "") + std::string(expr.name) + name;
    }
    if (expr.kind != ExprKind::kSelect || expr.optional || expr.test_only) return "";
    name.insert(0, "." + std::string(expr.name));
    id = expr.args[0];
  }
}

}  // namespace pm::cel
