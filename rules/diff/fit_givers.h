// The rules of fit of two rule sets side by side, each as the ways in which it gives points.
#pragma once
#include <set>
#include <vector>

#include "rules/rule_points.h"

namespace pm {

// A rule of one of the sets, or of both.
struct Giver {
  const ScoringRule* rule = nullptr;
  bool of_before = false, of_after = false;
  PointsWays ways;
  std::set<uint32_t> fields;  // that it looks at
  bool differs() const { return of_before != of_after; }
};

// All rules of both sets; those of equal texts count as one of both. `slots` are extended by what
// they read; `fields` are those of both sets.
std::vector<Giver> GiversOf(const RuleBook& before, const RuleBook& after, const FieldTable& fields,
                            Slots* slots);

// Those that differ, by their numbers: together stand those that look at the same fields, directly
// or by others between them.
std::vector<std::vector<size_t>> GroupsOf(const std::vector<Giver>& givers);

}  // namespace pm
