// A rule folder as large as a company's, made here: proofs come to an end on it.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "rules/compile/compile.h"

namespace pm {
namespace {

constexpr int kRoutes = 1000, kRows = 10'000;

std::string Routing(int routes) {
  static constexpr std::string_view kCountries[] = {"DE", "AT", "CH", "FR", "ES",
                                                    "IT", "US", "GB", "NL", "PL"};
  std::string text = "kind: routing\nroutes:\n";
  for (int i = 0; i < routes; ++i) {
    const int size = i / 10 % 50;
    text += fmt::format(
        "  - {{ name: R{}, when: {{ lead.country: {}, account.employees: {{ gte: {}, lt: {} }}, "
        "lead.department: [team-{}, crew-{}] }}, to: {{ pool: p{} }} }}\n",
        i, kCountries[i % 10], size * 10, size * 10 + 10, i / 500, i / 500, i % 7);
  }
  return text +
         "  - { name: Table, table: t.csv, match: [account.domain, lead.country, "
         "account.employees], hit: first, to: { pool: $pool } }\n"
         "otherwise: { to: { pool: p0 } }\n";
}

std::string Table(int rows) {
  std::string text = "account.domain,lead.country,account.employees,pool\n";
  for (int i = 0; i < rows; ++i) {
    text += fmt::format("company{}.example,{},{},p{}\n", i / 4, i % 2 == 0 ? "DE" : "-",
                        i % 4 < 2 ? "< 100" : ">= 100", i % 7);
  }
  return text;
}

std::vector<RuleFile> Folder(int routes, int rows) {
  std::string pools = "kind: team\npools:\n";
  for (int i = 0; i < 7; ++i) pools += fmt::format("  p{}: {{ strategy: queue }}\n", i);
  return {{"routing.yaml", Routing(routes)}, {"team.yaml", pools}, {"t.csv", Table(rows)}};
}

TEST(Checks, ProveAThousandRoutesAndTenThousandRows) {
  size_t steps = 0;
  const CheckReport report =
      Check(Folder(kRoutes, kRows), false, {}, [&](size_t done) { steps = done; });
  EXPECT_THAT(report.text, testing::StartsWith("fine: 1001 routes"));
  EXPECT_EQ(report.notes, 0u);
  EXPECT_EQ(report.warnings, 0u);
  EXPECT_GT(steps, size_t{kRoutes});
}

TEST(Checks, FindTheOneRouteAmongAThousandThatIsNeverReached) {
  std::vector<RuleFile> files = Folder(kRoutes, 10);
  const std::string route =
      "  - { name: Late, when: { lead.country: AT, account.employees: { gte: 100, lt: 130 }, "
      "lead.department: [team-0, crew-1] }, to: { pool: p1 } }\n";
  files[0].text.insert(files[0].text.find("  - { name: Table"), route);
  const CheckReport report = Check(std::move(files));
  EXPECT_EQ(report.errors, 1u);
  EXPECT_THAT(report.text, testing::HasSubstr("route 'Late' can never be reached"));
}

}  // namespace
}  // namespace pm
