#include "rules/diff/first_match.h"

#include <gmock/gmock.h>

#include "rules/diff/rule_diff_testing.h"

namespace pm {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class FirstMatchTest : public RuleDiffTesting {
 protected:
  static std::shared_ptr<const RuleBook> Table(const std::string& pool) {
    return Book(
        Routing("  - { name: T, table: t.csv, match: lead.country, to: { pool: $pool } }\n"),
        fmt::format("lead.country,pool\nDE,{0}\nAT,{0}\nCH,{0}\n", pool));
  }

  static MatchDiff Compare(const RuleBook& before, const RuleBook& after, uint64_t budget) {
    static const NamesThere kNone;
    Slots slots;
    const UnitList old(before, kNone, &slots), now(after, kNone, &slots);
    const auto side = [&](const UnitList& list) {
      return MatchSide{list.units(),
                       [&](Facts facts) { return list.Take(FactsIn(list.book(), facts, slots)); }};
    };
    const LeadSpace space{.fields = before.fields(), .slots = slots, .mail = {}};
    return DiffFirstMatch(side(old), side(now), space, budget);
  }
};

TEST_F(FirstMatchTest, ARegionHasAllRowsThatChangeAlike) {
  const auto old = Table("dach"), now = Table("west");
  const MatchDiff diff = Compare(*old, *now, kDiffBudget);
  ASSERT_THAT(diff.regions, SizeIs(1));
  EXPECT_THAT(diff.regions[0].all_before, ElementsAre(0, 1, 2));
  EXPECT_THAT(diff.regions[0].all_after, ElementsAre(0, 1, 2));
  EXPECT_TRUE(diff.regions[0].complete);
}

TEST_F(FirstMatchTest, RowsThatTheWorkBoundLeavesOutAreSaidToBeLackingAndNoDoubt) {
  const auto old = Table("dach"), now = Table("west");
  const MatchDiff diff = Compare(*old, *now, 1);
  ASSERT_THAT(diff.regions, SizeIs(1));
  EXPECT_THAT(diff.regions[0].all_before, ElementsAre(0));
  EXPECT_FALSE(diff.regions[0].complete);
  EXPECT_THAT(diff.doubts, SizeIs(0));
}

TEST_F(FirstMatchTest, RowsThatMatchTheSameLeadTakeNoneOfThem) {
  const auto rules = [](std::string_view hit) {
    return Routing(
        fmt::format("  - {{ name: T, table: t.csv, match: lead.country, hit: {}, "
                    "to: {{ pool: $pool }} }}\n"
                    "  - {{ name: R, when: {{ lead.country: DE }}, to: {{ pool: house }} "
                    "}}\n",
                    hit),
        "kind: checks\ntable_overlap: warning\n---\n");
  };
  const std::string both = "lead.country,pool\n\"DE,AT\",dach\n\"DE,CH\",west\n";
  for (const std::string_view hit : {"unique", "most_specific"}) {
    const RuleDiff diff =
        Diff(rules(hit), rules(hit), both, "lead.country,pool\n\"DE,AT\",dach\nCH,west\n");
    ASSERT_THAT(diff.regions, SizeIs(1)) << Told(diff);
    EXPECT_EQ(diff.regions[0].lead.yaml, "{ lead.country: DE }");
    EXPECT_EQ(diff.regions[0].before_rule, "R (rules.yaml:7)");
    EXPECT_EQ(diff.regions[0].after_rule, "T (t.csv:2)");
    const RuleDiff other =
        Diff(rules(hit), rules(hit), both, "lead.country,pool\n\"DE,AT\",west\n\"DE,CH\",west\n");
    ASSERT_THAT(other.regions, SizeIs(1)) << Told(other);
    EXPECT_EQ(other.regions[0].lead.yaml, "{ lead.country: AT }");
    EXPECT_THAT(other.not_proved, SizeIs(0));
  }
}

}  // namespace
}  // namespace pm
