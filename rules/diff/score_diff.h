// Rules of fit compared: which leads score otherwise now, each with one that does.
#pragma once
#include "rules/diff/rule_diff.h"
#include "rules/prove/find_lead.h"

namespace pm {

// The same points for the same leads, as far as the rules' texts tell; names and order apart.
bool ScoreAlike(const RuleBook& before, const RuleBook& after);

// A region for each rule of fit that is new, gone or other, where a lead shows it; else a doubt.
// Of `space` the fields count.
void DiffScores(const RuleBook& before, const RuleBook& after, const LeadSpace& space,
                RuleDiff* diff);

}  // namespace pm
