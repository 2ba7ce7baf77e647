#include "engine/stages/account/testing.h"

namespace pm::account {
namespace {

TEST(Decay, HalvesWithEachHalfLifeAndEndsAtZero) {
  EXPECT_EQ(Decay(Days(0), Days(14)), uint64_t{1} << 32);
  EXPECT_EQ(Decay(Days(-3), Days(14)), uint64_t{1} << 32);
  EXPECT_EQ(Decay(Days(14), Days(14)), uint64_t{1} << 31);
  EXPECT_EQ(Decay(Days(42), Days(14)), uint64_t{1} << 29);
  EXPECT_EQ(Decay(Days(14 * 32), Days(14)), 0u);
}

TEST(Decay, WhatAddsUpToAHalfLifeHalvesWithinFourPartsInAHundredThousand) {
  for (int64_t hour = 0; hour <= 336; ++hour) {
    const uint64_t a = Decay(Hours(hour), Days(14));
    const uint64_t b = Decay(Hours(336 - hour), Days(14));
    const uint64_t product = a * b >> 32;  // at most 2^63 before the shift
    const uint64_t half = uint64_t{1} << 31;
    EXPECT_LT(product > half ? product - half : half - product, half / 30'000) << hour;
  }
}

TEST(Decay, NeverRises) {
  for (int64_t ms = 1; ms < 200'000; ms += 7)
    ASSERT_LE(Decay({ms}, {10'007}), Decay({ms - 1}, {10'007}));
}

class ScoringTest : public AccountTest {
 protected:
  ScoringTest() {
    rules->scoring.half_life = Days(14);
    rules->scoring.fit_grades = {{"A", 60}, {"B", 30}, {"C", 0}};
    rules->scoring.engagement_grades = {{"1", 60}, {"2", 30}, {"3", 0}};
    rules->scoring.fit.push_back({.name = "Industry",
                                  .when = rules.When("account.industry", TestOp::kEq, {"software"}),
                                  .points = 20});
    rules->scoring.fit.push_back({.name = "Size",
                                  .banded_field = Field("account.employees"),
                                  .bands = {{0, -10}, {50, 10}, {500, 25}}});
    rules.slots().Add(Field("account.employees"));
    rules->scoring.engagement.push_back(
        {.name = "Pricing",
         .when = rules.When("event.path", TestOp::kStartsWith, {"/pricing"}),
         .points = 10,
         .signal = EventType::kSiteVisited,
         .at_most = {30, Days(7)},
         .id = 1});
    rules->scoring.engagement.push_back({.name = "Surge",
                                         .points = 20,
                                         .signal = EventType::kIntentObserved,
                                         .at_most = {20, Days(90)},
                                         .account_scope = true,
                                         .id = 2});
  }
  EventBuilder Visit(int n, std::string_view path = "/pricing") {
    return Make(EventType::kSiteVisited, fmt::format("v{}", n))
        .Of("ann@acme.com")
        .Text("event.path", path);
  }
};

TEST_F(ScoringTest, FitAddsRulesAndBandsAndPublishesTheTopReasons) {
  Send(Submitted("1", "ann@acme.com")
           .Text("account.industry", "software")
           .Int("account.employees", 600));
  const ScoreState& score = Person("ann@acme.com")->score;
  EXPECT_EQ(score.fit, 45);
  EXPECT_EQ(score.fit_grade, "B");
  EXPECT_EQ(score.reasons, (std::vector<std::string>{"Size +25", "Industry +20"}));
  EXPECT_EQ(Count("lead.scored"), 1u);
  EXPECT_NE(Last("lead.scored").find("\"grade\":\"B3\""), std::string::npos);
}

TEST_F(ScoringTest, FitStopsAtItsCap) {
  rules->scoring.fit_cap = 30;
  Send(Submitted("1", "ann@acme.com")
           .Text("account.industry", "software")
           .Int("account.employees", 600));
  EXPECT_EQ(Person("ann@acme.com")->score.fit, 30);
}

TEST_F(ScoringTest, EngagementKeepsToTheLimitOfARule) {
  Send(Make(EventType::kPersonIdentified, "1").Of("ann@acme.com"));
  for (int i = 0; i < 5; ++i) Send(Visit(i), kStart + Seconds(i));
  EXPECT_EQ(Person("ann@acme.com")->score.engagement, 30);
  EXPECT_EQ(Person("ann@acme.com")->contributions.size(), 3u);
}

TEST_F(ScoringTest, EngagementFadesAndAnUnchangedScoreIsNotPublished) {
  Send(Make(EventType::kPersonIdentified, "1").Of("ann@acme.com"));
  Send(Visit(1));
  Send(Visit(2), kStart + Seconds(1));
  const size_t published = Count("lead.scored");
  Send(Visit(3, "/about"), kStart + Minutes(1));
  EXPECT_EQ(Count("lead.scored"), published);
  Send(Visit(4, "/about"), kStart + Days(14));
  EXPECT_EQ(Person("ann@acme.com")->score.engagement, 10);
  EXPECT_EQ(Count("lead.scored"), published + 1);
}

TEST_F(ScoringTest, IntentWithoutAPersonRaisesTheAccountAndMakesNoLead) {
  EventBuilder intent = Make(EventType::kIntentObserved, "1");
  intent.event.home = "d:acme.com";
  Send(intent);
  EXPECT_EQ(Count("lead.created"), 0u);
  EXPECT_EQ(stage().Row<AccountRow>({HomeOf("d:acme.com")})->contributions.size(), 1u);
  Send(Submitted("2", "ann@acme.com"));
  Send(Submitted("3", "bob@acme.com"));
  EXPECT_EQ(Person("ann@acme.com")->score.engagement, 20);
  EXPECT_EQ(Person("bob@acme.com")->score.engagement, 20);
}

TEST_F(ScoringTest, AVisitOfNobodyKnownIsADeadLetter) {
  Send(Visit(1));
  EXPECT_NE(Last("dead_letter.written").find("unknown_reference"), std::string::npos);
  EXPECT_EQ(stage().rows.CountRows('p'), 0u);
}

TEST_F(ScoringTest, AWindowCountsWholePointsUntilItsEnd) {
  rules->scoring.half_life = {};
  rules->scoring.window = Days(30);
  Send(Make(EventType::kPersonIdentified, "1").Of("ann@acme.com"));
  Send(Visit(1));
  Send(Visit(2, "/about"), kStart + Days(29));
  EXPECT_EQ(Person("ann@acme.com")->score.engagement, 10);
  Send(Visit(3, "/about"), kStart + Days(30));
  EXPECT_EQ(Person("ann@acme.com")->score.engagement, 0);
}

TEST_F(ScoringTest, ContributionsAreBounded) {
  rules->scoring.engagement[0].at_most = {};
  rules->scoring.engagement_cap = 100'000;
  Send(Make(EventType::kPersonIdentified, "1").Of("ann@acme.com"));
  for (int i = 0; i < 200; ++i) Send(Visit(i), kStart + Seconds(i));
  EXPECT_EQ(Person("ann@acme.com")->contributions.size(), kMaxContributions);
}

}  // namespace
}  // namespace pm::account
