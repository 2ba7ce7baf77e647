// Macros that go through a list or map, bind a name, or look into an optional.
#pragma once
#include "rules/cel/plan.h"

namespace pm::cel {

Value EvaluateMacro(const PlanNode& node, Evaluation& evaluation);

}  // namespace pm::cel
