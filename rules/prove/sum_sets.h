// Sets of sums, as normal lists of intervals: what several parts that each add one of some numbers
// can come to. A set that would grow too long is made coarser: it may then hold more than there is,
// never less. Pure; any thread.
#pragma once
#include <string>

#include "base/time/intervals.h"

namespace pm {

inline constexpr size_t kMostSumParts = 256;  // intervals of one set
// Far beyond what points can add up to, and small enough to add.
inline constexpr int64_t kFarScore = int64_t{1} << 40;

inline Interval OneNumber(int64_t number) { return {number, number + 1}; }

// Every number of one plus every number of the other. Raises `work` by what it took.
Intervals AddedUp(const Intervals& a, const Intervals& b, uint64_t* work);
Intervals Shifted(Intervals set, int64_t by);
// Numbers above the cap become the cap.
Intervals Capped(const Intervals& set, int64_t cap);
bool Covers(const Intervals& set, const Intervals& part);
// The same, or with the narrowest gaps filled, in at most kMostSumParts intervals.
Intervals Coarsened(Intervals set);

// Why none of the sums is among the numbers asked for: `the points of the rules come to 30 at
// most`. Neither is empty.
std::string SumsText(const Intervals& sums, const Intervals& asked);

}  // namespace pm
