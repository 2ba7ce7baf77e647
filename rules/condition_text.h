// What single tests say of single values, for those who look for values that pass. Pure.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/time/intervals.h"
#include "rules/condition_node.h"

namespace pm {

// The test's operator on one text (of a list field: on one item), with ne and not_in taken as eq
// and in. Not for tests of presence.
bool TextPasses(const ConditionNode& test, std::string_view text);

struct NumberRange {
  int64_t first, last;  // both belong to it
  auto operator<=>(const NumberRange&) const = default;
};
// The numbers that pass it, rising, with ne and not_in taken as eq and in. Of tests that do not
// compare numbers, all.
std::vector<NumberRange> PassingRanges(const ConditionNode& test);
// The same; INT64_MAX is not among them.
Intervals PassingNumbers(const ConditionNode& test);

// The operator is a negation: ne or not_in.
bool IsNegative(TestOp op);

}  // namespace pm
