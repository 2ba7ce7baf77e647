// Two lists of conditions, first match wins: for which leads the lists come to different outcomes,
// each such region with a lead that lies in it. Exact as far as rules/prove is.
#pragma once
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "rules/diff/units.h"
#include "rules/prove/find_lead.h"

namespace pm {

struct MatchSide {
  const std::vector<Unit>& units;     // the last takes every lead
  std::function<size_t(Facts)> take;  // the naive evaluator's answer
  // UnitList::Instead; null: the condition of the unit that takes them.
  std::function<Condition(size_t asked, size_t taken, Facts facts)> instead = nullptr;
};
// A lead of which `before` takes the one unit and `after` the other, with another outcome. Rows of
// a table that change alike are one region.
struct MatchRegion {
  size_t before = 0, after = 0;
  std::string facts;                       // a block
  std::set<size_t> all_before, all_after;  // units of which such a lead was found
  bool complete = true;                    // false: there may be more of them
};
struct MatchDoubt {
  size_t before = 0, after = 0;
  std::string why;
};
struct MatchDiff {
  std::vector<MatchRegion> regions;  // one for each pair of routes and outcomes
  std::vector<MatchDoubt> doubts;    // could be regions
  uint64_t work = 0;
};
// After so many units of the solver's work in all what is left is a doubt.
inline constexpr uint64_t kDiffBudget = 200'000'000;

// `among`: what is asked of the leads beside; its `must` and `must_not` count.
MatchDiff DiffFirstMatch(const MatchSide& before, const MatchSide& after, const LeadSpace& space,
                         uint64_t budget = kDiffBudget, const LeadQuery& among = {});

}  // namespace pm
