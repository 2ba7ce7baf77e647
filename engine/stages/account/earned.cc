#include "engine/stages/account/earned.h"

#include <algorithm>

namespace pm::account {

int64_t WithinLimit(const std::vector<Contribution>& earned, const ScoringRule& rule,
                    int64_t points, Instant at) {
  if (rule.at_most.points <= 0 || points <= 0) return points;
  int64_t given = 0;
  for (const Contribution& one : earned) {
    const Duration apart = at - one.at;
    if (one.rule == rule.id && apart < rule.at_most.per && -apart < rule.at_most.per)
      given += one.points;
  }
  return std::min(points, std::max<int64_t>(0, rule.at_most.points - given));
}

void JoinEarned(std::vector<Contribution>* earned, const std::vector<Contribution>& other,
                const ScoringRules& rules, size_t max_size) {
  for (Contribution one : other) {
    // Of a rule that is gone they are worth nothing, and may be again.
    if (const ScoringRule* rule = rules.EngagementRule(one.rule)) {
      one.points = WithinLimit(*earned, *rule, one.points, one.at);
      if (one.points == 0) continue;
    }
    earned->insert(std::ranges::upper_bound(*earned, one.at, {}, &Contribution::at), one);
    if (earned->size() > max_size) earned->erase(earned->begin());
  }
}

}  // namespace pm::account
