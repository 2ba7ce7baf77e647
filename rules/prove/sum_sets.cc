#include "rules/prove/sum_sets.h"

#include <fmt/format.h>

#include <algorithm>

namespace pm {

Intervals AddedUp(const Intervals& a, const Intervals& b, uint64_t* work) {
  Intervals sums;
  sums.reserve(a.size() * b.size());
  for (const Interval& one : a) {
    for (const Interval& other : b) {
      sums.push_back({one.begin + other.begin, one.end + other.end - 1});
    }
  }
  *work += sums.size() / 8 + 1;
  return Coarsened(Normalised(std::move(sums)));
}

Intervals Shifted(Intervals set, int64_t by) {
  for (Interval& one : set) {
    one.begin += by;
    one.end += by;
  }
  return set;
}

Intervals Capped(const Intervals& set, int64_t cap) {
  Intervals capped;
  for (const Interval& one : set) {
    capped.push_back({std::min(one.begin, cap), std::min(one.end, cap + 1)});
  }
  return Normalised(std::move(capped));
}

bool Covers(const Intervals& set, const Intervals& part) { return Difference(part, set).empty(); }

Intervals Coarsened(Intervals set) {
  if (set.size() <= kMostSumParts) return set;
  std::vector<int64_t> gaps;
  for (size_t i = 1; i < set.size(); ++i) gaps.push_back(set[i].begin - set[i - 1].end);
  const size_t filled = set.size() - kMostSumParts;
  std::ranges::nth_element(gaps, gaps.begin() + static_cast<std::ptrdiff_t>(filled - 1));
  const int64_t widest = gaps[filled - 1];
  Intervals coarse = {set.front()};
  for (size_t i = 1; i < set.size(); ++i) {
    if (set[i].begin - coarse.back().end <= widest) {
      coarse.back().end = set[i].end;
    } else {
      coarse.push_back(set[i]);
    }
  }
  return coarse;
}

std::string SumsText(const Intervals& sums, const Intervals& asked) {
  const int64_t least = sums.front().begin, most = sums.back().end - 1;
  if (asked.empty() || asked.front().begin > most) {
    return fmt::format("the points of the rules come to {} at most", most);
  }
  if (asked.back().end - 1 < least) {
    return fmt::format("the points of the rules come to {} at the least", least);
  }
  int64_t below = least, above = most;
  for (const Interval& one : sums) {
    if (one.end <= asked.front().begin) below = one.end - 1;
    if (one.begin >= asked.back().end) above = std::min(above, one.begin);
  }
  return fmt::format("the points of the rules add up to {} or to {}, to nothing between", below,
                     above);
}

}  // namespace pm
