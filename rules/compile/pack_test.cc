// The packs compile without a finding, and mean what they say.
#include <gmock/gmock.h>

#include "base/time/text.h"
#include "rules/compile/compile.h"
#include "rules/folder.h"

namespace pm {
namespace {

TEST(InboundSaas, CompilesWithoutAFinding) {
  auto files = ReadRuleFolder("rules/packs/inbound-saas");
  ASSERT_TRUE(files.has_value());
  const CompileResult result = Compile(*std::move(files));
  EXPECT_EQ(result.diagnostics.Render(), "");
  ASSERT_TRUE(result.ok());
  const RuleBook& book = *result.book;
  EXPECT_EQ(book.roster.size(), 12u);
  EXPECT_EQ(book.FindPool("house")->strategy, PoolStrategy::kQueue);
  EXPECT_EQ(book.FindRep("ben")->backup, "ana");
  ASSERT_NE(book.FindSla("hot"), nullptr);
  EXPECT_EQ(book.FindSla("hot")->ladders[1].size(), 2u);
  ASSERT_NE(book.FindCadence("inbound-hot"), nullptr);
  EXPECT_EQ(book.FindCadence("inbound-hot")->steps.size(), 5u);
  EXPECT_EQ(book.routing.routes.size(), 6u);
}

TEST(InboundSaas, NobodyWorksOnTheirHolidays) {
  const CompileResult result = Compile(*ReadRuleFolder("rules/packs/inbound-saas"));
  ASSERT_TRUE(result.ok());
  const RosterRep& emma = *result.book->FindRep("emma");
  const Calendar& hours = result.book->Hours(emma.hours, emma.zone, emma.holidays, emma.leave);
  EXPECT_FALSE(hours.IsOpen(*ParseInstant("2026-11-26T15:00:00Z")));  // Thanksgiving
  EXPECT_TRUE(hours.IsOpen(*ParseInstant("2026-11-25T15:00:00Z")));
  const RosterRep& ben = *result.book->FindRep("ben");
  EXPECT_FALSE(result.book->Hours(ben.hours, ben.zone, ben.holidays, ben.leave)
                   .IsOpen(*ParseInstant("2026-12-22T10:00:00Z")));
}

}  // namespace
}  // namespace pm
