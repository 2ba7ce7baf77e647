// Sets of int64 as lists of half-open intervals [begin, end). A list is *normal* when its intervals
// are sorted, not empty, and neither overlap nor touch. Pure; any thread.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace pm {

struct Interval {
  int64_t begin = 0, end = 0;
  constexpr auto operator<=>(const Interval&) const = default;
};
using Intervals = std::vector<Interval>;

// Any list made normal: sorted, empty and inverted ones dropped, touching ones united.
Intervals Normalised(Intervals list);

// The arguments must be normal; so are the results. Linear time.
Intervals Union(std::span<const Interval> a, std::span<const Interval> b);
Intervals Intersection(std::span<const Interval> a, std::span<const Interval> b);
Intervals Difference(std::span<const Interval> a, std::span<const Interval> b);

}  // namespace pm
