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
        "lead.department: [team-{}, crew-{}] }}, to: {{ pool: p{} }}, cadence: c{} }}\n",
        i, kCountries[i % 10], size * 10, size * 10 + 10, i / 500, i / 500, i % 7, i % 20);
  }
  return text +
         "  - { name: Table, table: t.csv, match: [account.domain, lead.country, "
         "account.employees], hit: first, to: { pool: $pool }, cadence: c0 }\n"
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

// Who works round the clock together, each in an office of their own.
std::string Roster() {
  static constexpr std::string_view kZones[] = {"Europe/Berlin", "America/New_York", "Asia/Tokyo",
                                                "America/Los_Angeles", "Asia/Kolkata"};
  std::string text = "id,email,zone,hours\n";
  for (int i = 0; i < 500; ++i) {
    text += fmt::format("r{0},r{0}@us.example,{1},office{2}\n", i, kZones[i % 5], i % 8);
  }
  return text;
}

std::string Team() {
  std::string text = "kind: team\nroster: reps.csv\npools:\n";
  for (int i = 0; i < 7; ++i) text += fmt::format("  p{}: {{ strategy: queue }}\n", i);
  text += "---\nkind: calendars\n";
  for (int i = 0; i < 8; ++i) {
    text += fmt::format("office{}: {{ weekly: {{ mon-fri: 0{}:00-1{}:00 }} }}\n", i, i + 1, i + 1);
  }
  return text;
}

std::string Cadences() {
  std::string text;
  for (int i = 0; i < 20; ++i) {
    text += fmt::format(
        "kind: cadence\nname: c{0}\nunknown_zone: rep\nsteps:\n"
        "  - {{ call: {{}}, after: 1h, window: 09:{1}-17:00 prospect }}\n"
        "  - {{ call: {{}}, after: 1 business day, window: 08:{1}-11:30 prospect }}\n---\n",
        i, i + 10);
  }
  return text;
}

std::vector<RuleFile> Folder(int routes, int rows) {
  return {{"routing.yaml", Routing(routes)},
          {"team.yaml", Team()},
          {"cadences.yaml", Cadences()},
          {"reps.csv", Roster()},
          {"t.csv", Table(rows)}};
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
