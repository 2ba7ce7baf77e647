// What the checks say of routes and rows, and of what they keep silent.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>

#include "base/random.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;
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

// Behind a table whose rows are `rows`, by country and employees.
std::string SaidOfRouteBehind(std::string_view rows, std::string_view when,
                              std::string_view hit = "first") {
  const std::string text = fmt::format(
      "{}---\nkind: checks\ntable_overlap: warning\n---\nkind: routing\nroutes:\n"
      "  - {{ name: T, table: t.csv, match: [lead.country, account.employees], hit: {}, "
      "to: {{ pool: $pool }} }}\n"
      "  - {{ name: R, when: {}, to: {{ pool: q }} }}\n"
      "otherwise: {{ to: {{ pool: p }} }}\n",
      kPools, hit, when);
  return Check({{"rules.yaml", text},
                {"t.csv", fmt::format("lead.country,account.employees,pool\n{}", rows)}})
      .text;
}

TEST(RouteReach, IsProvedBehindATableOfWhichSomeRowsNameNobody) {
  constexpr std::string_view kRows = "FR,-,-\nDE,-,p\nAT,< 50,\nAT,-,p\n";
  EXPECT_THAT(SaidOfRouteBehind(kRows, "{ lead.country: DE }"),
              HasSubstr("PM0228: route 'R' can never be reached: 'T' before it takes every lead "
                        "that it is for"));
  EXPECT_THAT(SaidOfRouteBehind(kRows, "{ lead.country: [DE, FR] }"), StartsWith("fine: "));
  EXPECT_THAT(SaidOfRouteBehind(kRows, "{ lead.country: AT }"), StartsWith("fine: "));
  EXPECT_THAT(
      SaidOfRouteBehind(kRows, "{ lead.country: AT, account.employees: { between: [40, 49] } }"),
      StartsWith("fine: "));
  EXPECT_THAT(
      SaidOfRouteBehind(kRows, "{ lead.country: AT, account.employees: { between: [50, 90] } }"),
      HasSubstr("PM0228"));
}

TEST(RouteReach, IsNotTakenAwayByATableThatNamesNobody) {
  EXPECT_THAT(SaidOfRouteBehind("DE,-,-\n-,-,\n", "{ lead.country: DE }"), StartsWith("fine: "));
}

TEST(RouteReach, IsGivenByRowsThatMatchTheSameLead) {
  for (const std::string_view hit : {"unique", "most_specific"}) {
    constexpr std::string_view kRows = "\"DE,AT\",-,p\n\"DE,CH\",-,p\n";
    const std::string said = SaidOfRouteBehind(kRows, "{ lead.country: DE }", hit);
    EXPECT_THAT(said, HasSubstr("PM0232"));
    EXPECT_THAT(said, Not(HasSubstr("PM0228"))) << hit;
    EXPECT_THAT(SaidOfRouteBehind(kRows, "{ lead.country: [AT, CH] }", hit), HasSubstr("PM0228"));
  }
}

// By trying out every lead that the rows can tell apart.
void TryOutEveryLead(std::string_view hit) {
  const std::vector<std::string> countries = {"", "DE", "FR", "AT"};
  const std::vector<int> sizes = {-1, 0, 10, 20, 30};  // the first: not known
  size_t reached = 0, never = 0;
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    Random random(seed);
    struct Row {
      std::vector<std::string> countries;  // empty: any
      int from = -1;                       // -1: any
      bool passes_on = false;
    };
    const auto matches = [](const Row& row, const std::string& country, int size) {
      const bool there =
          row.countries.empty() || std::ranges::find(row.countries, country) != row.countries.end();
      return there && (row.from < 0 || size >= row.from);
    };
    const auto breadth = [](const Row& row) {
      const std::set<std::string> some(row.countries.begin(), row.countries.end());
      const size_t wide = some.empty() ? SIZE_MAX : some.size();
      return std::tuple(static_cast<int>(some.empty()) + static_cast<int>(row.from < 0), wide,
                        -row.from);
    };
    const auto some = [&] {
      Row row{.countries = {}, .from = random.Of({-1, 0, 10, 20, 30}), .passes_on = false};
      for (int i = random.Below(3); i > 0; --i) {
        row.countries.push_back(random.Of<std::string>({"DE", "FR", "AT"}));
      }
      return row;
    };
    std::vector<Row> rows;
    std::string table;
    for (int i = 2 + random.Below(5); i > 0; --i) {
      Row row = some();
      row.passes_on = random.OneIn(3);
      table += fmt::format(
          "{},{},{}\n",
          row.countries.empty() ? "-" : fmt::format("\"{}\"", fmt::join(row.countries, ",")),
          row.from < 0 ? "-" : fmt::format(">= {}", row.from), row.passes_on ? "-" : "p");
      rows.push_back(std::move(row));
    }
    Row asked = some();
    if (asked.countries.empty()) asked.countries = {"DE", "FR"};
    bool is_reached = false;
    for (const std::string& country : countries) {
      for (const int size : sizes) {
        if (!matches(asked, country, size)) continue;
        std::vector<Row> matching;
        for (const Row& row : rows) {
          if (matches(row, country, size)) matching.push_back(row);
        }
        if (hit == "most_specific") {
          std::ranges::stable_sort(matching, {}, breadth);
          if (matching.size() > 1 && breadth(matching[0]) != breadth(matching[1]))
            matching.resize(1);
        }
        const bool clash = hit != "first" && matching.size() > 1;
        is_reached = is_reached || matching.empty() || clash || matching[0].passes_on;
      }
    }
    const std::string when = fmt::format(
        "{{ lead.country: [{}]{} }}", fmt::join(asked.countries, ", "),
        asked.from < 0 ? "" : fmt::format(", account.employees: {{ gte: {} }}", asked.from));
    EXPECT_EQ(SaidOfRouteBehind(table, when, hit).contains("route 'R' can never be reached"),
              !is_reached)
        << hit << "\n"
        << table << when;
    ++(is_reached ? reached : never);
  }
  EXPECT_GT(reached, 20u);
  EXPECT_GT(never, 10u);
}

TEST(RouteReach, BehindATableIsAsTryingOutEveryLeadShows) {
  for (const std::string_view hit : {"first", "unique", "most_specific"}) TryOutEveryLead(hit);
}

TEST(RowReach, IsSaidOfTheLineThatIsBehindNobodyElse) {
  const std::string said = SaidOfTable("lead.country,account.employees",
                                       "DE,< 5,p\nDE,>= 5,q\nDE,3,p\n", ", hit: first");
  EXPECT_THAT(said, HasSubstr("line 4 can never be reached: line 2 before it takes every lead"));
}

}  // namespace
}  // namespace pm
