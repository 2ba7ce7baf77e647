#include "engine/stages/desk/cadence/same_steps.h"

#include <gmock/gmock.h>

#include <set>

#include "base/random.h"
#include "engine/stages/desk/cadence/testing.h"

namespace pm::cadence {
namespace {

using testing::ElementsAre;

// `a|b` is an e-mail with two variants, `call` a call.
Cadence Of(const std::vector<std::string>& steps) {
  Cadence cadence;
  for (const std::string& step : steps) {
    if (step == "call") {
      cadence.steps.push_back(Bench::Call());
      continue;
    }
    cadence.steps.push_back(Bench::Email(step.substr(0, step.find('|'))));
    if (step.contains('|')) {
      cadence.steps.back().variants.push_back({step.substr(step.find('|') + 1), 0});
    }
  }
  return cadence;
}

std::vector<uint32_t> Numbers(const std::vector<std::string>& before,
                              const std::vector<std::string>& now) {
  const Cadence old = Of(before), next = Of(now);
  const SameSteps same(old, next);
  std::vector<uint32_t> numbers;
  for (uint32_t n = 1; n <= before.size(); ++n) numbers.push_back(same.Of(n));
  return numbers;
}

TEST(SameSteps, AreFoundWhereTheyStandNow) {
  EXPECT_THAT(Numbers({"a", "b", "c"}, {"a", "x", "b", "c"}), ElementsAre(1, 3, 4));
  EXPECT_THAT(Numbers({"a", "b", "c"}, {"c", "a", "b"}), ElementsAre(2, 3, 1));
  EXPECT_THAT(Numbers({"a", "b", "c"}, {"a", "c"}), ElementsAre(1, 0, 2));
}

TEST(SameSteps, ThatAreAlikeKeepTheirOrder) {
  EXPECT_THAT(Numbers({"a", "call", "call"}, {"call", "call"}), ElementsAre(0, 1, 2));
  EXPECT_THAT(Numbers({"call", "a", "call"}, {"x", "call", "a", "call"}), ElementsAre(2, 3, 4));
}

TEST(SameSteps, AreKnownByATemplateOrElseByTheirPlace) {
  EXPECT_THAT(Numbers({"a", "b"}, {"b", "a|c"}), ElementsAre(2, 1));
  EXPECT_THAT(Numbers({"a", "b", "c"}, {"a", "new", "c"}), ElementsAre(1, 2, 3));
  EXPECT_THAT(Numbers({"a", "b"}, {"x", "y"}), ElementsAre(1, 2));
}

TEST(SameSteps, OnlyThoseThatDoTheSameAreUnchanged) {
  const Cadence old = Of({"a", "b", "call"});
  Cadence next = Of({"a", "new", "call"});
  next.steps[0].after = Span{Days(1), 0};
  const SameSteps same(old, next);
  EXPECT_TRUE(same.IsUnchanged(1));
  EXPECT_FALSE(same.IsUnchanged(2));
  EXPECT_TRUE(same.IsUnchanged(3));
  EXPECT_EQ(same.Before(2), 2u);
}

TEST(SameSteps, OfACadenceOfWhichNothingIsKnownKeepTheirNumbers) {
  const Cadence unknown, next = Of({"a"});
  const SameSteps same(unknown, next);
  EXPECT_EQ(same.Of(3), 3u);
  EXPECT_FALSE(same.IsUnchanged(3));
}

TEST(SameSteps, AreJoinedOneToOneInBothDirections) {
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    Random random{seed << 32};
    std::vector<std::string> before, now;
    for (uint64_t i = random.Below(7); i > 0; --i)
      before.push_back(random.Of<std::string>({"a", "b", "c", "a|b", "call"}));
    for (uint64_t i = random.Below(7); i > 0; --i)
      now.push_back(random.Of<std::string>({"a", "b", "c", "b|c", "call"}));
    const Cadence old = Of(before), next = Of(now);
    const SameSteps same(old, next);
    std::multiset<std::string> kept, gone, fresh;
    for (uint32_t n = 1; n <= before.size(); ++n) {
      if (same.Of(n) != 0) {
        EXPECT_EQ(same.Before(same.Of(n)), n);
      }
      if (same.IsUnchanged(n)) {
        EXPECT_EQ(before[n - 1], now[same.Of(n) - 1]);
      } else {
        gone.insert(before[n - 1]);
      }
    }
    for (uint32_t n = 1; n <= now.size(); ++n) {
      if (!same.IsUnchanged(same.Before(n))) fresh.insert(now[n - 1]);
    }
    for (const std::string& step : gone) EXPECT_FALSE(fresh.contains(step)) << step;
  }
}

}  // namespace
}  // namespace pm::cadence
