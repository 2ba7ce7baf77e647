#include "base/time/intervals.h"

#include <gtest/gtest.h>

#include <random>

namespace pm {
namespace {

TEST(Intervals, AreNormalisedBySortingUnitingAndDropping) {
  EXPECT_EQ(Normalised({{3, 4}, {1, 2}}), (Intervals{{1, 2}, {3, 4}}));
  EXPECT_EQ(Normalised({{2, 4}, {1, 2}}), (Intervals{{1, 4}}));
  EXPECT_EQ(Normalised({{1, 4}, {2, 3}, {5, 5}, {9, 7}}), (Intervals{{1, 4}}));
  EXPECT_EQ(Normalised({}), Intervals{});
}

TEST(Intervals, TouchingOnesDoNotIntersect) {
  EXPECT_EQ(Intersection(Intervals{{10, 20}}, Intervals{{20, 25}}), Intervals{});
  EXPECT_EQ(Difference(Intervals{{10, 20}}, Intervals{{20, 25}}), (Intervals{{10, 20}}));
  EXPECT_EQ(Union(Intervals{{10, 20}}, Intervals{{20, 25}}), (Intervals{{10, 25}}));
}

TEST(Intervals, AgreeWithSetsOfNumbers) {
  std::mt19937 random(3);
  const auto any = [&] {
    Intervals list;
    for (uint64_t n = random() % 6; n > 0; --n) {
      const auto begin = static_cast<int64_t>(random() % 60);
      list.push_back({begin, begin + static_cast<int64_t>(random() % 9)});
    }
    return Normalised(list);
  };
  const auto has = [](const Intervals& list, int64_t x) {
    return std::any_of(list.begin(), list.end(),
                       [x](const Interval& i) { return i.begin <= x && x < i.end; });
  };
  for (int round = 0; round < 3'000; ++round) {
    const Intervals a = any(), b = any();
    const Intervals both = Intersection(a, b), either = Union(a, b), only = Difference(a, b);
    for (int64_t x = -1; x < 70; ++x) {
      ASSERT_EQ(has(both, x), has(a, x) && has(b, x));
      ASSERT_EQ(has(either, x), has(a, x) || has(b, x));
      ASSERT_EQ(has(only, x), has(a, x) && !has(b, x));
    }
    for (const Intervals& list : {both, either, only}) ASSERT_EQ(Normalised(list), list);
  }
}

}  // namespace
}  // namespace pm
