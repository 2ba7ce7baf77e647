#include "app/scenario/outcome.h"

#include <gmock/gmock.h>

#include "app/scenario/run_scenario.h"

namespace pm {
namespace {

using testing::HasSubstr;

constexpr char kRules[] = R"(kind: routing
routes:
  - { name: Germany, when: { lead.country: DE }, to: { pool: sdr }, sla: fast, cadence: chase, priority: high }
otherwise: { to: { pool: house } }
---
kind: screening
rules: [ { name: Rivals, when: { lead.email_domain: rival.example }, as: competitor } ]
---
kind: scoring
fit: { rules: [ { name: Has a title, when: { lead.title: present }, points: 40 } ] }
grades: { fit: { A: 40, B: 0 } }
---
kind: sla
fast: { hours: always, milestones: { accept: { within: 5m }, first_touch: { within: 1h } } }
---
kind: cadence
name: chase
steps: [ { email: hello, mode: auto, after: 0m }, { linkedin: connect, after: 10m } ]
---
kind: team
roster: reps.csv
pools: { sdr: { members: [ana] }, house: { strategy: queue, members: [ana] } }
)";
constexpr char kOne[] =
    "  - { at: 2026-03-02T09:00:00Z, type: lead.submitted, email: a@c.example, title: CEO, "
    "country: DE, hand_raise: true }\n";

std::string Failures(const std::string& events, const std::string& outcome) {
  ScenarioSettings settings;
  settings.default_rules = {{"rules.yaml", kRules}, {"reps.csv", "id,email\nana,ana@us.example\n"}};
  const auto verdicts = RunScenarioFile(
      "tests/a.yaml", "scenario: A\nevents:\n" + events + "until: +1h\noutcome:" + outcome,
      settings);
  EXPECT_EQ(verdicts.size(), 1u);
  return verdicts.front().failures;
}

TEST(Outcome, SaysInShortWhatBecameOfALead) {
  EXPECT_EQ(
      Failures(
          kOne,
          " { email: a@c.example, stage: assigned, grade: A, fit: 40, engagement: "
          "{ lte: 0 }, because: Has a title, route: Germany, pool: sdr, rep: ana, "
          "priority: high, sla: fast, cadence: chase, due: { accept: +5m, first_touch: "
          "2026-03-02T10:00:00Z }, steps: [ email hello at +0s, linkedin connect at +10m ] }\n"),
      "");
}

TEST(Outcome, NeedsNoAddressWhenAllIsAboutOnePerson) {
  EXPECT_EQ(Failures(kOne, " { rep: ana }\n"), "");
  const std::string two = kOne + std::string(
                                     "  - { at: +1m, type: lead.submitted, email: b@c.example, "
                                     "hand_raise: true }\n");
  EXPECT_THAT(Failures(two, " { rep: ana }\n"), HasSubstr("that may be 2 people"));
  EXPECT_EQ(Failures(two,
                     "\n  - { email: a@c.example, rep: ana }\n"
                     "  - { email: b@c.example, pool: house, rep: { absent: true } }\n"),
            "");
  EXPECT_THAT(Failures(kOne, " { email: x@c.example }\n"), HasSubstr("x@c.example: nothing came"));
}

TEST(Outcome, SaysWhatDiffersLineByLine) {
  const std::string failures = Failures(
      kOne,
      " { rep: bo, grade: B, because: Has, due: { accept: +6m, assign: +1m }, steps: [call] }\n");
  EXPECT_THAT(failures, HasSubstr("tests/a.yaml:5: the lead: rep: expected bo, got ana\n"));
  EXPECT_THAT(failures, HasSubstr("grade: expected B, got A\n"));
  EXPECT_THAT(failures, HasSubstr("because: expected Has, got [Has a title +40]\n"));
  EXPECT_THAT(failures, HasSubstr("due accept: expected 2026-03-02T09:06:00Z, got "
                                  "2026-03-02T09:05:00Z\n"));
  EXPECT_THAT(failures, HasSubstr("due assign: expected +1m, got nothing"));
  EXPECT_THAT(failures, HasSubstr("steps: expected [\"call\"], got [email hello at "
                                  "2026-03-02T09:00:00Z (+0s), linkedin connect at "
                                  "2026-03-02T09:10:00Z (+10m)]"));
}

TEST(Outcome, CountsTheLastWord) {
  const std::string screened =
      "  - { at: 2026-03-02T09:00:00Z, type: lead.submitted, email: a@rival.example, hand_raise: "
      "true }\n";
  EXPECT_EQ(
      Failures(screened, " { screened: competitor, stage: screened, route: { absent: true } }\n"),
      "");
  const std::string given = kOne + std::string(
                                       "  - { at: +1m, type: lead.owner_changed, lead_id: "
                                       "\"${assignment.routed.lead.id}\", to: ana }\n");
  EXPECT_EQ(Failures(given, " { rep: ana, steps: [ email, linkedin ] }\n"), "");
}

TEST(Outcome, RefusesWhatItDoesNotUnderstand) {
  EXPECT_THAT(Failures(kOne, " { due: { acept: +5m } }\n"), HasSubstr("did you mean 'accept'?"));
  EXPECT_THAT(Failures(kOne, " { due: { accept: soon } }\n"), HasSubstr("soon"));
  EXPECT_THAT(Failures(kOne, " { steps: email }\n"), HasSubstr("expected a list"));
  EXPECT_THAT(Failures(kOne, " { steps: [ call at noon ] }\n"), HasSubstr("noon"));
  EXPECT_THAT(Failures(kOne, " { repp: ana }\n"), HasSubstr("repp"));
}

}  // namespace
}  // namespace pm
