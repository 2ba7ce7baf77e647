// Points and grades compared: which leads score otherwise now, each with one that does.
#pragma once
#include "rules/diff/rule_diff.h"
#include "rules/prove/find_lead.h"

namespace pm {

// True when every lead is known to score the same. Tells settings that differ, and of the rules of
// fit each region of leads with other points. Of `space` the fields count.
bool DiffScores(const RuleBook& before, const RuleBook& after, const LeadSpace& space,
                RuleDiff* diff);

}  // namespace pm
