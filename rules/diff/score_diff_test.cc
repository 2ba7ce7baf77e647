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
  EXPECT_EQ(diff.regions[0].lead.yaml, "{ lead.country: DE, score.fit: 55, score.engagement: 20 }");
  EXPECT_THAT(diff.definitions,
              ElementsAre("grades of fit: A from 56, B from 0 now, A from 55, B from 0 before"));
  const RuleDiff turned = Diff(rules(55, "score.fit_grade: { ne: A }"),
                               rules(56, "not: { score.fit_grade: { starts_with: A } }"));
  ASSERT_THAT(turned.regions, SizeIs(1)) << Told(turned);
  EXPECT_EQ(turned.regions[0].after, "pool dach");
  EXPECT_EQ(turned.regions[0].lead.yaml, "{ lead.country: DE }");
  const std::string other = "score.engagement_grade: '1'";
  EXPECT_THAT(Diff(rules(55, other), rules(56, other)).regions, testing::IsEmpty());
}

// Rules of fit, what else stands in `scoring`, and a route on a score with the threshold of one.
std::string Scored(std::string_view fit, std::string_view more, std::string_view asked) {
  return fmt::format(
      "kind: scoring\nfit: {{ rules: [ {} ] }}\n{}---\n"
      "kind: lifecycle\nthresholds: [ {{ to: mql, when: {{ {} }} }} ]\n---\n"
      "kind: routing\nroutes: [ {{ name: Hot, when: {{ {} }}, to: {{ pool: dach }} }} ]\n"
      "otherwise: {{ to: {{ pool: house }} }}\n---\n{}",
      fit, more, asked, asked, kTeam);
}
std::string Points(std::string_view countries, int points) {
  return fmt::format("{{ name: X, when: {{ lead.country: [{}] }}, points: {} }}", countries,
                     points);
}

TEST_F(ScoreDiffTest, PointsThatMoveLeadsTellWhereTheseGo) {
  const std::string asked = "score.fit: { gte: 30 }";
  const RuleDiff diff =
      Diff(Scored(Points("DE", 30), "", asked), Scored(Points("DE, AT", 30), "", asked));
  ASSERT_THAT(diff.regions, SizeIs(3)) << Told(diff);
  EXPECT_EQ(diff.regions[0].what, "score");
  EXPECT_EQ(diff.regions[1].after, "becomes mql");
  EXPECT_EQ(diff.regions[2].before, "pool house");
  EXPECT_EQ(diff.regions[2].after, "pool dach");
  for (const DiffRegion& region : diff.regions) EXPECT_EQ(region.lead.yaml, "{ lead.country: AT }");
  const RuleDiff below =
      Diff(Scored(Points("DE", 20), "", asked), Scored(Points("DE", 25), "", asked));
  ASSERT_THAT(below.regions, SizeIs(1)) << "no lead crosses the limit: " << Told(below);
  EXPECT_THAT(below.not_proved, testing::IsEmpty());
}

TEST_F(ScoreDiffTest, GradesOfOneAxisMoveLeads) {
  const std::string fit =
      Points("DE", 20) + ", { name: Y, when: { lead.country: AT }, points: 10 }";
  const RuleDiff diff = Diff(Scored(fit, "grades: { fit: { A: 20, B: 0 } }\n", "score.grade: A"),
                             Scored(fit, "grades: { fit: { A: 10, B: 0 } }\n", "score.grade: A"));
  ASSERT_THAT(diff.regions, SizeIs(2)) << Told(diff);
  EXPECT_EQ(diff.regions[1].lead.yaml, "{ lead.country: AT }");
  EXPECT_EQ(diff.regions[1].after, "pool dach");
  const std::string signals =
      "engagement: { half_life: 7d, rules: [ { name: V, signal: site.visited, points: 20 } ] }\n"
      "grades: { engagement: { ";
  const RuleDiff other = Diff(Scored(fit, signals + "1: 20, 2: 0 } }\n", "score.grade: '1'"),
                              Scored(fit, signals + "1: 40, 2: 0 } }\n", "score.grade: '1'"));
  ASSERT_THAT(other.regions, SizeIs(2)) << Told(other);
  EXPECT_EQ(other.regions[1].after, "pool house");
  EXPECT_THAT(other.regions[1].lead.yaml, HasSubstr("score.engagement: 2"));
}

TEST_F(ScoreDiffTest, OnlyScoresThatTheRulesComeToCount) {
  const std::string tens =
      Points("DE", 10) + ", { name: Y, when: { account.tier: a }, points: 20 }";
  const std::string grades = "grades: { fit: { A: 10, B: 0 } }\n";
  EXPECT_TRUE(Diff(Scored(tens, grades, "score.fit: { gte: 30 }"),
                   Scored(tens, grades, "score.fit: { gte: 25 }"))
                  .same());
  const RuleDiff never_missing =
      Diff(Scored(tens, grades, "score.fit: present"),
           Scored(tens, grades, "any: [ { score.fit: { gt: 0 } }, { score.fit: 0 } ]"));
  EXPECT_TRUE(never_missing.same()) << Told(never_missing);
  const RuleDiff moved = Diff(Scored(tens, grades, "score.grade: A"),
                              Scored(tens, "grades: { fit: { A: 5, B: 0 } }\n", "score.grade: A"));
  EXPECT_TRUE(moved.same()) << Told(moved);
  EXPECT_THAT(moved.without_effect, testing::Contains(HasSubstr("no points are of another grade")));
  std::string with_cap = Scored(tens, grades, "score.grade: A");
  with_cap.replace(with_cap.find("fit: {"), 6, "fit: { cap: 30,");
  const RuleDiff capped = Diff(Scored(tens, grades, "score.grade: A"), with_cap);
  EXPECT_TRUE(capped.same()) << Told(capped);
  EXPECT_THAT(capped.without_effect, testing::Contains(HasSubstr("no lead comes to more")));
}

TEST_F(ScoreDiffTest, GradesAreNoOthersByAName) {
  const std::string fit = Points("DE", 20);
  const RuleDiff diff = Diff(Scored(fit, "grades: { fit: { A: 20, B: 0 } }\n", "score.grade: A"),
                             Scored(fit, "grades: { fit: { X: 20, B: 0 } }\n", "score.grade: X"));
  EXPECT_TRUE(diff.same()) << Told(diff);
  EXPECT_THAT(diff.without_effect, testing::Contains("grade A of fit is called X now"));
}

TEST_F(ScoreDiffTest, TheLowestGradeHasAllBelowIt) {
  const auto rules = [](int points) {
    return Scored(Points("DE", points), "grades: { fit: { A: 20, B: 0 } }\n", "score.fit: 90");
  };
  const RuleDiff diff = Diff(rules(-5), rules(-6));
  ASSERT_THAT(diff.regions, SizeIs(1)) << Told(diff);
  EXPECT_EQ(diff.regions[0].after, "fit -6, grade B");
}

TEST_F(ScoreDiffTest, WhoIsScreenedByBothComesToNoRoute) {
  const auto rules = [](std::string_view pool) {
    return Routing(fmt::format("  - {{ name: A, when: {{ lead.email_domain: acme.com }}, to: {{ "
                               "pool: {} }} }}\n",
                               pool),
                   "kind: screening\nrules: [ { name: S, as: x, when: { lead.email_domain: "
                   "acme.com } } ]\n---\n");
  };
  EXPECT_TRUE(Diff(rules("dach"), rules("west")).regions.empty());
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
