// A condition as a text that tells it from others.
#pragma once
#include <string>

#include "rules/condition.h"

namespace pm {

// Of a condition in the writer's words, with what its lists hold in place of what they are called;
// empty: always. Equal texts mean equal conditions, where their fields are declared alike.
std::string KeyOf(const Condition& condition);

}  // namespace pm
