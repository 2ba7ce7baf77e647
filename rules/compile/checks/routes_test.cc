// What the checks say of routes and rows, and of what they keep silent.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kPools =
    "kind: team\npools: { p: { strategy: queue }, q: { strategy: queue } }\n";

// Of a table that `match` names the columns of, in a route with these words more.
std::string SaidOfTable(std::string_view match, std::string_view rows, std::string_view route,
                        std::string_view more = "", std::string_view before = "") {
  const std::string text = fmt::format(
      "{}---\nkind: routing\nroutes:\n{}"
      "  - {{ name: T, table: t.csv, match: [{}], to: {{ pool: $pool }}{} }}\n"
      "otherwise: {{ to: {{ pool: p }} }}\n{}",
      kPools, before, match, route, more);
  return Check({{"rules.yaml", text}, {"t.csv", fmt::format("{},pool\n{}", match, rows)}}).text;
}

constexpr std::string_view kScoring =
    "---\nkind: scoring\nfit:\n  rules:\n"
    "    - { name: ICP, when: { account.industry: software }, points: 50 }\n"
    "    - { name: Size, when: { account.employees: { gte: 100 } }, points: 20 }\n";

TEST(TableOverlap, IsNotToldOfRowsThatTheScoresKeepApart) {
  EXPECT_THAT(SaidOfTable("score.fit,account.industry", ">= 50,-,p\n-,retail,q\n", "", kScoring),
              StartsWith("fine: "));
  const std::string said =
      SaidOfTable("score.fit,account.industry", ">= 20,-,p\n-,retail,q\n", "", kScoring);
  EXPECT_THAT(said, HasSubstr("PM0232: lines 2 and 3 can match the same lead"));
  EXPECT_THAT(said, HasSubstr("account.employees: 100"));
}

TEST(TableOverlap, IsNotToldOfRowsThatBothMatchOnlyLeadsWhichNeverGetThere) {
  constexpr std::string_view kMatch = "lead.country,account.employees";
  constexpr std::string_view kRows = "DE,-,p\n-,< 50,q\n";
  EXPECT_THAT(SaidOfTable(kMatch, kRows, ""), HasSubstr("PM0232"));
  EXPECT_THAT(SaidOfTable(kMatch, kRows,
                          ", when: { any: [ { account.employees: { gte: 50 } }, "
                          "{ lead.country: FR } ] }"),
              StartsWith("fine: "));
  EXPECT_THAT(SaidOfTable(kMatch, kRows, "",
                          "---\nkind: screening\nrules: [ { name: S, as: small, "
                          "when: { lead.country: DE, account.employees: { lt: 50 } } } ]\n"),
              StartsWith("fine: "));
  EXPECT_THAT(SaidOfTable(kMatch, kRows, "", "",
                          "  - { name: Small, to: { pool: q }, "
                          "when: { lead.country: DE, account.employees: { lt: 60 } } }\n"),
              StartsWith("fine: "));
}

TEST(TableOverlap, IsNotToldOfRowsThatOneAddressCannotMeet) {
  EXPECT_THAT(SaidOfTable("lead.free_mail,lead.email_domain",
                          "true,-,p\n-,\"acme.com,globex.com\",q\n", ""),
              StartsWith("fine: "));
  EXPECT_THAT(SaidOfTable("lead.email,lead.email_domain", "ceo@acme.com,-,p\n-,globex.com,q\n", ""),
              StartsWith("fine: "));
  EXPECT_THAT(
      SaidOfTable("lead.free_mail,lead.email_domain", "true,-,p\n-,\"acme.com,gmx.de\",q\n", ""),
      HasSubstr("lead: { lead.email_domain: gmx.de, lead.free_mail: true }"));
  EXPECT_THAT(SaidOfTable("lead.free_mail,lead.email_domain", "true,-,p\n-,gmx.de,q\n", "",
                          "---\nkind: identity\nemail: { not_free: [gmx.de] }\n"),
              StartsWith("fine: "));
}

TEST(TableOverlap, IsFoundBehindPairsThatAreApart) {
  EXPECT_THAT(SaidOfTable("score.fit,account.industry",
                          ">= 50,-,p\n-,retail,q\n-,\"retail,media\",p\n", "", kScoring),
              HasSubstr("lines 3 and 4 can match the same lead"));
}

TEST(TableOverlap, IsNotProvedWhereATextCanOnlyBeTriedOut) {
  const std::string said = SaidOfTable(
      "lead.country,account.employees", "DE,-,p\n-,5,q\n",
      ", when: { lead.title: { matches: \"^(?:ab){9}$\", not_in: [abababababababababab], "
      "missing: no_match } }",
      "",
      "  - { name: D, when: { lead.title: { matches: \"ab\" }, lead.country: DE }, "
      "to: { pool: q } }\n");
  EXPECT_THAT(said, HasSubstr("PM0242: not proved that lines 2 and 3 never match the same lead"));
}

TEST(RowReach, IsSaidOfTheLineThatIsBehindNobodyElse) {
  const std::string said = SaidOfTable("lead.country,account.employees",
                                       "DE,< 5,p\nDE,>= 5,q\nDE,3,p\n", ", hit: first");
  EXPECT_THAT(said, HasSubstr("line 4 can never be reached: line 2 before it takes every lead"));
}

}  // namespace
}  // namespace pm
