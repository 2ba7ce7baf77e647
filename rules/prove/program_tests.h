// Programs (CEL beyond tests) that say no more than tests do, as those: exact for a solver that can
// only try programs out.
#pragma once
#include <memory>

#include "model/fields.h"
#include "rules/condition_node.h"

namespace pm {

// Tests that answer true, false and unknown for each lead as the program does; null: none are
// known. Read are a comparison of a whole number with what is calculated by + - * / % from whole
// numbers and lengths of texts, where it is a test of one number or the same for all values
// (`x * 2 > 10`, `x % 2 == 3`, `size(x) < 0`), and of a text with one in other letters than those
// it was brought to (`x.lowerAscii() == "CEO"`). Pure.
std::shared_ptr<const ConditionNode> TestsOf(const ConditionNode& program,
                                             const FieldTable& fields);

}  // namespace pm
