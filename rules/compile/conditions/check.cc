#include <fmt/format.h>

#include "rules/cel/cost.h"
#include "rules/cel/guards.h"
#include "rules/cel/plan.h"
#include "rules/compile/conditions/expression_names.h"
#include "rules/compile/conditions/syntax.h"

namespace pm {
namespace {

using Kind = ConditionSyntax::Kind;

constexpr int kMissingPolicy = 213, kConstant = 236;
// Units of cel/work.h; a typical condition has some tens. What passes here is never stopped while
// it is evaluated.
constexpr uint64_t kMostWork = cel::EvalLimits().cost;

void ReportTest(CompileContext& context, const ConditionSyntax& test, const TestError& error) {
  SourcePlace place = test.place;
  if (test.value != nullptr && error.literal != SIZE_MAX) {
    const bool one_of = error.literal < test.value->items.size();
    const YamlNode& culprit = one_of ? test.value->items[error.literal] : *test.value;
    const bool inside = culprit.kind == YamlNode::Kind::kScalar && error.offset > 0;
    place = inside ? PlaceIn(culprit, error.offset) : PlaceOf(culprit);
  }
  std::string hint;
  if (error.error.code == kMissingPolicy) {
    hint = fmt::format("write `{{ {}: ..., missing: match }}` or `missing: no_match`",
                       OpName(test.spec.op));
  }
  context.out.Report(error.error, place, std::move(hint));
}

void CheckTest(CompileContext& context, ConditionSyntax* test) {
  auto made = MakeTest(test->spec, &context.builder.slots());
  if (made) {
    test->test = *std::move(made);
  } else {
    ReportTest(context, *test, made.error());
    test->kind = Kind::kWrong;
  }
}

void CheckConstant(CompileContext& context, const ConditionSyntax& syntax, const cel::Plan& plan) {
  const cel::PlanNode& root = plan.root();
  if (root.op != cel::PlanOp::kConstant || root.value.kind != ValueKind::kBool) return;
  const bool always = root.value.boolean();
  context.out.Error(kConstant, syntax.place,
                    always ? "this holds for every lead" : "this holds for no lead",
                    always ? "leave out the condition" : "leave out the rule");
}

void CheckExpression(CompileContext& context, ConditionSyntax* syntax) {
  ExpressionSyntax& expression = *syntax->expression;
  const cel::Declarations& declarations = context.expression_names().declarations;
  cel::Problems problems(context.WantsHints());
  const cel::Ast& ast = expression.ast;
  expression.checked = CheckTypes(ast, expression.resolution, declarations, &problems);
  if (problems.empty()) CheckResult(ast, expression.checked, "bool", &problems);
  if (problems.empty()) CheckGuards(ast, expression.resolution, declarations, &problems);
  expression.cost_bound =
      CheckCost(ast, expression.resolution, expression.checked, declarations, kMostWork, &problems);
  const cel::Plan plan = MakePlan(ast, expression.resolution, expression.checked,
                                  /*report_constants=*/true, &problems);
  if (problems.empty()) {
    CheckConstant(context, *syntax, plan);
  } else {
    ReportProblems(*expression.text, std::move(problems), context.out);
    syntax->kind = Kind::kWrong;
  }
}

}  // namespace

void CheckTypes(CompileContext& context, ConditionSyntax* syntax) {
  if (syntax->kind == Kind::kTest) CheckTest(context, syntax);
  if (syntax->kind == Kind::kExpression) CheckExpression(context, syntax);
  for (ConditionSyntax& child : syntax->children) CheckTypes(context, &child);
}

}  // namespace pm
