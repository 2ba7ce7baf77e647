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
    static const Renames kNone;
    Slots slots;
    const UnitList old(before, kNone, &slots), now(after, kNone, &slots);
    const auto side = [&](const UnitList& list) {
      return MatchSide{list.units(), [&](Facts facts) { return list.Take(facts, slots); }};
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

}  // namespace
}  // namespace pm
