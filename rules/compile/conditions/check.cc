#include <fmt/format.h>

#include <set>

#include "rules/cel/cost.h"
#include "rules/cel/guards.h"
#include "rules/cel/plan.h"
#include "rules/compile/conditions/expression_names.h"
#include "rules/compile/conditions/field_hints.h"
#include "rules/compile/conditions/syntax.h"
#include "rules/text_form.h"

namespace pm {
namespace {

using Kind = ConditionSyntax::Kind;

constexpr int kBadLiteral = 210, kBadOperator = 211, kBadPattern = 212, kMissingPolicy = 213,
              kConstant = 236;
// Units of cel/work.h; a typical condition has some tens. What passes here is never stopped while
// it is evaluated.
constexpr uint64_t kMostWork = cel::EvalLimits().cost;

// How a test with a list where one value belongs, or one text where two do, is to be written.
std::string HintOfCount(const ConditionSyntax& test) {
  const TestSpec& spec = test.spec;
  if (spec.op == TestOp::kBetween && spec.literals.size() == 1) {
    const std::string_view text = spec.literals.front();
    const size_t dash = text.find_first_of("-,", 1);
    const size_t rest = text.find_first_not_of(" -,", std::min(dash, text.size()));
    if (rest == text.npos) return {};
    return fmt::format("write [{}, {}]", text.substr(0, dash), text.substr(rest));
  }
  if (spec.literals.size() < 2 || spec.op == TestOp::kBetween) return {};
  if (spec.op == TestOp::kEq) return "for any of several write `in`";
  if (spec.op == TestOp::kNe) return "for none of several write `not_in`";
  const auto one = [&](size_t i) {
    return fmt::format("{{ {}: {{ {}: {} }} }}", spec.field->name, OpName(spec.op),
                       spec.literals[i]);
  };
  return fmt::format("put a test for each below `any`: `any: [ {}, {}{} ]`", one(0), one(1),
                     spec.literals.size() > 2 ? ", ..." : "");
}

void ReportTest(CompileContext& context, const ConditionSyntax& test, const TestError& error) {
  SourcePlace place = test.place;
  std::string hint;
  const TestOp op = test.spec.op;
  const bool part = op == TestOp::kStartsWith || op == TestOp::kEndsWith || op == TestOp::kContains;
  if (error.literal < test.spec.literals.size() && op != TestOp::kMatches && !part) {
    hint = HintOfLiteral(*test.spec.field, test.spec.literals[error.literal]);
  }
  if (test.value != nullptr && error.literal != SIZE_MAX) {
    const bool one_of = error.literal < test.value->items.size();
    const YamlNode& culprit = one_of ? test.value->items[error.literal] : *test.value;
    const bool inside = culprit.kind == YamlNode::Kind::kScalar && error.offset > 0;
    place = inside ? PlaceIn(culprit, error.offset) : PlaceOf(culprit);
  }
  if (error.error.code == kBadOperator && error.literal == SIZE_MAX) hint = HintOfCount(test);
  if (error.error.code == kBadPattern && error.error.text.contains(": (?")) {
    hint = "look-ahead and look-behind are not known here: test the parts one by one";
  }
  if (error.error.code == kMissingPolicy) {
    hint = fmt::format("write `{{ {}: ..., missing: match }}` or `missing: no_match`",
                       OpName(test.spec.op));
  }
  context.out.Report(error.error, place, std::move(hint));
}

// `lead.email_domain: mail.acme.com` takes more than is written.
void WarnOfHosts(CompileContext& context, const ConditionSyntax& test) {
  const TestOp op = test.spec.op;
  const bool whole =
      op == TestOp::kEq || op == TestOp::kNe || op == TestOp::kIn || op == TestOp::kNotIn;
  if (!whole || test.value == nullptr) return;
  for (size_t i = 0; i < test.spec.literals.size(); ++i) {
    const auto host = FindHostAsDomain(*test.spec.field, test.spec.literals[i]);
    if (!host) continue;
    const YamlNode& culprit = i < test.value->items.size() ? test.value->items[i] : *test.value;
    context.out.Warning(kBadLiteral, PlaceOf(culprit), host->text, host->hint);
  }
}

bool OfPresence(TestOp op) { return op == TestOp::kPresent || op == TestOp::kMissing; }

// Under `not` every test is a negative one, save that which was negative before. `asked`: what a
// missing field means is said beside it.
void CheckTest(CompileContext& context, bool negative, bool asked, ConditionSyntax* test) {
  test->spec.guarded = asked;
  auto made = MakeTest(test->spec, &context.builder.slots());
  if (!made) {
    ReportTest(context, *test, made.error());
    test->kind = Kind::kWrong;
    return;
  }
  test->test = *std::move(made);
  WarnOfHosts(context, *test);
  const FieldDecl& field = *test->spec.field;
  const bool says = test->spec.on_missing != OnMissing::kUnknown || OfPresence(test->spec.op);
  if (!negative || asked || says || AlwaysPresent(field)) return;
  context.out.Error(
      kMissingPolicy, test->place,
      fmt::format("{} may be missing, and then `not` of '{}' could be meant either way", field.name,
                  test->test.shared_root()->text),
      fmt::format("write `{0}: present` beside `not`, or `any` of `{0}: missing` and this",
                  field.name));
  test->kind = Kind::kWrong;
}

void CheckConstant(CompileContext& context, const ConditionOwner& owner,
                   const ConditionSyntax& syntax, const cel::Plan& plan) {
  const cel::PlanNode& root = plan.root();
  if (root.op != cel::PlanOp::kConstant || root.value.kind != ValueKind::kBool) {
    const auto& sources = context.expression_names().sources;
    const bool reads = std::ranges::any_of(
        plan.variables(), [&](uint32_t variable) { return sources[variable].field != nullptr; });
    if (reads) return;
    context.out.Error(kConstant, syntax.place, "this is the same for every lead",
                      "compare a field of the lead");
    return;
  }
  const bool always = root.value.boolean();
  const Consequence what = ConsequenceOf(owner);
  context.out.Error(kConstant, syntax.place,
                    always ? fmt::format("this holds for every lead{}", what.of_all)
                           : fmt::format("this holds for no lead{}", what.of_none),
                    std::string(always ? what.if_all : what.if_none));
}

void CheckExpression(CompileContext& context, const ConditionOwner& owner, bool negative,
                     ConditionSyntax* syntax) {
  ExpressionSyntax& expression = *syntax->expression;
  const cel::Declarations& declarations = context.expression_names().declarations;
  cel::Problems problems(context.WantsHints());
  const cel::Ast& ast = expression.ast;
  expression.checked = CheckTypes(ast, expression.resolution, declarations, &problems);
  if (problems.empty()) CheckResult(ast, expression.checked, "bool", &problems);
  const bool sound = problems.empty();
  if (sound) {
    CheckGuards(ast, expression.resolution, declarations, &problems, negative);
  }
  expression.cost_bound =
      CheckCost(ast, expression.resolution, expression.checked, declarations, kMostWork, &problems);
  const cel::Plan plan = MakePlan(ast, expression.resolution, expression.checked,
                                  /*report_constants=*/true, &problems);
  if (problems.empty()) {
    CheckConstant(context, owner, *syntax, plan);
  } else {
    ReportProblems(*expression.text, std::move(problems), context.out);
    if (!sound) syntax->kind = Kind::kWrong;  // else its tests can be looked at
  }
}

// A map or list of one is what is in it.
const ConditionSyntax& Alone(const ConditionSyntax& syntax) {
  const ConditionSyntax* one = &syntax;
  while (one->kind == Kind::kAll && one->children.size() == 1) one = &one->children[0];
  return *one;
}

// A test that no missing field passes, so that one beside it need not say what missing means.
bool NeedsValue(const ConditionSyntax& part) {
  if (part.kind != Kind::kTest || part.spec.op == TestOp::kMissing) return false;
  const bool negative = part.spec.op == TestOp::kNe || part.spec.op == TestOp::kNotIn;
  return part.spec.on_missing == OnMissing::kNoMatch ||
         (!negative && part.spec.on_missing == OnMissing::kUnknown);
}

// `asked`: the fields of which a part beside says what it means that they are missing.
void Check(CompileContext& context, const ConditionOwner& owner, bool negative,
           std::set<uint32_t> asked, ConditionSyntax* syntax) {
  if (syntax->kind == Kind::kTest) {
    return CheckTest(context, negative, asked.contains(syntax->spec.field->number), syntax);
  }
  if (syntax->kind == Kind::kExpression) {
    return CheckExpression(context, owner, negative, syntax);
  };
  if (syntax->kind == Kind::kNot) negative = !negative;
  const TestOp guard = syntax->kind == Kind::kAny ? TestOp::kMissing : TestOp::kPresent;
  const bool beside_values = syntax->kind == Kind::kAll && !negative;
  for (const ConditionSyntax& child : syntax->children) {
    const ConditionSyntax& part = Alone(child);
    if (part.kind != Kind::kTest) continue;
    const bool asks = part.spec.op == guard || (beside_values && NeedsValue(part));
    if (asks) asked.insert(part.spec.field->number);
  }
  for (ConditionSyntax& child : syntax->children) Check(context, owner, negative, asked, &child);
}

}  // namespace

void CheckTypes(CompileContext& context, const ConditionOwner& owner, ConditionSyntax* syntax) {
  Check(context, owner, /*negative=*/false, {}, syntax);
}

}  // namespace pm
