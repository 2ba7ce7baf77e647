// What a score of engagement can be: signals come in any number and at any time, and their points
// last for a while or fade. Pure.
#pragma once
#include "rules/book.h"
#include "rules/prove/sum_sets.h"

namespace pm {

struct LeadSpace;

// Scores under the cap.
struct EngagementSums {
  Intervals sure;      // some course of signals leads to each
  Intervals possible;  // none leads to any other; holds `sure`
};

// `work` is raised. An engagement without rules is 0.
EngagementSums SumsOfEngagement(const LeadSpace& space, const ScoringRules& rules, uint64_t* work);

}  // namespace pm
