#include "rules/cel/dump.h"

#include <fmt/format.h>

#include <array>

namespace pm::cel {
namespace {

constexpr std::array<std::string_view, 8> kKinds = {"literal", "name", "select", "call",
                                                    "list",    "map",  "entry",  "macro"};
constexpr std::array<std::string_view, 19> kOps = {
    "constant", "variable", "presence",    "optional", "local",   "unbound", "and",
    "or",       "not",      "conditional", "call",     "compare", "or_else", "select",
    "list",     "map",      "entry",       "in_set",   "matches"};

std::string Head(const Expr& expr) {
  std::string text(kKinds[static_cast<size_t>(expr.kind)]);
  if (expr.kind == ExprKind::kLiteral) return text + " " + DebugText(expr.literal);
  if (expr.test_only) text = "has";
  if (expr.optional) text += " optional";
  if (expr.member && expr.kind == ExprKind::kCall) text = "member " + text;
  if (!expr.name.empty()) text += fmt::format(" {}{}", expr.rooted ? "." : "", expr.name);
  for (const std::string_view variable : expr.variables) {
    if (!variable.empty()) text += fmt::format(" {}", variable);
  }
  return text;
}

std::string ReferenceText(const Reference& reference) {
  switch (reference.kind) {
    case ReferenceKind::kVariable:
      return " = variable";
    case ReferenceKind::kPresence:
      return " = presence";
    case ReferenceKind::kOptional:
      return " = optional";
    case ReferenceKind::kLocal:
      return fmt::format(" = local {}", reference.index);
    case ReferenceKind::kType:
      return " = type";
    case ReferenceKind::kUnknown:
      return " = nothing";
    case ReferenceKind::kNone:
      break;
  }
  return "";
}

void DumpExpr(const Ast& ast, ExprId id, size_t depth, const Resolution* resolution,
              const Checked* checked, std::string* out) {
  const Expr& expr = ast.at(id);
  *out += std::string(2 * depth, ' ');
  bool named = false;
  if (resolution != nullptr && resolution->references[id].kind != ReferenceKind::kNone) {
    named = expr.kind == ExprKind::kSelect;
    *out += expr.test_only  ? fmt::format("has {}.{}", ast.QualifiedName(expr.args[0]), expr.name)
            : expr.optional ? fmt::format("{}.?{}", ast.QualifiedName(expr.args[0]), expr.name)
            : named         ? ast.QualifiedName(id)
                            : Head(expr);
    *out += ReferenceText(resolution->references[id]);
  } else {
    *out += Head(expr);
  }
  if (checked != nullptr) {
    *out += " : " + TypeText(*checked->type_of[id]);
    for (const Overload* overload : checked->overloads[id]) {
      *out += fmt::format(" | {}", overload->signature);
    }
  }
  *out += '\n';
  if (named) return;
  for (const ExprId arg : expr.args) DumpExpr(ast, arg, depth + 1, resolution, checked, out);
}

std::string Detail(const PlanNode& node) {
  const PlanOp op = node.op;
  if (op == PlanOp::kConstant || op == PlanOp::kInSet) return " " + DebugText(node.value);
  if (op == PlanOp::kVariable || op == PlanOp::kPresence || op == PlanOp::kOptional ||
      op == PlanOp::kLocal) {
    return fmt::format(" {}", node.index);
  }
  const bool named = op == PlanOp::kCall || op == PlanOp::kCompare || op == PlanOp::kSelect ||
                     op == PlanOp::kUnbound || op == PlanOp::kOrElse;
  return named ? fmt::format(" {}", node.value.text()) : "";
}

void DumpNode(const PlanNode& node, size_t depth, std::string* out) {
  *out += std::string(2 * depth, ' ');
  if (node.op == PlanOp::kMacro) {
    *out += fmt::format("macro {} local {}", static_cast<int>(node.macro), node.index);
  } else {
    *out += kOps[static_cast<size_t>(node.op)];
  }
  *out += Detail(node);
  *out += '\n';
  for (const PlanNode* arg : node.args) DumpNode(*arg, depth + 1, out);
}

}  // namespace

std::string DumpTree(const Ast& ast) {
  std::string out;
  DumpExpr(ast, ast.root(), 0, nullptr, nullptr, &out);
  return out;
}

std::string DumpResolved(const Ast& ast, const Resolution& resolution) {
  std::string out;
  DumpExpr(ast, ast.root(), 0, &resolution, nullptr, &out);
  return out;
}

std::string DumpChecked(const Ast& ast, const Resolution& resolution, const Checked& checked) {
  std::string out;
  DumpExpr(ast, ast.root(), 0, &resolution, &checked, &out);
  return out;
}

std::string DumpPlan(const Plan& plan) {
  std::string out;
  DumpNode(plan.root(), 0, &out);
  return out;
}

}  // namespace pm::cel
