// The sums that leads get from a group of fit rules.
#pragma once
#include "rules/prove/find_lead.h"
#include "rules/prove/fit_sums.h"

namespace pm {

// Each sum that some lead gets, and others only when the budget was spent or a part of a condition
// could only be tried out. `group.rest` is known, `group.sums` is not yet.
Intervals SumsOfGroup(const LeadSpace& space, const FitGroup& group, uint64_t budget,
                      uint64_t* work);

}  // namespace pm
