// Steps that cannot be done on the day of the check; without a day: tests/rules/bad/cadence_*.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/time/text.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;

// Ana's last half hour is 09:00 in New York only while clocks there are an hour nearer.
std::string Told(std::string_view now) {
  return Check(
             {{"reps.csv", "id,email,zone,hours\nana,a@us.example,Europe/Madrid,office\n"},
              {"rules.yaml",
               "kind: cadence\n"
               "name: calls\n"
               "steps: [ { call: { expires: 1d }, window: 09:00-09:30 prospect } ]\n"
               "---\n"
               "kind: calendars\n"
               "office: { weekly: { mon-fri: 08:00-14:30 } }\n"
               "---\n"
               "kind: team\n"
               "roster: reps.csv\n"
               "pools: { emea: { members: [ana] } }\n"
               "---\n"
               "kind: routing\n"
               "routes:\n"
               "  - { name: East, when: { lead.time_zone: America/New_York }, to: { pool: emea }, "
               "cadence: calls }\n"
               "otherwise: { to: { pool: emea } }\n"}},
             false, {}, {}, *ParseInstant(now))
      .text;
}

TEST(CadenceChecks, AStepThatCannotBeDoneNowIsToldAsThat) {
  const std::string november = Told("2026-11-23T12:00:00Z");
  EXPECT_THAT(november,
              HasSubstr("step 1 of 'calls' cannot now be done for leads of route 'East' in "
                        "America/New_York: from today to 2027-03-15 its window has no minute"));
  EXPECT_THAT(november, Not(HasSubstr("cannot always")));
}

TEST(CadenceChecks, AStepThatHasMinutesSoonIsToldOfTheTimeWhenItHasNone) {
  const std::string february = Told("2027-02-20T12:00:00Z");
  EXPECT_THAT(february, HasSubstr("step 1 of 'calls' cannot always be done"));
  EXPECT_THAT(february, HasSubstr("from 2027-03-26 to 2027-11-01 its window has no minute"));
  EXPECT_THAT(february, Not(HasSubstr("cannot now")));
}

// A cadence of reps in Madrid, for two American zones; in neither is anybody at work by day.
std::string ToldOfSteps(std::string_view steps, std::string_view consent = "") {
  return Check({{"reps.csv", "id,email,zone,hours\nana,a@us.example,Europe/Madrid,office\n"},
                {"rules.yaml", fmt::format("kind: cadence\n"
                                           "name: calls\n"
                                           "steps: [ {} ]\n"
                                           "---\n"
                                           "kind: calendars\n"
                                           "office: {{ weekly: {{ mon-fri: 08:00-12:00 }} }}\n"
                                           "---\n"
                                           "kind: team\n"
                                           "roster: reps.csv\n"
                                           "pools: {{ emea: {{ members: [ana] }} }}\n"
                                           "---\n"
                                           "kind: routing\n"
                                           "routes:\n"
                                           "  - {{ name: West, when: {{ lead.country: US, "
                                           "lead.region: CA }}, to: {{ pool: emea }}, cadence: "
                                           "calls }}\n"
                                           "  - {{ name: Madrid, when: {{ lead.country: ES }}, to: "
                                           "{{ pool: emea }}, cadence: calls }}\n"
                                           "otherwise: {{ to: {{ pool: emea }} }}\n{}",
                                           steps, consent)}})
      .text;
}

TEST(CadenceChecks, AStepIsNotDoneForLeadsThatSkipIt) {
  EXPECT_THAT(ToldOfSteps("{ call: {}, window: 09:00-11:00 prospect }"),
              HasSubstr("step 1 of 'calls' can never be done for leads of route 'West'"));
  EXPECT_THAT(ToldOfSteps("{ call: {}, window: 09:00-11:00 prospect, "
                          "skip_if: { lead.country: US } }"),
              Not(HasSubstr("PM0240")));
  EXPECT_THAT(ToldOfSteps("{ call: {}, window: 09:00-11:00 prospect, "
                          "skip_if: { lead.country: DE } }"),
              HasSubstr("PM0240"));
}

TEST(CadenceChecks, NobodyIsContactedByAStepThatTheySkip) {
  constexpr std::string_view kConsent = "---\nkind: privacy\nconsent: { ES: { all: refused } }\n";
  EXPECT_THAT(ToldOfSteps("{ call: {} }", kConsent), HasSubstr("`consent` has no word on call"));
  EXPECT_THAT(ToldOfSteps("{ call: {}, skip_if: { lead.country: US } }", kConsent),
              Not(HasSubstr("PM0258")));
  EXPECT_THAT(ToldOfSteps("{ call: {}, skip_if: { lead.country: US } }, { call: {} }", kConsent),
              HasSubstr("`consent` has no word on call"));
}

// By the roster, eli is the only one who works by day in California.
std::string ToldOfRoster(std::string_view last_day, std::string_view target) {
  return Check({{"reps.csv", fmt::format("id,email,zone,hours,supports,active_to\n"
                                         "ana,a@us.example,Europe/Madrid,office,ana,\n"
                                         "eli,e@us.example,America/Los_Angeles,office,ana,{}\n",
                                         last_day)},
                {"rules.yaml",
                 fmt::format("kind: cadence\n"
                             "name: calls\n"
                             "steps: [ {{ call: {{}}, window: 10:00-11:00 prospect }} ]\n"
                             "---\n"
                             "kind: calendars\n"
                             "office: {{ weekly: {{ mon-fri: 09:00-14:00 }} }}\n"
                             "---\n"
                             "kind: team\n"
                             "roster: reps.csv\n"
                             "pools: {{ both: {{ members: [ana, eli] }}, house: {{ "
                             "strategy: queue }} }}\n"
                             "---\n"
                             "kind: routing\n"
                             "routes:\n"
                             "  - {{ name: West, when: {{ lead.country: US, "
                             "lead.region: CA }}, to: {}, cadence: calls }}\n"
                             "otherwise: {{ to: {{ pool: both }} }}\n",
                             target)}},
               false, {}, {}, *ParseInstant("2026-11-23T12:00:00Z"))
      .text;
}

TEST(CadenceChecks, WhoHasLeftDoesNoStep) {
  for (const std::string_view target :
       {"{ pool: both }", "{ pool: house }", "{ owner: account }", "{ sdr_of: account.owner }"}) {
    EXPECT_THAT(ToldOfRoster("", target), Not(HasSubstr("PM0240"))) << target;
    EXPECT_THAT(ToldOfRoster("2027-06-30", target), Not(HasSubstr("PM0240"))) << target;
    EXPECT_THAT(ToldOfRoster("2026-10-31", target), HasSubstr("PM0240")) << target;
  }
}

TEST(CadenceChecks, AStepOfARepWhoHasLeftIsNotTold) {
  EXPECT_THAT(ToldOfRoster("2026-10-31", "{ rep: eli }"), Not(HasSubstr("PM0240")));
}

}  // namespace
}  // namespace pm
