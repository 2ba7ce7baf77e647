#include "engine/stages/desk/sla/testing.h"

namespace pm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
constexpr TargetKind kRep = TargetKind::kRep;

CalendarSpec EveryDay(std::string_view slot) {
  CalendarSpec spec;
  for (std::vector<Slot>& day : spec.weekly) day = {*ParseSlot(slot)};
  return spec;
}

TEST(SlaClock, ANightShiftRunsAcrossMidnightAndGoesOnTheNextEvening) {
  SlaBench bench;
  bench.builder.AddCalendar("night", EveryDay("22:00-06:00"));
  bench.AddRep("cy", "UTC").hours = "night";
  bench.policy.hours = SlaHours::kAssignee;
  bench.Accept(Minutes(60));
  bench.AddRung(Milestone::kAccept, "75%").notify = {"rep"};
  EXPECT_THAT(bench.Route("24T05:30", "cy", kRep),
              ElementsAre("24T05:30:00 started accept due 24T22:30:00"));
  EXPECT_THAT(bench.FireUntil("25T00:00"),
              ElementsAre("24T22:15:00 warning accept notify at 75% due 24T22:30:00 -> "
                          "cy@ourco.com",
                          "24T22:30:00 breached accept due 24T22:30:00"));
}

TEST(SlaClock, ANightOfNineHoursInAutumnCountsAsNine) {
  SlaBench bench;
  bench.builder.AddCalendar("night", EveryDay("22:00-06:00"));
  bench.rep("ana").hours = "night";
  bench.policy.hours = SlaHours::kAssignee;
  bench.Accept(Hours(8) + Minutes(30));
  EXPECT_THAT(bench.Route("2026-10-24T20:00", "ana", kRep),
              ElementsAre("24T20:00:00 started accept due 25T04:30:00"));
}

TEST(SlaClock, ANightOfSevenHoursInSpringCountsAsSeven) {
  SlaBench bench;
  bench.builder.AddCalendar("night", EveryDay("22:00-06:00"));
  bench.rep("ana").hours = "night";
  bench.policy.hours = SlaHours::kAssignee;
  bench.Accept(Hours(7) + Minutes(30));
  EXPECT_THAT(bench.Route("2026-03-28T21:00", "ana", kRep),
              ElementsAre("28T21:00:00 started accept due 29T20:30:00"));
}

TEST(SlaClock, AnotherRepsZoneTakesWhatIsLeftOfBusinessTime) {
  SlaBench bench;
  bench.rep("ana").hours = "office";  // 08:00-16:00 UTC
  bench.rep("bo").hours = "office";   // 14:00-22:00 UTC
  bench.policy.hours = SlaHours::kAssignee;
  bench.FirstTouch(Hours(4));
  bench.AddRung(Milestone::kFirstTouch, "75%").notify = {"rep"};
  EXPECT_THAT(bench.Route("10:00", "ana", kRep),
              ElementsAre("10:00:00 started first_touch due 14:00:00"));
  EXPECT_THAT(bench.Give("12:00", "bo"),
              ElementsAre("12:00:00 rescheduled first_touch due 16:00:00 (rep_changed)"));
  EXPECT_THAT(bench.FireUntil("23:00"),
              ElementsAre("15:00:00 warning first_touch notify at 75% due 16:00:00 -> "
                          "bo@ourco.com",
                          "16:00:00 breached first_touch due 16:00:00"));
}

TEST(SlaClock, ADeadlineThatHasPassedIsNotMovedByAnotherRepsHours) {
  SlaBench bench;
  bench.rep("ana").hours = "office";
  bench.rep("bo").hours = "office";
  bench.policy.hours = SlaHours::kAssignee;
  bench.policy.grace = Minutes(5);
  bench.FirstTouch(Hours(1));
  bench.Route("10:00", "ana", kRep);
  EXPECT_THAT(bench.Give("11:02", "bo"), IsEmpty());
  EXPECT_THAT(bench.FireUntil("12:00"), ElementsAre("11:05:00 breached first_touch due 11:00:00"));
}

TEST(SlaClock, AQueueRunsByThePoolsHoursThenByTheClaimersOwn) {
  SlaBench bench;
  bench.rep("bo").hours = "office";
  bench.pool("house").hours = "office";
  bench.pool("house").zone = "Europe/Berlin";  // 08:00-16:00 UTC
  bench.policy.hours = SlaHours::kAssignee;
  bench.AssignWithin(Minutes(10));
  bench.FirstTouch(Hours(1));
  EXPECT_THAT(bench.Route("07:00", "house"),
              ElementsAre("07:00:00 started assign due 08:10:00",
                          "07:00:00 started first_touch due 09:00:00"));
  EXPECT_THAT(bench.Claim("08:05", "bo"),
              ElementsAre("08:05:00 met assign due 08:10:00 met 08:05:00 (assigned)",
                          "08:05:00 rescheduled first_touch due 14:55:00 (rep_changed)"));
}

TEST(SlaClock, ProspectHoursAreThePoolsWhereTheProspectIs) {
  SlaBench bench;
  bench.pool("inbound").hours = "office";
  bench.policy.hours = SlaHours::kProspect;
  bench.FirstTouch(Hours(1));
  BlockBuilder fields;
  fields.Set(Field("lead.country"), Value::Text("JP"));
  bench.card.fields.bytes = fields.Build();
  EXPECT_THAT(bench.Route("10:00"), ElementsAre("10:00:00 started first_touch due 24T01:00:00"));
  // The United States have many zones: the pool's own counts.
  EXPECT_THAT(bench.SetCard("10:30", Field("lead.country"), "US"),
              ElementsAre("10:30:00 rescheduled first_touch due 11:30:00 (zone_changed)"));
  EXPECT_THAT(bench.SetCard("11:00", Field("lead.time_zone"), "America/New_York"),
              ElementsAre("11:00:00 rescheduled first_touch due 14:30:00 (zone_changed)"));
  // A zone nobody knows leaves the pool's.
  EXPECT_THAT(bench.SetCard("12:00", Field("lead.time_zone"), "Mars/Olympus"),
              ElementsAre("12:00:00 rescheduled first_touch due 12:30:00 (zone_changed)"));
}

TEST(SlaClock, PoolHoursDoNotCareWhoHasTheLead) {
  SlaBench bench;
  bench.pool("inbound").hours = "office";
  bench.pool("inbound").zone = "America/New_York";  // from 14:00 UTC
  bench.policy.hours = SlaHours::kPool;
  bench.Accept(Hours(1));
  EXPECT_THAT(bench.Route("10:00"), ElementsAre("10:00:00 started accept due 15:00:00"));
}

TEST(SlaClock, PoolHoursOfALeadWithoutAPoolAreItsReps) {
  SlaBench bench;
  bench.rep("bo").hours = "office";
  bench.policy.hours = SlaHours::kPool;
  bench.Accept(Hours(1));
  EXPECT_THAT(bench.Route("10:00", "bo", kRep),
              ElementsAre("10:00:00 started accept due 15:00:00"));
}

TEST(SlaClock, ANamedCalendarFloatsInTheRepsZone) {
  SlaBench bench;
  bench.policy.hours = SlaHours::kCalendar;
  bench.policy.calendar = "office";
  bench.Accept(Hours(1));
  EXPECT_THAT(bench.Route("15:30", "ana", kRep),
              ElementsAre("15:30:00 started accept due 24T08:30:00"));
}

TEST(SlaClock, AClockThatNeverOpensIsNeverDueButCanBeMet) {
  SlaBench bench;
  bench.builder.AddCalendar("closed", CalendarSpec{});
  bench.policy.hours = SlaHours::kCalendar;
  bench.policy.calendar = "closed";
  bench.Accept(Hours(1));
  bench.AddRung(Milestone::kAccept, "due + 1h").notify = {"rep"};
  EXPECT_THAT(bench.Route("10:00", "ana", kRep), ElementsAre("10:00:00 started accept"));
  EXPECT_EQ(bench.run()->due, kNever);
  EXPECT_THAT(bench.Does("11:00", Milestone::kAccept),
              ElementsAre("11:00:00 met accept met 11:00:00"));
}

TEST(SlaClock, ALeadRoutedLongAgoBreachesOnceAndNow) {
  SlaBench bench;
  bench.FirstTouch(Minutes(30));
  bench.Route("10:00", "ana", kRep, "09:00");
  EXPECT_EQ(bench.run()->due, On("10:00"));
  EXPECT_THAT(bench.FireUntil("24T00:00"),
              ElementsAre("10:00:00 breached first_touch due 09:30:00"));
}

}  // namespace
}  // namespace pm
