#include "app/scenario/coverage.h"

#include <gmock/gmock.h>

#include "app/scenario/run_scenario.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kRules[] = R"(kind: routing
routes:
  - name: Europe
    when: { lead.seats: { gte: 1 } }
    routes:
      - { name: By country, table: t.csv, match: lead.country, to: { pool: $pool } }
      - { name: Owned, when: { account.owner: present }, to: { owner: account } }
otherwise: { to: { pool: house } }
---
kind: fields
lead.seats: { type: int, meaning: Seats. }
---
kind: screening
rules: [ { name: Rivals, when: { lead.email_domain: rival.example }, as: competitor } ]
---
kind: scoring
fit: { rules: [ { name: Has a title, when: { lead.title: present }, points: 40 } ] }
engagement: { half_life: 7d, rules: [ { name: A visit, signal: site.visited, points: 5 } ] }
---
kind: lifecycle
thresholds: [ { to: mql, when: { score.fit: { gte: 40 } } } ]
repeat:
  - { within: 10m, do: ignore }
  - { stage: queued, do: take_submission }
---
kind: team
pools: { sdr: { strategy: queue }, house: { strategy: queue } }
)";
constexpr char kTable[] = "lead.country,pool\nDE,sdr\nFR,sdr\n";

// The coverage by tests of these events, one scenario each.
Coverage Covered(const std::vector<std::string>& scenarios) {
  ScenarioSettings settings;
  settings.default_rules = {{"rules.yaml", kRules}, {"t.csv", kTable}};
  const CompileResult compiled = Compile(settings.default_rules);
  EXPECT_TRUE(compiled.ok()) << compiled.diagnostics.Render();
  Coverage coverage(*compiled.book);
  settings.coverage = &coverage;
  for (const std::string& events : scenarios) {
    const auto verdicts =
        RunScenarioFile("a.yaml", "scenario: A\nnone: [ sla.met ]\n" + events, settings);
    EXPECT_EQ(verdicts.front().failures, "");
  }
  return coverage;
}

constexpr char kGerman[] =
    "events: [ { at: 2026-03-02T09:00:00Z, type: lead.submitted, email: a@c.example, country: DE, "
    "seats: 3, hand_raise: true } ]\n";

TEST(Coverage, KnowsEveryKindOfRule) {
  const Coverage none = Covered({});
  EXPECT_EQ(none.Share(), "reached by tests: 0 of 9 rules, 0 of 2 table rows");
  const std::string missed = none.Missed();
  for (const std::string_view line :
       {"rules.yaml:14: screening 'Rivals'", "fit 'Has a title'", "engagement 'A visit'",
        "threshold 'mql'", "repeat 'number 1'", "route 'By country': 0 of 2 rows of t.csv",
        "route 'Owned'", "route 'otherwise'"}) {
    EXPECT_THAT(missed, HasSubstr(line));
  }
}

TEST(Coverage, CountsWhatDecided) {
  const Coverage route = Covered({kGerman});
  EXPECT_EQ(route.Share(), "reached by tests: 1 of 9 rules, 1 of 2 table rows");
  EXPECT_THAT(route.Missed(), HasSubstr("route 'By country': 1 of 2 rows"));
  const Coverage others = Covered({
      "events:\n"
      "  - { at: 2026-03-02T09:00:00Z, type: lead.submitted, email: a@c.example, anonymous_id: b "
      "}\n"
      "  - { at: +1m, type: site.visited, anonymous_id: b, path: /x }\n"
      "  - { at: +1m, type: lead.updated, email: a@c.example, title: CEO }\n"
      "  - { at: +20m, type: lead.submitted, email: a@c.example }\n"
      "  - { at: +1m, type: lead.submitted, email: a@c.example }\n",
      "events: [ { at: 2026-03-02T09:00:00Z, type: lead.submitted, email: a@rival.example } ]\n",
  });
  EXPECT_EQ(others.Missed(),
            "  rules.yaml:6: route 'By country': 0 of 2 rows of t.csv\n"
            "  rules.yaml:7: route 'Owned'\n");
}

TEST(Coverage, LeavesOutRulesThatAScenarioBringsItself) {
  EXPECT_EQ(Covered({"rules: |\n  kind: routing\n  otherwise: { to: { pool: p } }\n  ---\n  kind: "
                     "team\n  pools: { p: { strategy: queue } }\n  ---\n  kind: fields\n  "
                     "lead.seats: { type: int }\n" +
                     std::string(kGerman)})
                .Share(),
            "reached by tests: 0 of 9 rules, 0 of 2 table rows");
  const Coverage other_table = Covered(
      {"files: { t.csv: \"lead.country,pool\\nFR,sdr\\nDE,sdr\\n\" }\n" + std::string(kGerman)});
  EXPECT_EQ(other_table.Share(), "reached by tests: 1 of 9 rules, 0 of 2 table rows");
}

TEST(Coverage, IsAnObjectForMachines) {
  std::string json;
  JsonWriter w(&json);
  Covered({kGerman}).AppendJson(w);
  EXPECT_THAT(json, HasSubstr(R"({"rules":9,"reached":1,"rows":2,"rows_reached":1,"missed":[)"));
  EXPECT_THAT(json, HasSubstr(R"({"kind":"route","name":"By country","place":"rules.yaml:6",)"
                              R"("reached":true,"table":"t.csv","rows":2,"rows_reached":1})"));
}

}  // namespace
}  // namespace pm
