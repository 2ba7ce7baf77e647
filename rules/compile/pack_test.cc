// The packs compile without a finding, and mean what they say.
#include <gmock/gmock.h>

#include <filesystem>

#include "base/time/text.h"
#include "rules/compile/compile.h"
#include "rules/folder.h"
#include "rules/tables/route_table.h"

namespace pm {
namespace {

TEST(Packs, CompileWithoutAFinding) {
  size_t packs = 0;
  for (const auto& pack : std::filesystem::directory_iterator("rules/packs")) {
    auto files = ReadRuleFolder(pack.path().string());
    ASSERT_TRUE(files.has_value()) << files.error().text;
    const CompileResult result = CompileProved(*std::move(files));
    EXPECT_EQ(result.diagnostics.Render(), "") << pack.path();
    EXPECT_TRUE(result.ok()) << pack.path();
    ++packs;
  }
  EXPECT_GE(packs, 4u);
}

TEST(InboundSaas, MeansWhatItSays) {
  const CompileResult result = Compile(*ReadRuleFolder("rules/packs/inbound-saas"));
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

TEST(NamedAccounts, HasTenThousandRows) {
  const CompileResult result = Compile(*ReadRuleFolder("rules/packs/named-accounts"));
  ASSERT_TRUE(result.ok());
  size_t rows = 0;
  const auto count = [&](const auto& self, const std::vector<Route>& routes) -> void {
    for (const Route& route : routes) {
      if (route.table != nullptr) rows += route.table->rows().size();
      self(self, route.nested);
    }
  };
  count(count, result.book->routing.routes);
  EXPECT_EQ(rows, 10'000u);
}

// Lists and tables say the same of the continents: no country is in a list without a row.
TEST(NamedAccounts, ServesEveryCountryItNames) {
  const CompileResult result = Compile(*ReadRuleFolder("rules/packs/named-accounts"));
  ASSERT_TRUE(result.ok());
  FactSheet sheet(result.book->slots());
  for (const Route& continent : result.book->routing.routes) {
    if (continent.nested.empty()) continue;
    size_t served = 0;
    for (char a = 'A'; a <= 'Z'; ++a) {
      for (char b = 'A'; b <= 'Z'; ++b) {
        const std::string country{a, b};
        sheet.Set(Field("lead.country"), Value::Text(country));
        if (!continent.when.Holds(sheet.facts())) continue;
        ++served;
        EXPECT_TRUE(LookUp(*continent.nested.front().table, sheet.facts()).has_value()) << country;
      }
    }
    EXPECT_GE(served, 19u) << continent.name;
  }
}

}  // namespace
}  // namespace pm
