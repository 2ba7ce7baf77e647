// Points and grades compared: which leads score otherwise now, each with one that does.
#pragma once
#include "rules/diff/rule_diff.h"
#include "rules/prove/find_lead.h"

namespace pm {

// What every lead is known to have the same of. Grades follow from points.
struct ScoresAlike {
  bool fit = false;         // points under the cap
  bool engagement = false;  // signals come to the same points
  bool grades = false;      // the same for the same points, as far as there are such points
};

// Tells settings that differ, and of the rules of fit each region of leads with other points. Of
// `space` the fields count.
ScoresAlike DiffScores(const RuleBook& before, const RuleBook& after, const LeadSpace& space,
                       RuleDiff* diff);

// The rules over other slots, which are extended.
ScoringRules Rebound(const ScoringRules& rules, Slots* slots);

}  // namespace pm
