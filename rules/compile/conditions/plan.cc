#include "rules/cel/plan.h"

#include "rules/cel/unparse.h"
#include "rules/compile/conditions/expression_names.h"
#include "rules/compile/conditions/syntax.h"
#include "rules/literal.h"

namespace pm {
namespace {

using Kind = ConditionSyntax::Kind;

constexpr std::string_view kFolded = "folded";

// The variables of one part of an expression, and where their values come from.
struct PartNames {
  std::shared_ptr<cel::Declarations> declarations = std::make_shared<cel::Declarations>();
  std::vector<ProgramInput> inputs;
};

void Declare(CompileContext& context, uint32_t variable, PartNames* part) {
  const ExpressionNames& names = context.expression_names();
  const cel::Variable& known = names.declarations.variables()[variable];
  const ExpressionNames::Source& source = names.sources[variable];
  // What a missing one means was settled over the whole expression.
  const auto number =
      part->declarations->AddVariable(known.name, cel::TypeText(*known.type), known.max_size,
                                      /*may_be_missing=*/false, known.max_items);
  PM_CHECK(number.has_value());
  if (*number < part->inputs.size()) return;
  ProgramInput input{.list = source.list};
  if (source.field != nullptr) {
    input.field = FieldNumber{source.field->number};
    input.type = source.field->type;
    input.slot = context.builder.slots().Add(input.field);
  }
  part->inputs.push_back(std::move(input));
}

void DeclareAll(CompileContext& context, const ExpressionSyntax& expression, cel::ExprId id,
                PartNames* part) {
  const cel::Reference& reference = expression.resolution.references[id];
  if (reference.of_variable()) return Declare(context, reference.index, part);
  for (const cel::ExprId arg : expression.ast.at(id).args) {
    DeclareAll(context, expression, arg, part);
  }
}

cel::Value Folded(cel::Evaluation& evaluation, std::span<const cel::Value> args) {
  const std::string folded = FoldedItem(args[0].text());
  char* text = evaluation.NewText(folded.size());
  if (text == nullptr) return evaluation.NoRoom();
  std::ranges::copy(folded, text);
  return cel::Value::String({text, folded.size()});
}

// Makes `folded(x) in lists.a` of each `x in lists.a` in the part: lists hold folded texts.
void FoldLookUps(const ExpressionNames& names, cel::ExprId id, ExpressionSyntax* expression) {
  cel::Ast& ast = expression->ast;
  const std::vector<cel::ExprId> args = ast.at(id).args;
  for (const cel::ExprId arg : args) FoldLookUps(names, arg, expression);
  if (ast.at(id).kind != cel::ExprKind::kCall || ast.at(id).name != cel::op::kIn) return;
  const cel::Reference& list = expression->resolution.references[args[1]];
  const bool of_rules =
      list.kind == cel::ReferenceKind::kVariable && names.sources[list.index].list;
  if (!of_rules || expression->checked.type_of[args[0]]->kind != cel::TypeKind::kString) return;
  cel::Expr folded;
  folded.kind = cel::ExprKind::kCall;
  folded.name = kFolded;
  folded.args = {args[0]};
  const cel::ExprId inserted = ast.Add(std::move(folded));
  ast.at(id).args[0] = inserted;
}

Condition PlanProgram(CompileContext& context, const ConditionSyntax& syntax) {
  ExpressionSyntax& expression = *syntax.expression;
  PartNames part;
  DeclareAll(context, expression, syntax.part, &part);
  auto node = std::make_shared<ConditionNode>();
  node->kind = NodeKind::kProgram;
  node->text = cel::Unparse(expression.ast, syntax.part);
  PM_CHECK(part.declarations->AddFunction(kFolded, "(string) -> string", Folded).has_value());
  FoldLookUps(context.expression_names(), syntax.part, &expression);
  const std::string text = cel::Unparse(expression.ast, syntax.part);
  auto program = cel::Compile(text, *part.declarations);
  if (!program) {  // it was small enough, but is not with what was added
    const cel::Problem& problem = program.error().front();
    context.out.Error(problem.code, syntax.place, problem.message, problem.hint);
    return {};
  }
  node->program =
      std::make_shared<const ConditionProgram>(*std::move(program), std::move(part.declarations));
  node->inputs = std::move(part.inputs);
  return Condition(std::move(node));
}

}  // namespace

Condition PlanCondition(CompileContext& context, const ConditionSyntax& syntax) {
  std::vector<Condition> parts;
  for (const ConditionSyntax& child : syntax.children) {
    parts.push_back(PlanCondition(context, child));
  }
  switch (syntax.kind) {
    case Kind::kWrong:
      break;
    case Kind::kAll:
      return AllOf(parts);
    case Kind::kAny:
      return AnyOf(parts);
    case Kind::kNot:
      return NotOf(parts.front());
    case Kind::kTest:
      context.places_of_tests[syntax.test.shared_root().get()] = syntax.place;
      return syntax.test;
    case Kind::kExpression:
      parts = {PlanProgram(context, syntax)};
      context.places_of_tests[parts.front().shared_root().get()] = syntax.place;
      return parts.front();
  }
  return {};
}

}  // namespace pm
