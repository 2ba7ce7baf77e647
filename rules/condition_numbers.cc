#include "rules/condition_text.h"

namespace pm {

std::vector<NumberRange> PassingRanges(const ConditionNode& test) {
  const auto literal = [&] { return test.operands.front().number; };
  switch (test.op) {
    case TestOp::kEq:
    case TestOp::kNe:
      return {{literal(), literal()}};
    case TestOp::kIn:
    case TestOp::kNotIn: {
      std::vector<NumberRange> points;
      for (const Operand& one : test.operands) {
        if (points.empty() || points.back().last != one.number) {
          points.push_back({one.number, one.number});
        }
      }
      return points;
    }
    case TestOp::kGt:
      if (literal() == INT64_MAX) return {};
      return {{literal() + 1, INT64_MAX}};
    case TestOp::kGte:
      return {{literal(), INT64_MAX}};
    case TestOp::kLt:
      if (literal() == INT64_MIN) return {};
      return {{INT64_MIN, literal() - 1}};
    case TestOp::kLte:
      return {{INT64_MIN, literal()}};
    case TestOp::kBetween:
      return {{literal(), test.operands[1].number}};
    case TestOp::kStartsWith:
    case TestOp::kEndsWith:
    case TestOp::kContains:
    case TestOp::kMatches:
    case TestOp::kPresent:
    case TestOp::kMissing:
      break;
  }
  return {{INT64_MIN, INT64_MAX}};
}

Intervals PassingNumbers(const ConditionNode& test) {
  Intervals passing;
  for (const auto& [first, last] : PassingRanges(test)) {
    passing.push_back({first, last == INT64_MAX ? last : last + 1});
  }
  return Normalised(std::move(passing));
}

}  // namespace pm
