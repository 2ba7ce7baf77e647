#include "rules/cel/plan.h"

#include "rules/cel/unparse.h"
#include "rules/compile/conditions/expression_names.h"
#include "rules/compile/conditions/syntax.h"

namespace pm {
namespace {

using Kind = ConditionSyntax::Kind;

// The variables of one part of an expression, and where their values come from.
struct PartNames {
  cel::Declarations declarations;
  std::vector<ProgramInput> inputs;
};

void Declare(CompileContext& context, uint32_t variable, PartNames* part) {
  const ExpressionNames& names = context.expression_names();
  const cel::Variable& known = names.declarations.variables()[variable];
  const ExpressionNames::Source& source = names.sources[variable];
  // What a missing one means was settled over the whole expression.
  const auto number = part->declarations.AddVariable(known.name, cel::TypeText(*known.type),
                                                     known.max_size, /*may_be_missing=*/false,
                                                     known.max_items);
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
  if (reference.kind == cel::ReferenceKind::kVariable ||
      reference.kind == cel::ReferenceKind::kPresence) {
    return Declare(context, reference.index, part);
  }
  for (const cel::ExprId arg : expression.ast.at(id).args) {
    DeclareAll(context, expression, arg, part);
  }
}

Condition PlanProgram(CompileContext& context, const ConditionSyntax& syntax) {
  const ExpressionSyntax& expression = *syntax.expression;
  PartNames part;
  DeclareAll(context, expression, syntax.part, &part);
  auto node = std::make_shared<ConditionNode>();
  node->kind = NodeKind::kProgram;
  node->text = cel::Unparse(expression.ast, syntax.part);
  auto program = cel::Compile(node->text, part.declarations);
  PM_CHECK(program.has_value());
  node->program = std::make_shared<const ConditionProgram>(*std::move(program));
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
      return syntax.test;
    case Kind::kExpression:
      return PlanProgram(context, syntax);
  }
  return {};
}

}  // namespace pm
