#include "engine/stages/account/earned.h"

#include <gmock/gmock.h>

namespace pm::account {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Instant kNoon{1'772'452'800'000};
constexpr uint32_t kPricing = 7, kGone = 9;
constexpr size_t kMany = 100;

// At most 30 points per week.
ScoringRules Rules() {
  ScoringRules rules;
  ScoringRule& rule = rules.engagement.emplace_back();
  rule.id = kPricing;
  rule.points = 10;
  rule.at_most = {30, Days(7)};
  rules.engagement_by_id = {{kPricing, 0}};
  return rules;
}

Contribution Given(int64_t points, Duration after, uint32_t rule = kPricing) {
  return {rule, points, kNoon + after};
}

TEST(Earned, OfTwoThatAreOneNoMoreCountsThanOneMayHave) {
  std::vector<Contribution> earned = {Given(10, {}), Given(10, Days(1))};
  JoinEarned(&earned, {Given(10, Hours(1)), Given(10, Days(2))}, Rules(), kMany);
  EXPECT_THAT(earned, ElementsAre(Given(10, {}), Given(10, Hours(1)), Given(10, Days(1))));
}

TEST(Earned, WhatIsLeftOfALimitCountsInPart) {
  std::vector<Contribution> earned = {Given(25, {})};
  JoinEarned(&earned, {Given(10, Hours(1))}, Rules(), kMany);
  EXPECT_THAT(earned, ElementsAre(Given(25, {}), Given(5, Hours(1))));
}

TEST(Earned, OutsideTheTimeOfALimitAllCounts) {
  std::vector<Contribution> earned = {Given(30, {})};
  JoinEarned(&earned, {Given(30, -Days(7)), Given(30, Days(7))}, Rules(), kMany);
  EXPECT_THAT(earned, ElementsAre(Given(30, -Days(7)), Given(30, {}), Given(30, Days(7))));
}

TEST(Earned, PointsOfARuleThatIsGoneStayAsTheyAre) {
  std::vector<Contribution> earned = {Given(90, {}, kGone)};
  JoinEarned(&earned, {Given(90, Hours(1), kGone)}, Rules(), kMany);
  EXPECT_THAT(earned, ElementsAre(Given(90, {}, kGone), Given(90, Hours(1), kGone)));
}

TEST(Earned, TheOldestDropOff) {
  std::vector<Contribution> earned = {Given(10, {}), Given(10, Days(10))};
  JoinEarned(&earned, {Given(10, Days(20))}, Rules(), 2);
  EXPECT_THAT(earned, ElementsAre(Given(10, Days(10)), Given(10, Days(20))));
  std::vector<Contribution> none;
  JoinEarned(&none, {}, Rules(), 2);
  EXPECT_THAT(none, IsEmpty());
}

}  // namespace
}  // namespace pm::account
