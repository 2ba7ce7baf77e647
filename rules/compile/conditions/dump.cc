#include "rules/cel/dump.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include "model/value_text.h"
#include "rules/cel/unparse.h"
#include "rules/compile/conditions/syntax.h"
#include "rules/condition_program.h"

namespace pm {
namespace {

using Kind = ConditionSyntax::Kind;

constexpr std::string_view kMissing[] = {"", ", missing: match", ", missing: no_match"};

std::string Indent(size_t depth) { return std::string(2 * depth, ' '); }

// Every line of `text` moved in.
std::string Indented(std::string_view text, size_t depth) {
  std::string out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    out += Indent(depth) + std::string(text.substr(0, end)) + '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string OperandText(const ConditionNode& test, const Operand& operand) {
  if (operand.kind == ValueKind::kString) return '"' + operand.text + '"';
  return ValueText({test.type, operand.number, {}});
}

class Dumper {
 public:
  Dumper(ConditionPass pass, const FieldTable& fields) : pass_(pass), fields_(fields) {}

  std::string Dump(const ConditionSyntax& syntax, size_t depth) const {
    static constexpr std::string_view kNames[] = {"wrong", "all", "any", "not"};
    if (syntax.kind == Kind::kTest) return Indent(depth) + TestLine(syntax) + '\n';
    if (syntax.kind == Kind::kExpression) return Indented(ExpressionText(syntax), depth);
    std::string out = Indent(depth) + std::string(kNames[static_cast<size_t>(syntax.kind)]) + '\n';
    for (const ConditionSyntax& child : syntax.children) out += Dump(child, depth + 1);
    return out;
  }

 private:
  std::string TestLine(const ConditionSyntax& test) const {
    if (pass_ >= ConditionPass::kCheck) {
      const ConditionNode& node = *test.test.shared_root();
      return fmt::format("test {} : {}", NormalText(node, fields_), TypeName(node.type));
    }
    std::string line = fmt::format("test {} {}", test.field_name.value, OpName(test.spec.op));
    if (!test.list_name.empty()) line += " lists." + test.list_name;
    if (!test.spec.literals.empty()) {
      line += fmt::format(" [{}]", fmt::join(test.spec.literals, ", "));
    }
    line += kMissing[static_cast<size_t>(test.spec.on_missing)];
    if (pass_ == ConditionPass::kResolve) {
      line += fmt::format(" = field of {}", TypeName(test.spec.field->type));
      if (test.spec.list) line += fmt::format(", {} texts", test.spec.list->items.size());
    }
    return line;
  }

  std::string ExpressionText(const ConditionSyntax& syntax) const {
    const ExpressionSyntax& expression = *syntax.expression;
    switch (pass_) {
      case ConditionPass::kParse:
        return "expression\n" + Indented(cel::DumpTree(expression.ast), 1);
      case ConditionPass::kResolve:
        return "expression\n" +
               Indented(cel::DumpResolved(expression.ast, expression.resolution), 1);
      case ConditionPass::kCheck:
        return fmt::format("expression, at most {} units of work\n", expression.cost_bound) +
               Indented(cel::DumpChecked(expression.ast, expression.resolution, expression.checked),
                        1);
      case ConditionPass::kNormalise:
      case ConditionPass::kPlan:
        break;
    }
    return fmt::format("expression {}\n", cel::Unparse(expression.ast, syntax.part));
  }

  const ConditionPass pass_;
  const FieldTable& fields_;
};

std::string DumpNode(const ConditionNode& node, const FieldTable& fields, size_t depth) {
  static constexpr std::string_view kNames[] = {"all", "any", "not"};
  if (node.kind == NodeKind::kTest) {
    return fmt::format("{}slot {}: {}\n", Indent(depth), node.slot, NormalText(node, fields));
  }
  if (node.kind == NodeKind::kProgram) {
    std::string inputs;
    for (const ProgramInput& input : node.inputs) {
      inputs += input.list ? fmt::format(" lists.{}", input.list->list->name)
                           : fmt::format(" {}", input.slot);
    }
    return fmt::format("{}program over slots{}\n", Indent(depth), inputs) +
           Indented(cel::DumpPlan(node.program->program.plan()), depth + 1);
  }
  std::string out = Indent(depth) + std::string(kNames[static_cast<size_t>(node.kind)]) + '\n';
  for (const auto& child : node.children) out += DumpNode(*child, fields, depth + 1);
  return out;
}

}  // namespace

std::string NormalText(const ConditionNode& test, const FieldTable& fields) {
  std::string text = fmt::format("{} {}", fields.Find(test.field)->name, OpName(test.op));
  if (test.list) text += " lists." + test.list->name;
  if (test.pattern) text += fmt::format(" '{}'", test.pattern->pattern());
  std::vector<std::string> values;
  for (const Operand& operand : test.operands) values.push_back(OperandText(test, operand));
  if (values.size() == 1) text += ' ' + values.front();
  if (values.size() > 1) text += fmt::format(" [{}]", fmt::join(values, ", "));
  return text + std::string(kMissing[static_cast<size_t>(test.on_missing)]);
}

std::string DumpSyntax(const ConditionSyntax& syntax, ConditionPass pass,
                       const FieldTable& fields) {
  return Dumper(pass, fields).Dump(syntax, 0);
}

std::string DumpCondition(const Condition& condition, const FieldTable& fields) {
  return condition.always() ? "always\n" : DumpNode(*condition.shared_root(), fields, 0);
}

}  // namespace pm
