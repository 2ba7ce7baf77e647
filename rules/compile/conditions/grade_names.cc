#include "rules/compile/conditions/syntax.h"
#include "rules/compile/grades.h"

namespace pm {
namespace {

bool ComparesWhole(TestOp op) {
  return op == TestOp::kEq || op == TestOp::kNe || op == TestOp::kIn || op == TestOp::kNotIn;
}

class Checker {
 public:
  explicit Checker(CompileContext& context) : context_(context) {}

  void Check(const ConditionSyntax& syntax) {
    if (syntax.kind == ConditionSyntax::Kind::kTest) CheckValues(syntax);
    for (const ConditionSyntax& child : syntax.children) Check(child);
  }

 private:
  void CheckValues(const ConditionSyntax& syntax) {
    const ConditionNode& test = *syntax.test.shared_root();
    if (!ComparesWhole(test.op)) return;
    for (const Operand& operand : test.operands) {
      ExpectGradeOrStage(context_, test.field, operand.text, PlaceOfLiteral(syntax, operand.text));
    }
  }

  static SourcePlace PlaceOfLiteral(const ConditionSyntax& syntax, std::string_view text) {
    if (syntax.expression != nullptr) {
      const cel::Ast& ast = syntax.expression->ast;
      const cel::Expr& found = ast.at(FindText(ast, syntax.part, text).value_or(syntax.part));
      return PlaceIn(*syntax.expression->text, found.begin, found.end - found.begin);
    }
    if (syntax.value == nullptr) return syntax.place;
    for (const YamlNode& item : syntax.value->items) {
      if (item.text == text) return PlaceOf(item);
    }
    return PlaceOf(*syntax.value);
  }

  static std::optional<cel::ExprId> FindText(const cel::Ast& ast, cel::ExprId part,
                                             std::string_view text) {
    const cel::Expr& expr = ast.at(part);
    const bool literal = expr.kind == cel::ExprKind::kLiteral;
    if (literal && expr.literal.kind == ValueKind::kString && expr.literal.text() == text) {
      return part;
    }
    for (const cel::ExprId arg : expr.args) {
      if (const auto found = FindText(ast, arg, text)) return found;
    }
    return std::nullopt;
  }

  CompileContext& context_;
};

}  // namespace

void CheckGradesAndStages(CompileContext& context, const ConditionSyntax& syntax) {
  Checker(context).Check(syntax);
}

}  // namespace pm
