// Rules of fit compared by the sums they come to: for each set of rules that can hold together,
// what such a lead gets before and after.
#pragma once
#include "rules/diff/rule_diff.h"
#include "rules/prove/find_lead.h"

namespace pm {

// After so many units of the solver's work what is left is not proved.
inline constexpr uint64_t kFitBudget = 50'000'000;

// True when every lead is proved to have the same points of fit, whatever rules they come from.
// Else there is a region for each set of changed rules whose leads score otherwise, unless it
// follows from those before it, and a doubt where no lead was found and none ruled out.
bool FitAlike(const RuleBook& before, const RuleBook& after, const LeadSpace& space, RuleDiff* diff,
              uint64_t budget = kFitBudget);

}  // namespace pm
