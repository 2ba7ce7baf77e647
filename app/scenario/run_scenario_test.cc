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

std::string FailuresOf(const std::string& scenario) {
  ScenarioSettings settings;
  settings.default_rules = {{"rules.yaml", kRules}, {"reps.csv", "id,email\nana,ana@us.example\n"}};
  return RunScenarioFile("tests/a.yaml", scenario, settings).front().failures;
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

TEST(Scenario, RefusesALeadThatContradictsItself) {
  const auto failures = [](std::string_view lead) {
    return FailuresOf(
        fmt::format("scenario: A lead\nevents:\n"
                    "  - {{ at: 2026-03-02T09:00:00Z, type: lead.submitted, "
                    "hand_raise: true, {} }}\n"
                    "expect: [ assignment.routed: {{}} ]\n",
                    lead));
  };
  EXPECT_EQ(failures("email: a@c.example, title: VP, lead.title: Boss"),
            "tests/a.yaml:3: the lead contradicts itself: lead.title: 'lead.title' says Boss, "
            "'title' says VP\n");
  EXPECT_THAT(failures("data: { email: a@c.example, country: DE }, lead.country: US"),
              HasSubstr("lead.country: 'country' says DE, 'lead.country' says US"));
  EXPECT_THAT(failures("data: { email: a@c.example }, email: b@c.example"),
              HasSubstr("'email' stands beside `data` and in it"));
  EXPECT_EQ(failures("email: a@c.example, lead.email: A@c.example, lead: { title: VP }"), "");
}

TEST(Scenario, RefusesPathsAndTestsThatNoOutputHas) {
  EXPECT_THAT(Failures("none: [ { sla.breached: { milestne: accept } } ]\n"),
              HasSubstr("no sla.breached has 'milestne'; did you mean 'milestone'?"));
  EXPECT_THAT(Failures("expect: [ { assignment.routed: { rep: { id: ana } } } ]\n"),
              HasSubstr("write the path in one: `rep.id`"));
  EXPECT_THAT(Failures("none: [ { lead.created: { contact.name: { contain: a } } } ]\n"),
              HasSubstr("did you mean 'contains'?"));
  EXPECT_EQ(Failures("none: [ { decision.made: { facts.lead.title: ceo, rules.0: A } } ]\n"), "");
  EXPECT_EQ(Failures("expect: [ { lead.created: { time: 2026-03-02T09:00:00Z } } ]\n"), "");
}

TEST(Scenario, RefusesToRunWithoutEvents) {
  EXPECT_THAT(FailuresOf("scenario: A\nevents: []\nnone: [ lead.created ]\n"),
              HasSubstr("tests/a.yaml:2:9: error PM0708: no event comes in"));
}

TEST(Scenario, TellsWhatOfAnEventIsNotUnderstoodUnlessThatIsExpected) {
  const std::string event = "scenario: A\nevents:\n  - at: 2026-03-02T09:00:00Z\n    type: ";
  const std::string mistyped = event + "lead.submited\n";
  EXPECT_THAT(FailuresOf(mistyped + "none: [ sla.breached ]\n"),
              HasSubstr("tests/a.yaml:3: not understood: there is no event type 'lead.submited'; "
                        "did you mean 'lead.submitted'?"));
  EXPECT_EQ(FailuresOf(mistyped + "counts: { dead_letter.written: 1 }\n"), "");
  EXPECT_THAT(FailuresOf(event + "lead.submitted\n    email: a@c.example\n    tilte: VP\n"
                                 "expect: [ lead.created ]\n"),
              HasSubstr("tests/a.yaml:6: not understood: "));
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
  EXPECT_THAT(problem(R"({"uniqueItems":true})", "1"), HasSubstr("is not checked here"));
  EXPECT_THAT(problem(R"({"$ref":"#/$defs/none"})", "1"), HasSubstr("has no #/$defs/none"));
}

TEST(Schema, KnowsWhatEditorsGet) {
  const auto problem = [](std::string_view schema, std::string_view value) {
    return SchemaProblem(*ParseJson(schema), *ParseJson(value));
  };
  // A document is a list or a map, so single values are shown in one.
  const auto of = [&problem](std::string_view schema, std::string_view value) {
    return problem(fmt::format(R"({{"items":{}}})", schema), fmt::format("[{}]", value));
  };
  EXPECT_EQ(of(R"({"type":["string","number"]})", "true"), "/0 is no string");
  EXPECT_EQ(of(R"({"enum":["a",true]})", R"("true")"), "/0 is 'true', which is none of the names");
  EXPECT_EQ(of(R"({"minimum":1,"maximum":3})", "4"), "/0 is 4, out of range");
  EXPECT_EQ(of(R"({"pattern":"^a"})", R"("ba")"), "/0 is 'ba', not ^a");
  EXPECT_EQ(of(R"({"anyOf":[{"type":"integer"},{"const":"x"}]})", R"("x")"), "");
  EXPECT_EQ(of(R"({"anyOf":[{"type":"integer"},{"const":"x"}]})", R"("y")"),
            "/0 is no integer; or /0 is not 'x'");
  EXPECT_EQ(problem(R"({"minItems":1})", "[]"), " has 0 items");
  EXPECT_EQ(problem(R"({"maxProperties":1})", R"({"a":1,"b":2})"), " has 2 keys");
  EXPECT_EQ(problem(R"({"propertyNames":{"pattern":"^a"}})", R"({"b":2})"), "/b is 'b', not ^a");
  EXPECT_EQ(problem(R"({"additionalProperties":{"type":"integer"}})", R"({"b":"x"})"),
            "/b is no integer");
  EXPECT_EQ(problem(R"({"patternProperties":{"^a":{"type":"integer"}}})", R"({"ab":"x"})"),
            "/ab is no integer");
  constexpr char kKinds[] =
      R"({"allOf":[{"if":{"properties":{"k":{"const":"a"}},"required":["k"]},"then":{"$ref":"#/$defs/a"}}],)"
      R"("$defs":{"a":{"required":["b"]}}})";
  EXPECT_EQ(problem(kKinds, R"({"k":"a"})"), "/b is missing");
  EXPECT_EQ(problem(kKinds, R"({"k":"c"})"), "");
}

}  // namespace
}  // namespace pm
