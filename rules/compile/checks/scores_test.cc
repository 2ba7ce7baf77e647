// What the checks say of scores that conditions ask for, by the points of the rules.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kFit =
    "fit: { rules: [ { name: A, when: { lead.country: DE }, points: 20 }, "
    "{ name: B, when: { lead.country: FR }, points: 30 } ] }\n";

// With the lines of `kind: scoring`, thresholds to mql and more documents.
std::string Said(std::string_view scoring, const std::vector<std::string>& thresholds,
                 std::string_view more = "") {
  std::string text = fmt::format("kind: scoring\n{}---\nkind: lifecycle\n", scoring);
  if (!thresholds.empty()) text += "thresholds:\n";
  for (const std::string& when : thresholds) {
    text += fmt::format("  - {{ to: mql, when: \"{}\" }}\n", when);
  }
  text += more;
  if (!more.contains("kind: routing"))
    text += "---\nkind: routing\notherwise: { to: { pool: p } }\n";
  text += "---\nkind: team\npools: { p: { strategy: queue } }\n";
  return Check({{"rules.yaml", text}}).text;
}

TEST(ScoreChecks, KnowThatRulesWhichExcludeEachOtherDoNotAddUp) {
  EXPECT_THAT(Said(kFit, {"score.fit >= 30"}), StartsWith("fine: "));
  EXPECT_THAT(Said(kFit, {"score.fit >= 31"}), HasSubstr("come to 30 at most"));
  EXPECT_THAT(Said(kFit, {"score.fit >= 21 && score.fit < 30"}), HasSubstr("PM0229"));
}

TEST(ScoreChecks, TakeTheOtherPartsOfAConditionIntoAccount) {
  EXPECT_THAT(Said(kFit, {"score.fit >= 20 && lead.country == 'DE'"}), StartsWith("fine: "));
  EXPECT_THAT(Said(kFit, {"score.fit >= 30 && lead.country == 'DE'"}),
              HasSubstr("'lead.country == \"DE\"' can never hold beside 'score.fit >= 30'"));
}

TEST(ScoreChecks, SayOfAGradeThatNoPointsComeToIt) {
  const std::string graded = fmt::format("{}grades: {{ fit: {{ A: 30, B: 25, C: 0 }} }}\n", kFit);
  const std::string said = Said(graded, {},
                                "---\nkind: routing\nroutes:\n"
                                "  - { name: Warm, when: { score.grade: B }, to: { pool: p } }\n"
                                "  - { name: Hot, when: { score.grade: A }, to: { pool: p } }\n"
                                "otherwise: { to: { pool: p } }\n");
  EXPECT_THAT(said, HasSubstr("no score has the grade 'B': the points of the rules add up to 20 or "
                              "to 30, to nothing between"));
  EXPECT_THAT(said, HasSubstr("'score.grade eq B' can never hold"));
  EXPECT_THAT(said, Not(HasSubstr("'score.grade eq A'")));
}

TEST(ScoreChecks, NeverCallAScoreOutOfReachThatOnlyExpressionsCanTell) {
  const std::string said = Said(
      "fit: { rules: [ { name: A, when: { lead.country: DE }, points: 20 }, { name: B, when: "
      "'lead.city.size() > 1000', points: 20 } ] }\n",
      {"score.fit >= 40"});
  EXPECT_THAT(said, HasSubstr("rules.yaml:6:22: note PM0242: not proved whether any lead meets"));
  EXPECT_THAT(said, StartsWith("rules.yaml:2:87: note PM0242"));
}

// The lead becomes an mql after its score was made.
TEST(ScoreChecks, DoNotTieAScoreToAStageThatChangesAfterIt) {
  const std::string said =
      Said("fit: { rules: [ { name: A, when: { lead.stage: known }, points: 20 } ] }\n", {},
           "---\nkind: routing\nroutes:\n"
           "  - { name: A, when: { score.fit: 20, lead.stage: mql }, to: { pool: p } }\n"
           "  - { name: B, when: { score.fit: 30 }, to: { pool: p } }\n"
           "otherwise: { to: { pool: p } }\n");
  EXPECT_THAT(said, HasSubstr("fit rules read what changes between scoring and routing"));
  EXPECT_THAT(said, HasSubstr("'score.fit eq 30' can never hold"));
  EXPECT_THAT(said, Not(HasSubstr("'score.fit eq 20' can never hold")));
}

TEST(ScoreChecks, OfRepeatRulesReadScoresOfBeforeTheSubmission) {
  const auto said = [](std::string_view when) {
    return Said(kFit, {}, fmt::format("repeat:\n  - {{ when: {}, do: ignore }}\n", when));
  };
  EXPECT_THAT(said("{ score.fit: 30, lead.country: DE }"), StartsWith("fine: "));
  EXPECT_THAT(said("{ score.fit: missing }"), StartsWith("fine: "));
  EXPECT_THAT(said("{ score.fit: 40 }"), HasSubstr("PM0229"));
}

TEST(ScoreChecks, KnowTheLimitsOfEngagement) {
  const auto said = [](std::string_view lasting, std::string_view when) {
    return Said(fmt::format("engagement: {{ {}, rules: [ {{ name: A, signal: site.visited, "
                            "points: 10, at_most: 30 per 7d }} ] }}\n",
                            lasting),
                {std::string(when)});
  };
  EXPECT_THAT(said("window: 7d", "score.engagement >= 30"), StartsWith("fine: "));
  EXPECT_THAT(said("window: 7d", "score.engagement >= 31"), HasSubstr("come to 30 at most"));
  EXPECT_THAT(said("window: 8d", "score.engagement >= 60"), StartsWith("fine: "));
  EXPECT_THAT(said("half_life: 7d", "score.engagement >= 59"), StartsWith("fine: "));
  EXPECT_THAT(said("half_life: 7d", "score.engagement >= 62"), HasSubstr("PM0229"));
  // Its limit is 78.04 points.
  EXPECT_THAT(said("half_life: 10d", "score.engagement >= 76"), StartsWith("fine: "));
  EXPECT_THAT(said("half_life: 10d", "score.engagement >= 80"), HasSubstr("PM0229"));
  EXPECT_THAT(said("half_life: 10d", "score.engagement >= 78"),
              HasSubstr("what signals come to is known only roughly there"));
}

TEST(ScoreChecks, ComeToAnEndOnRulesThatAllReadTheSameFields) {
  std::string rules = "fit:\n  rules:\n";
  for (int i = 0; i < 150; ++i) {
    rules += fmt::format(
        "    - {{ name: R{}, when: {{ lead.city: c{}, account.employees: {{ gte: {} }} }}, "
        "points: {} }}\n",
        i, i % 50, i, 5 + i % 3);
  }
  EXPECT_THAT(Said(rules, {"score.fit >= 18"}), StartsWith("fine: "));
  EXPECT_THAT(Said(rules, {"score.fit >= 45"}), HasSubstr("PM0229"));
}

TEST(ScoreChecks, SpendOnCostlyPatternsOnlyAPartOfTheBoundAndSayWhereTheyStopped) {
  std::string fit = "fit:\n  rules:\n";
  for (int i = 0; i < 600; ++i) {
    fit += fmt::format(
        "    - {{ name: r{0}, points: 5, when: {{ lead.title: {{ matches: "
        "'(?i)(vp|it{0}|[a-z]{{1,{1}}})' }} }} }}\n",
        i, 1 + i % 40);
  }
  const std::string said = Said(fit, {},
                                "---\nkind: routing\nroutes:\n"
                                "  - { name: All, to: { pool: p } }\n"
                                "  - { name: None, when: { lead.country: DE }, to: { pool: p } }\n"
                                "otherwise: { to: { pool: p } }\n");
  EXPECT_THAT(said, HasSubstr("PM0242: not proved whether this rule, or one after it, undoes or "
                              "repeats another: the work bound is spent"));
  EXPECT_THAT(said, HasSubstr("route 'None' can never be reached: 'All' before it takes"));
  EXPECT_THAT(said, Not(HasSubstr("whether any lead meets this")));
}

TEST(ScoreChecks, TellOfARuleOnceWhatItHasToDoWithThoseBefore) {
  const std::string said = Said(
      "fit: { rules: [ { name: A, when: { lead.country: DE }, points: 5 }, "
      "{ name: B, when: { lead.country: DE }, points: 5 }, "
      "{ name: C, when: { lead.country: DE }, points: 5 } ] }\n",
      {});
  EXPECT_THAT(said, HasSubstr("2 warnings"));
  EXPECT_THAT(said, HasSubstr("'C' counts +5 wherever 'A' counts +5"));
}

}  // namespace
}  // namespace pm
