// What single tests say of single values, for those who look for values that pass. Pure.
#pragma once
#include <string_view>

#include "base/time/intervals.h"
#include "rules/condition_node.h"

namespace pm {

// The test's operator on one text (of a list field: on one item), with ne and not_in taken as eq
// and in. Not for tests of presence.
bool TextPasses(const ConditionNode& test, std::string_view text);

// The numbers that pass it, with ne and not_in taken as eq and in. INT64_MAX is not among them.
Intervals PassingNumbers(const ConditionNode& test);

// The operator is a negation: ne or not_in.
bool IsNegative(TestOp op);

}  // namespace pm
