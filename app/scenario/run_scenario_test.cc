#include "app/scenario/run_scenario.h"

#include <gmock/gmock.h>

#include "app/scenario/schema.h"

namespace pm {
namespace {

using testing::HasSubstr;

constexpr char kRules[] = R"(kind: routing
routes: []
otherwise: { to: { pool: sdr } }
---
kind: team
roster: reps.csv
pools: { sdr: { strategy: weighted, members: [ana] } }
)";

std::string Failures(std::string expectations) {
  ScenarioSettings settings;
  settings.default_rules = {{"rules.yaml", kRules}, {"reps.csv", "id,email\nana,ana@us.example\n"}};
  const std::string text =
      "scenario: A lead is routed\n"
      "events:\n"
      "  - { at: 2026-03-02T09:00:00Z, type: lead.submitted, email: a@c.example, hand_raise: true "
      "}\n" +
      expectations;
  const auto verdicts = RunScenarioFile("tests/a.yaml", text, settings);
  EXPECT_EQ(verdicts.size(), 1u);
  return verdicts.front().failures;
}

TEST(Scenario, PassesWhenAllOfItComes) {
  EXPECT_EQ(Failures("expect:\n"
                     "  - lead.created: { contact.email: a@c.example }\n"
                     "  - assignment.routed: { rep.id: ana, at: +0s, assignment.seq: { gte: 1 } }\n"
                     "none: [ assignment.queued ]\n"
                     "counts: { lead.created: 1 }\n"),
            "");
}

TEST(Scenario, SaysWhatWasExpectedAndWhatCame) {
  const std::string failures = Failures("expect:\n  - assignment.routed: { rep.id: bo }\n");
  EXPECT_THAT(failures, HasSubstr("tests/a.yaml:5: expected assignment.routed"));
  EXPECT_THAT(failures, HasSubstr("rep.id: expected bo, got ana"));
}

TEST(Scenario, MindsTheOrder) {
  EXPECT_THAT(Failures("expect:\n  - assignment.routed: {}\n  - lead.created: {}\n"),
              HasSubstr("one came before"));
}

TEST(Scenario, FailsOnWhatMustNotComeAndOnCounts) {
  EXPECT_THAT(Failures("none: [ lead.created ]\n"), HasSubstr("must not come, but came"));
  EXPECT_THAT(Failures("counts: { lead.created: 2 }\n"), HasSubstr("expected 2 of lead.created"));
}

TEST(Scenario, RefusesWhatCouldNotFailAndWhatNobodyPublishes) {
  EXPECT_THAT(Failures(""), HasSubstr("could not fail"));
  EXPECT_THAT(Failures("expect: [ lead.creatd: {} ]\n"), HasSubstr("did you mean 'lead.created'?"));
  EXPECT_THAT(Failures("expct: []\n"), HasSubstr("expect"));
}

TEST(Scenario, TellsOfRulesThatAreRefused) {
  EXPECT_THAT(Failures("rules: |\n  kind: nonsense\nexpect: [ lead.created: {} ]\n"),
              HasSubstr("the rules are refused"));
}

TEST(Scenario, ResolvesReferencesToEarlierOutputs) {
  const std::string tail = "counts: { lead.created: 1 }\n";
  ScenarioSettings settings;
  settings.default_rules = {{"rules.yaml", kRules}, {"reps.csv", "id,email\nana,ana@us.example\n"}};
  const std::string head =
      "scenario: A\nevents:\n"
      "  - { at: 2026-03-02T09:00:00Z, type: lead.submitted, email: a@c.example, hand_raise: true "
      "}\n";
  const std::string good =
      "  - { at: +1m, type: lead.accept, lead_id: \"${lead.created#1.lead.id}\" }\n";
  const std::string bad = "  - { at: +1m, type: lead.accept, lead_id: \"${sla.met.lead.id}\" }\n";
  EXPECT_EQ(RunScenarioFile("a.yaml", head + good + tail, settings).front().failures, "");
  EXPECT_THAT(RunScenarioFile("a.yaml", head + bad + tail, settings).front().failures,
              HasSubstr("no such output has come"));
}

TEST(Schema, FindsWhatBreaksIt) {
  const auto problem = [](std::string_view schema, std::string_view value) {
    return SchemaProblem(*ParseJson(schema), *ParseJson(value));
  };
  constexpr char kSchema[] =
      R"({"type":"object","required":["a"],"additionalProperties":false,)"
      R"("properties":{"a":{"type":"integer"},"b":{"type":"array","items":{"const":"x"}}}})";
  EXPECT_EQ(problem(kSchema, R"({"a":1,"b":["x"]})"), "");
  EXPECT_EQ(problem(kSchema, R"({})"), "/a is missing");
  EXPECT_EQ(problem(kSchema, R"({"a":1.5})"), "/a is no integer");
  EXPECT_EQ(problem(kSchema, R"({"a":1,"b":["x","y"]})"), "/b/1 is not 'x'");
  EXPECT_EQ(problem(kSchema, R"({"a":1,"c":1})"), "/c is not allowed");
  EXPECT_THAT(problem(R"({"pattern":"x"})", "1"), HasSubstr("is not checked here"));
}

}  // namespace
}  // namespace pm
