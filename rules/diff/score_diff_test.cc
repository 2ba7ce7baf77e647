#include <gmock/gmock.h>

#include "rules/diff/rule_diff_testing.h"

namespace pm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using ScoreDiffTest = RuleDiffTesting;

TEST_F(ScoreDiffTest, PointsAreShownByALeadThatScoresOtherwise) {
  const auto rules = [](std::string_view fit) {
    return Routing("", fmt::format("kind: scoring\nfit: {{ rules: [ {} ] }}\n"
                                   "grades: {{ fit: {{ A: 30, B: 0 }} }}\n---\n",
                                   fit));
  };
  const RuleDiff diff = Diff(rules("{ name: X, when: { lead.country: DE }, points: 20 }"),
                             rules("{ name: X, when: { lead.country: DE }, points: 30 }"));
  ASSERT_THAT(diff.regions, SizeIs(1)) << Told(diff);
  EXPECT_EQ(diff.regions[0].what, "score");
  EXPECT_EQ(diff.regions[0].before, "fit 20, grade B");
  EXPECT_EQ(diff.regions[0].after, "fit 30, grade A");
  EXPECT_EQ(diff.regions[0].lead.yaml, "{ lead.country: DE }");
  const RuleDiff bands =
      Diff(rules("{ name: X, bands: { of: account.employees, from: { 0: 1, 50: 5 } } }"),
           rules("{ name: X, bands: { of: account.employees, from: { 0: 1, 50: 9 } } }"));
  ASSERT_THAT(bands.regions, SizeIs(1)) << Told(bands);
  EXPECT_EQ(bands.regions[0].lead.yaml, "{ account.employees: 50 }");
  const RuleDiff named = Diff(rules("{ name: X, when: { lead.country: DE }, points: 20 }"),
                              rules("{ name: Y, when: { lead.country: DE }, points: 20 }"));
  EXPECT_TRUE(named.same()) << Told(named);
}

TEST_F(ScoreDiffTest, AMovedGradeIsShownByALeadWhoseWayDiffers) {
  const auto rules = [](int from, std::string_view asked) {
    return Routing(
        fmt::format("  - {{ name: Hot, when: {{ {} }}, to: {{ pool: dach }} }}\n", asked),
        fmt::format("kind: scoring\n"
                    "fit: {{ rules: [ {{ name: X, when: {{ lead.country: DE }}, points: 55 }}, "
                    "{{ name: Y, when: {{ account.tier: a }}, points: 10 }} ] }}\n"
                    "engagement: {{ half_life: 7d, rules: [ {{ name: Visit, signal: site.visited, "
                    "points: 20 }} ] }}\n"
                    "grades: {{ fit: {{ A: {}, B: 0 }}, engagement: {{ 1: 20, 2: 0 }} }}\n---\n",
                    from));
  };
  const RuleDiff diff = Diff(rules(55, "score.grade: A1"), rules(56, "score.grade: A1"));
  ASSERT_THAT(diff.regions, SizeIs(1)) << Told(diff);
  EXPECT_EQ(diff.regions[0].what, "routing");
  EXPECT_EQ(diff.regions[0].before, "pool dach");
  EXPECT_EQ(diff.regions[0].after, "pool house");
  EXPECT_EQ(diff.regions[0].lead.yaml, "{ score.fit: 55, score.engagement: 20 }");
  EXPECT_THAT(diff.definitions,
              ElementsAre("grades of fit: A from 56, B from 0 now, A from 55, B from 0 before"));
  const RuleDiff turned = Diff(rules(55, "score.fit_grade: { ne: A }"),
                               rules(56, "not: { score.fit_grade: { starts_with: A } }"));
  ASSERT_THAT(turned.regions, SizeIs(1)) << Told(turned);
  EXPECT_EQ(turned.regions[0].after, "pool dach");
  EXPECT_EQ(turned.regions[0].lead.yaml, "{ score.fit: 55 }");
  const std::string other = "score.engagement_grade: '1'";
  EXPECT_THAT(Diff(rules(55, other), rules(56, other)).regions, testing::IsEmpty());
}

TEST_F(ScoreDiffTest, PointsWrittenOtherwiseAreTheSamePoints) {
  const auto rules = [](std::string_view fit) {
    return Routing("", fmt::format("kind: scoring\nfit: {{ cap: 40, rules: [ {} ] }}\n---\n", fit));
  };
  const auto one = [](std::string_view name, std::string_view rest) {
    return fmt::format("{{ name: {}, {} }}", name, rest);
  };
  const std::string german = one("X", "when: { lead.country: DE }, points: 10");
  const std::string german_parts = one("A", "when: { lead.country: DE }, points: 4") + ", " +
                                   one("B", "when: { lead.country: DE }, points: 6");
  const std::string some = one("X", "when: { account.employees: { gte: 0 } }, points: 10");
  const std::string bands = one("X", "bands: { of: account.employees, from: { 0: 10, 50: 10 } }");
  const std::string either = one("X", "when: { lead.country: [DE, FR] }, points: 10");
  const std::string each = german + ", " + one("Y", "when: { lead.country: FR }, points: 10");
  const std::string beyond = one("X", "when: { lead.country: DE }, points: 50");
  const std::string far_beyond = one("X", "when: { lead.country: DE }, points: 60");
  for (const auto& [old, now] : std::vector<std::pair<std::string, std::string>>{
           {german, german_parts}, {some, bands}, {either, each}, {beyond, far_beyond}}) {
    const RuleDiff diff = Diff(rules(old), rules(now));
    EXPECT_TRUE(diff.same()) << old << "\n" << now << "\n" << Told(diff);
    EXPECT_THAT(diff.without_effect, ElementsAre(HasSubstr("points of fit are written otherwise")));
  }
  const std::string less = ", " + one("Z", "when: { account.tier: c }, points: -30");
  const RuleDiff shown = Diff(rules(beyond + less), rules(far_beyond + less));
  ASSERT_THAT(shown.regions, SizeIs(1)) << "what lies beyond the cap shows under a deduction";
  EXPECT_EQ(shown.regions[0].before, "fit 20");
  EXPECT_EQ(shown.regions[0].after, "fit 30");
}

TEST_F(ScoreDiffTest, WhatSeveralRulesComeToIsToldByThoseThatMatter) {
  const auto rules = [](int x, int y) {
    return Routing("", fmt::format("kind: scoring\nfit: {{ rules: [ "
                                   "{{ name: X, when: {{ lead.country: DE }}, points: {} }}, "
                                   "{{ name: Y, when: {{ account.tier: a }}, points: {} }} ] }}\n"
                                   "---\n",
                                   x, y));
  };
  const RuleDiff diff = Diff(rules(10, 20), rules(11, 22));
  ASSERT_THAT(diff.regions, SizeIs(2)) << Told(diff);
  EXPECT_EQ(diff.regions[0].before_rule, "X (rules.yaml:2)");
  EXPECT_EQ(diff.regions[1].after_rule, "Y (rules.yaml:2)");
  EXPECT_EQ(diff.regions[1].after, "fit 22");
}

TEST_F(ScoreDiffTest, EngagementIsToldRuleByRule) {
  const auto rules = [](std::string_view engagement) {
    return Routing("", fmt::format("kind: scoring\nengagement: {{ {} }}\n---\n", engagement));
  };
  const RuleDiff diff = Diff(
      rules("half_life: 14d, rules: [ { name: Visit, signal: site.visited, points: 10 }, "
            "{ name: Form, signal: lead.submitted, points: 5 } ]"),
      rules("half_life: 7d, rules: [ { name: Visit, signal: site.visited, points: 11, "
            "when: { lead.country: DE } }, { name: Sent, signal: lead.submitted, points: 5 } ]"));
  EXPECT_THAT(diff.definitions,
              ElementsAre("rule of engagement Form is called Sent now: points it gave until then "
                          "are lost",
                          "rule of engagement Visit: points: +11 (before: +10)",
                          "rule of engagement Visit: when: lead.country eq DE (before: none)",
                          "engagement: half_life: 7d (before: 14d)"));
}

}  // namespace
}  // namespace pm
