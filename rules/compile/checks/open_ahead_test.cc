#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/time/text.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;

// ana works until a last day, bo by shifts, cy is on leave until the end of the year.
std::string Told(std::string_view now, std::string_view members, std::string_view plan = {}) {
  return Check({{"reps.csv",
                 "id,email,zone,hours,active_to,leave\n"
                 "ana,a@us.example,Europe/Madrid,office,2026-01-31,\n"
                 "bo,b@us.example,Pacific/Honolulu,planned,,\n"
                 "cy,c@us.example,Europe/Madrid,office,2026-12-31,2026-01-01/2026-12-31\n"},
                {"rules.yaml", fmt::format("kind: team\n"
                                           "roster: reps.csv\n"
                                           "pools:\n"
                                           "  west: {{ members: [{}], overflow: [house] }}\n"
                                           "  house: {{ strategy: queue, members: [bo] }}\n"
                                           "---\n"
                                           "kind: calendars\n"
                                           "office: {{ weekly: {{ mon-fri: 09:00-17:00 }} }}\n"
                                           "planned: {{ weekly: {{ mon: [] }}, shifts: {{ "
                                           "2026-03-02: 09:00-23:00{} }} }}\n"
                                           "---\n"
                                           "kind: routing\n"
                                           "otherwise: {{ to: {{ pool: house }} }}\n",
                                           members, plan)}},
               false, {}, {}, ParseInstant(now).value())
      .text;
}

TEST(OpenAhead, ACalendarIsToldOnceItIsOverOnEveryClock) {
  EXPECT_THAT(Told("2026-03-03T10:59:59Z", "cy, bo"), Not(HasSubstr("PM0227")));
  EXPECT_THAT(Told("2026-03-03T11:00:00Z", "cy, bo"),
              HasSubstr("rules.yaml:9:1: warning PM0227: calendar 'planned' has no open time after "
                        "2026-03-02: an SLA that counts it never comes due, and who keeps these "
                        "hours gets no lead from a pool"));
  EXPECT_THAT(Told("2026-03-03T11:00:00Z", "cy, bo", ", 2026-09-01: 09:00-10:00"),
              Not(HasSubstr("PM0227")));
}

TEST(OpenAhead, APoolIsToldWhenNobodyOfItWorksAgain) {
  EXPECT_THAT(Told("2026-01-30T12:00:00Z", "ana, cy"), Not(HasSubstr("PM0224")));
  // The last of ana's hours are over, though her last day is not.
  EXPECT_THAT(Told("2026-01-30T16:00:00Z", "ana, cy"),
              HasSubstr("rules.yaml:4:3: warning PM0224: no member of pool 'west' works again: by "
                        "their hours, leave and last day no open time is left, 'cy' included"));
  EXPECT_THAT(Told("2026-02-02T12:00:00Z", "ana, cy"), HasSubstr("PM0224"));
  EXPECT_THAT(Told("2026-02-02T12:00:00Z", "ana, cy, bo"), Not(HasSubstr("PM0224")));
}

TEST(OpenAhead, OfAPoolNothingIsToldWhereItsCauseIs) {
  const std::string planned = Told("2026-04-01T12:00:00Z", "ana, bo");
  EXPECT_THAT(planned, HasSubstr("PM0227"));
  EXPECT_THAT(planned, Not(HasSubstr("PM0224")));
  const std::string gone = Told("2027-02-01T12:00:00Z", "ana, cy");
  EXPECT_THAT(gone, HasSubstr("every member of pool 'west' has left"));
  EXPECT_THAT(gone, Not(HasSubstr("PM0224")));
}

}  // namespace
}  // namespace pm
