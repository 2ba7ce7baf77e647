#include <gmock/gmock.h>

#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kRules =
    "kind: team\npools: { house: { strategy: queue } }\n---\nkind: routing\nroutes:\n"
    "  - { name: Large, when: { account.employees: { gte: 5000 } }, to: { pool: house } }\n"
    "  - { name: T, table: t.csv, match: account.employees, to: { pool: house } }\n"
    "otherwise: { to: { pool: house } }\n";

CheckReport CheckTable(const std::string& rows) {
  return Check({{"rules.yaml", std::string(kRules)}, {"t.csv", "account.employees,note\n" + rows}});
}

TEST(TableRows, PairsThatClashAreAllToldOrCounted) {
  std::string rows;
  for (int i = 0; i < 60; ++i) {
    rows += fmt::format("[{}..{}],a\n[{}..{}],b\n", 10 * i, 10 * i + 5, 10 * i + 4, 10 * i + 8);
  }
  const CheckReport report = CheckTable(rows);
  EXPECT_EQ(report.errors, 51u);
  EXPECT_THAT(report.text, HasSubstr("lines 120 and 121 can match the same lead"));
  EXPECT_THAT(report.text, HasSubstr("t.csv:1:1: error PM0232: 10 more pairs of lines can match"));
}

TEST(TableRows, TheSearchForPairsIsBounded) {
  std::string rows;
  for (int i = 0; i < 100; ++i) rows += fmt::format("< {},a\n", 1000 + i);
  const CheckReport report = CheckTable(rows);
  EXPECT_GT(report.errors, 1u);
  EXPECT_THAT(report.text, HasSubstr("of them found before the search was ended"));
  EXPECT_THAT(report.not_checked, HasSubstr("rows of t.csv"));
}

// What does not hang on the rows that clash is looked at all the same.
TEST(TableRows, OthersAreStillProvedToBeReached) {
  const CheckReport report = CheckTable("[0..5],a\n[4..8],b\n>= 6000,c\n");
  EXPECT_THAT(report.text, HasSubstr("lines 2 and 3 can match the same lead"));
  EXPECT_THAT(report.text, HasSubstr("line 4 can never be reached"));
  EXPECT_THAT(report.text, Not(HasSubstr("line 3 can never be reached")));
}

}  // namespace
}  // namespace pm
