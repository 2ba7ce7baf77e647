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
      ExpectGradeOrStage(context_, test.field, operand.text,
                         PlaceOfLiteral(syntax, operand.text, context_.builder.fields()));
    }
  }

  CompileContext& context_;
};

}  // namespace

void CheckGradesAndStages(CompileContext& context, const ConditionSyntax& syntax) {
  Checker(context).Check(syntax);
}

}  // namespace pm
