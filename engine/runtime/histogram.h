// How often values fell into which range. A plain value: copy it, subtract an earlier copy's counts
// to see what came in between.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace pm {

template <size_t N>
struct Histogram {
  std::array<int64_t, N> bounds{};       // inclusive upper bounds, rising
  std::array<uint64_t, N + 1> counts{};  // of each range; the last is above all bounds
  int64_t sum = 0;                       // of the values

  void Add(int64_t value) {
    const auto at = std::ranges::lower_bound(bounds, value) - bounds.begin();
    ++counts[static_cast<size_t>(at)];
    sum += value;
  }
};

}  // namespace pm
