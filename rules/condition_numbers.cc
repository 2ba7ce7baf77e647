#include "rules/condition_text.h"

namespace pm {
namespace {

int64_t After(int64_t number) { return number == INT64_MAX ? number : number + 1; }

Intervals Values(const ConditionNode& test) {
  Intervals values;
  for (const Operand& operand : test.operands) {
    values.push_back({operand.number, After(operand.number)});
  }
  return Normalised(std::move(values));
}

}  // namespace

Intervals PassingNumbers(const ConditionNode& test) {
  const auto at = [&](size_t i) { return test.operands[i].number; };
  switch (test.op) {
    case TestOp::kGt:
      return Normalised({{After(at(0)), INT64_MAX}});
    case TestOp::kGte:
      return Normalised({{at(0), INT64_MAX}});
    case TestOp::kLt:
      return Normalised({{INT64_MIN, at(0)}});
    case TestOp::kLte:
      return Normalised({{INT64_MIN, After(at(0))}});
    case TestOp::kBetween:
      return Normalised({{at(0), After(at(1))}});
    case TestOp::kEq:
    case TestOp::kNe:
    case TestOp::kIn:
    case TestOp::kNotIn:
      return Values(test);
    case TestOp::kStartsWith:
    case TestOp::kEndsWith:
    case TestOp::kContains:
    case TestOp::kMatches:
    case TestOp::kPresent:
    case TestOp::kMissing:
      break;
  }
  return {};
}

}  // namespace pm
