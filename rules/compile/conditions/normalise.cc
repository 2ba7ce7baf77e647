#include <fmt/format.h>

#include "rules/cel/unparse.h"
#include "rules/compile/conditions/expression_tests.h"
#include "rules/compile/conditions/syntax.h"

namespace pm {
namespace {

using Kind = ConditionSyntax::Kind;
namespace op = cel::op;

// Splits an expression at `&&`, `||` and `!`; what is between is a test, or stays an expression.
class Splitter {
 public:
  Splitter(CompileContext& context, const ConditionSyntax& whole)
      : context_(context), whole_(whole) {}

  ConditionSyntax Split(cel::ExprId id) const {
    const cel::Expr& expr = whole_.expression->ast.at(id);
    if (expr.kind == cel::ExprKind::kCall && !expr.member) {
      if (expr.name == op::kAnd) return Joined(Kind::kAll, expr);
      if (expr.name == op::kOr) return Joined(Kind::kAny, expr);
      if (expr.name == op::kNot && !AsksPresence(expr.args[0])) return Joined(Kind::kNot, expr);
    }
    ConditionSyntax part = whole_;
    part.part = id;
    part.place = PlaceIn(*whole_.expression->text, expr.begin, expr.end - expr.begin);
    MakeTestOfPart(context_, &part);
    return part;
  }

 private:
  bool AsksPresence(cel::ExprId id) const {
    return whole_.expression->resolution.references[id].kind == cel::ReferenceKind::kPresence;
  }

  ConditionSyntax Joined(Kind kind, const cel::Expr& expr) const {
    ConditionSyntax joined;
    joined.kind = kind;
    joined.place = whole_.place;
    for (const cel::ExprId arg : expr.args) joined.children.push_back(Split(arg));
    return joined;
  }

  CompileContext& context_;
  const ConditionSyntax& whole_;
};

// Takes in the parts of `all` within `all` and of `any` within `any`.
void Flatten(ConditionSyntax* syntax) {
  std::vector<ConditionSyntax> parts;
  for (ConditionSyntax& child : syntax->children) {
    if (child.kind != syntax->kind) {
      parts.push_back(std::move(child));
      continue;
    }
    for (ConditionSyntax& part : child.children) parts.push_back(std::move(part));
  }
  syntax->children = std::move(parts);
}

// `not` of `present` is `missing`, and the other way round.
void TurnPresence(CompileContext& context, ConditionSyntax* negation) {
  ConditionSyntax& inner = negation->children[0];
  const bool presence = inner.kind == Kind::kTest &&
                        (inner.spec.op == TestOp::kPresent || inner.spec.op == TestOp::kMissing);
  if (!presence) return;
  inner.spec.op = inner.spec.op == TestOp::kPresent ? TestOp::kMissing : TestOp::kPresent;
  inner.spec.text.clear();
  auto made = MakeTest(inner.spec, &context.builder.slots());
  PM_CHECK(made.has_value());
  inner.test = *std::move(made);
  ConditionSyntax turned = std::move(inner);
  *negation = std::move(turned);
}

}  // namespace

void Normalise(CompileContext& context, ConditionSyntax* syntax) {
  if (syntax->kind == Kind::kExpression) {
    *syntax = Splitter(context, ConditionSyntax(*syntax)).Split(syntax->part);
  }
  const bool joined = syntax->kind == Kind::kAll || syntax->kind == Kind::kAny;
  for (ConditionSyntax& child : syntax->children) {
    if (child.kind != Kind::kExpression || child.part == child.expression->ast.root()) {
      Normalise(context, &child);
    }
  }
  if (joined) Flatten(syntax);
  if (syntax->kind == Kind::kNot) TurnPresence(context, syntax);
  const bool lone = joined && syntax->children.size() == 1;
  const bool twice = syntax->kind == Kind::kNot && syntax->children[0].kind == Kind::kNot;
  if (lone || twice) {
    ConditionSyntax inner =
        std::move(twice ? syntax->children[0].children[0] : syntax->children[0]);
    *syntax = std::move(inner);
  }
}

}  // namespace pm
