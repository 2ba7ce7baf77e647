// Points that people and companies have earned by what they did (RULES.md, scoring): lists by
// rising time.
#pragma once
#include <vector>

#include "engine/stages/account/records/parts.h"
#include "rules/book.h"

namespace pm::account {

// What the rule's limit leaves of `points` given at that time beside what it gave already.
int64_t WithinLimit(const std::vector<Contribution>& earned, const ScoringRule& rule,
                    int64_t points, Instant at);

// Two are one: what `other` has earned joins `earned`, as much of it as the limits of the rules let
// one of them have. Beyond `max_size` the oldest drop off.
void JoinEarned(std::vector<Contribution>* earned, const std::vector<Contribution>& other,
                const ScoringRules& rules, size_t max_size);

}  // namespace pm::account
