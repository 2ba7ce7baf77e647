#include <gmock/gmock.h>

#include "engine/stages/desk/cadence/testing.h"

namespace pm::cadence {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Span Wall(Duration length) { return {length, 0}; }
Span BusinessDays(int days) { return {{}, days}; }

Cadence Of(std::vector<CadenceStep> steps) {
  Cadence cadence;
  cadence.name = "inbound";
  cadence.exits = {ExitEvent::kReplied, ExitEvent::kMeetingBooked, ExitEvent::kUnsubscribed};
  cadence.steps = std::move(steps);
  return cadence;
}

// 2026-11-23 is a Monday; Berlin is an hour ahead of UTC.
TEST(Cadence, AutomaticStepsChainFromTheirScheduledTime) {
  Bench bench(Of(
      {Bench::Email("a"), Bench::Email("b", Wall(Hours(30))), Bench::Email("c", BusinessDays(2))}));
  bench.Assign("2026-11-26T10:00:00Z");
  bench.FireUntil("2026-12-10T00:00:00Z");
  EXPECT_THAT(
      bench.Lines(),
      ElementsAre("2026-11-26T10:00:00Z enrolled", "2026-11-26T10:00:00Z step_due 1 email a by ana",
                  "2026-11-26T10:00:00Z step_closed 1 email a by ana (issued)",
                  "2026-11-27T16:00:00Z step_due 2 email b by ana",
                  "2026-11-27T16:00:00Z step_closed 2 email b by ana (issued)",
                  "2026-12-01T16:00:00Z step_due 3 email c by ana",
                  "2026-12-01T16:00:00Z step_closed 3 email c by ana (issued)",
                  "2026-12-01T16:00:00Z finished"));
  EXPECT_EQ(bench.Row()->due, kNever);
}

TEST(Cadence, OffWindowStepsMoveToTheNextOpenMinuteAndSayWhy) {
  CadenceStep step = Bench::Email("a");
  step.window = Bench::Window(8, 17);
  CadenceStep next = Bench::Email("b", BusinessDays(1));
  next.window = Bench::Window(8, 10);
  Bench bench(Of({step, next}));
  bench.Assign("2026-11-27T20:00:00Z");  // Friday night; a wall-clock span may fall on Saturday
  bench.FireUntil("2026-12-10T00:00:00Z");
  EXPECT_THAT(bench.Lines(),
              testing::IsSupersetOf({"2026-11-28T07:00:00Z step_due 1 email a by ana [\"window\"]",
                                     // Saturday counts as Monday, one business day on is Tuesday.
                                     "2026-12-01T07:00:00Z step_due 2 email b by ana"}));
}

TEST(Cadence, AWindowThatOpensOnSaturdayWaitsForMondayWhenDaysAreBusinessDays) {
  CadenceStep step = Bench::Email("a", BusinessDays(1));
  step.window = Bench::Window(8, 10);
  Bench bench(Of({step}));
  bench.Assign("2026-11-26T20:00:00Z");  // Thursday: one business day on is Friday, 21:00 there
  bench.FireUntil("2026-12-10T00:00:00Z");
  EXPECT_THAT(bench.Lines(), testing::Contains("2026-11-30T07:00:00Z step_due 1 email a by ana "
                                               "[\"window\",\"business_day\"]"));
}

TEST(Cadence, ManualStepsNeedTheRepsHoursAndTheProspectsWindow) {
  CadenceStep call = Bench::Call();
  call.window = Bench::Window(9, 12);
  Bench bench(Of({call}));
  bench.SetField(Field("lead.time_zone"), Value::Text("America/New_York"));
  bench.Assign("2026-11-23T05:00:00Z");
  bench.FireUntil("2026-11-24T00:00:00Z");
  EXPECT_THAT(bench.Lines(), testing::Contains("2026-11-23T14:00:00Z step_due 1 call by ana "
                                               "[\"window\"]"));
}

TEST(Cadence, ManualStepsWaitForTheRepsHours) {
  Bench bench(Of({Bench::Call()}));
  bench.Assign("2026-11-27T18:00:00Z");
  bench.FireUntil("2026-12-10T00:00:00Z");
  EXPECT_THAT(bench.Lines(), testing::Contains("2026-11-30T08:00:00Z step_due 1 call by ana "
                                               "[\"rep_hours\"]"));
}

TEST(Cadence, AStepThatCanNeverGoOutIsSkippedWithAnAlert) {
  CadenceStep call = Bench::Call();
  call.window = Bench::Window(9, 11);
  Bench bench(Of({call, Bench::Email("b", Wall(Hours(1)))}));
  bench.row.rep = "cleo";  // Madrid until 17:00; 09:00 in California is 18:00 there
  bench.SetField(Field("lead.time_zone"), Value::Text("America/Los_Angeles"));
  bench.Assign("2026-11-23T09:00:00Z");
  EXPECT_THAT(bench.Lines(),
              ElementsAre("2026-11-23T09:00:00Z enrolled",
                          "2026-11-23T09:00:00Z alert.raised cadence_never_open",
                          "2026-11-23T09:00:00Z step_closed 1 call by cleo (never_open)"));
  EXPECT_EQ(bench.Row()->step, 2u);
}

TEST(Cadence, AWindowTooNarrowForAWholeCountryIsSkippedWithOneAlert) {
  CadenceStep step = Bench::Email("a");
  step.window = Bench::Window(9, 11);
  Bench bench(Of({step, step, Bench::Email("b", Wall(Hours(1)))}));
  bench.SetField(Field("lead.time_zone"), Value::Text(""));
  bench.SetField(Field("lead.country"), Value::Text("US"));
  bench.Assign("2026-11-23T09:00:00Z");
  EXPECT_THAT(bench.Lines(),
              ElementsAre("2026-11-23T09:00:00Z enrolled",
                          "2026-11-23T09:00:00Z alert.raised cadence_no_safe_minute",
                          "2026-11-23T09:00:00Z step_closed 1 email a by ana (no_safe_minute)",
                          "2026-11-23T09:00:00Z step_closed 2 email a by ana (no_safe_minute)"));
  EXPECT_EQ(bench.Row()->due, At("2026-11-23T10:00:00Z"));
}

TEST(Cadence, AWindowThatNeverMeetsTheRepsHoursIsNotTheFaultOfTheZones) {
  CadenceStep call = Bench::Call();
  call.window = Bench::Window(20, 22, /*prospect=*/false);
  Bench bench(Of({call, Bench::Email("b", Wall(Hours(1)))}));
  bench.SetField(Field("lead.time_zone"), Value::Text(""));
  bench.SetField(Field("lead.country"), Value::Text("US"));
  bench.Assign("2026-11-23T09:00:00Z");
  EXPECT_THAT(bench.Lines(),
              ElementsAre("2026-11-23T09:00:00Z enrolled",
                          "2026-11-23T09:00:00Z alert.raised cadence_never_open",
                          "2026-11-23T09:00:00Z step_closed 1 call by ana (never_open)"));
}

TEST(Cadence, WindowsFollowTheWallClockThroughBothChangesOfTheYear) {
  const auto first_out = [](int from_hour, int to_hour, std::string_view assigned) {
    CadenceStep step = Bench::Email("a");
    step.window = Bench::Window(from_hour, to_hour);
    Bench bench(Of({step}));
    bench.Assign(assigned);
    return FormatInstant(bench.Row()->due);
  };
  EXPECT_EQ(first_out(8, 9, "2027-03-28T00:30:00Z"), "2027-03-28T06:00:00Z");
  EXPECT_EQ(first_out(8, 9, "2026-10-25T00:30:00Z"), "2026-10-25T07:00:00Z");
  // An hour that does not exist on that day, and one that comes twice.
  EXPECT_EQ(first_out(2, 3, "2027-03-28T00:30:00Z"), "2027-03-29T00:00:00Z");
  EXPECT_EQ(first_out(2, 3, "2026-10-25T01:30:00Z"), "2026-10-25T01:30:00Z");
}

TEST(Cadence, AnUnknownZoneTakesOnlyMinutesThatAreSafeInTheWholeCountry) {
  CadenceStep step = Bench::Email("a");
  step.window = Bench::Window(8, 17);
  Bench bench(Of({step}));
  bench.SetField(Field("lead.time_zone"), Value::Text(""));
  bench.SetField(Field("lead.country"), Value::Text("US"));
  bench.Assign("2026-11-23T14:00:00Z");  // 09:00 in New York, 04:00 in Honolulu
  bench.FireUntil("2026-11-24T00:00:00Z");
  const std::vector<std::string> lines = bench.Lines();
  EXPECT_THAT(lines, testing::Contains("2026-11-23T18:00:00Z step_due 1 email a by ana "
                                       "[\"zone_unknown\"]"));
  const std::string& due = bench.outputs[1].json;
  EXPECT_EQ(Bench::ValueOf(due, "zone_source"), "safest");
  EXPECT_THAT(Bench::ValueOf(due, "zone"), HasSubstr("Pacific/Honolulu"));
}

TEST(Cadence, ManualStepsHoldTheTrackUntilTheyAreDone) {
  Bench bench(Of({Bench::Call(), Bench::Email("b", Wall(Hours(2)))}));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.FireUntil("2026-11-25T00:00:00Z");
  EXPECT_THAT(bench.Lines(), SizeIs(2));  // enrolled, step_due
  // Done an hour before it was reported: the next step counts from then.
  bench.Report("2026-11-25T10:00:00Z", EventType::kStepCompleted, "", "2026-11-25T09:00:00Z");
  bench.FireUntil("2026-11-26T00:00:00Z");
  EXPECT_THAT(bench.Lines(),
              ElementsAre("2026-11-25T10:00:00Z step_closed 1 call by ana (completed)",
                          "2026-11-25T11:00:00Z step_due 2 email b by ana",
                          "2026-11-25T11:00:00Z step_closed 2 email b by ana (issued)",
                          "2026-11-25T11:00:00Z finished"));
}

TEST(Cadence, ALapsedStepIsSkippedOrEndsTheCadence) {
  for (const bool exits : {false, true}) {
    CadenceStep call = Bench::Call({}, BusinessDays(3));
    call.expiry_exits = exits;
    Bench bench(Of({call, Bench::Email("b", Wall(Hours(1)))}));
    bench.Assign("2026-11-26T10:00:00Z");  // Thursday; three business days on is Tuesday
    bench.FireUntil("2026-12-10T00:00:00Z");
    const std::vector<std::string> lines = bench.Lines();
    ASSERT_GE(lines.size(), 4u);
    EXPECT_EQ(lines[2], "2026-12-01T10:00:00Z step_closed 1 call by ana (expired)");
    EXPECT_EQ(lines[3], exits ? "2026-12-01T10:00:00Z exited 1 (expired)"
                              : "2026-12-01T11:00:00Z step_due 2 email b by ana");
  }
}

TEST(Cadence, AFailedOrSkippedManualStepGoesOn) {
  for (const EventType type : {EventType::kStepFailed, EventType::kStepSkipped}) {
    Bench bench(Of({Bench::Call(), Bench::Call(Wall(Hours(1)))}));
    bench.Assign("2026-11-23T10:00:00Z");
    bench.FireUntil("2026-11-23T11:00:00Z");
    bench.Report("2026-11-23T11:00:00Z", type);
    EXPECT_EQ(bench.Row()->step, 2u);
    EXPECT_EQ(bench.Row()->due, At("2026-11-23T12:00:00Z"));
  }
}

TEST(Cadence, AFailedAutomaticStepIsStillRecordedOnce) {
  Bench bench(Of({Bench::Email("a"), Bench::Email("b", Wall(Days(1)))}));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.FireUntil("2026-11-23T11:00:00Z");
  bench.Lines();
  bench.Report("2026-11-23T11:00:00Z", EventType::kStepFailed);
  bench.Report("2026-11-23T11:00:01Z", EventType::kStepFailed);
  EXPECT_THAT(bench.Lines(),
              ElementsAre("2026-11-23T11:00:00Z step_closed 1 email a by ana (failed)"));
  EXPECT_EQ(bench.Row()->due, At("2026-11-24T10:00:00Z"));
}

TEST(Cadence, AReportOnAStepThatNeverWasBecomesADeadLetter) {
  Bench bench(Of({Bench::Email("a")}));
  bench.Report("2026-11-23T10:00:00Z", EventType::kStepCompleted, "nonsense");
  EXPECT_THAT(bench.Lines(), ElementsAre("2026-11-23T10:00:00Z dead_letter.written unknown_step"));
}

TEST(Cadence, ExitsAreThoseOfItsList) {
  Bench bench(Of({Bench::Call(), Bench::Email("b")}));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.FireUntil("2026-11-23T11:00:00Z");
  bench.Lines();
  bench.ExitOn("2026-11-23T11:00:00Z", ExitEvent::kConverted);  // not in the list
  EXPECT_THAT(bench.Lines(), IsEmpty());
  const std::string step = bench.LastStepId();
  bench.ExitOn("2026-11-23T12:00:00Z", ExitEvent::kReplied, "positive");
  EXPECT_THAT(bench.Lines(),
              ElementsAre("2026-11-23T12:00:00Z step_cancelled 1 call by ana (replied: positive)",
                          "2026-11-23T12:00:00Z exited 1 (replied: positive)"));
  EXPECT_EQ(bench.Row()->due, kNever);
  bench.Report("2026-11-23T13:00:00Z", EventType::kStepCompleted, step);
  EXPECT_THAT(bench.Lines(), ElementsAre("2026-11-23T13:00:00Z step_closed 1 call by ana "
                                         "(completed, after it was recalled)"));
}

TEST(Cadence, EndsWhateverItsList) {
  Bench bench(Of({Bench::Email("a", Wall(Days(1)))}));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.Do("2026-11-23T11:00:00Z", [&](Desk& desk) { CadenceEnd(desk, bench.row, "withdrawn"); });
  EXPECT_THAT(bench.Lines(), ElementsAre("2026-11-23T10:00:00Z enrolled",
                                         "2026-11-23T11:00:00Z exited 1 (withdrawn)"));
  bench.FireUntil("2026-12-23T11:00:00Z");
  EXPECT_THAT(bench.Lines(), IsEmpty());
}

TEST(Cadence, ABounceSilencesEMailEvenWhereItIsNoExit) {
  CadenceStep manual = Bench::Email("a");
  manual.automatic = false;
  Bench bench(Of({manual, Bench::Email("b", Wall(Hours(1))), Bench::Call(Wall(Hours(1)))}));
  bench.Assign("2026-11-23T09:00:00Z");
  bench.FireUntil("2026-11-23T10:00:00Z");
  bench.ExitOn("2026-11-23T10:00:00Z", ExitEvent::kBounced);
  bench.FireUntil("2026-11-24T10:00:00Z");
  EXPECT_THAT(
      bench.Lines(),
      ElementsAre("2026-11-23T09:00:00Z enrolled", "2026-11-23T09:00:00Z step_due 1 email a by ana",
                  "2026-11-23T10:00:00Z step_cancelled 1 email a by ana (suppressed: bounced)",
                  "2026-11-23T11:00:00Z step_closed 2 email b by ana (suppressed: bounced)",
                  "2026-11-23T12:00:00Z step_due 3 call by ana"));
}

TEST(Cadence, OnceMeansOnceForTheLead) {
  for (const bool once : {true, false}) {
    Cadence cadence = Of({Bench::Email("a")});
    cadence.once = once;
    Bench bench(cadence);
    bench.Assign("2026-11-23T10:00:00Z");
    bench.FireUntil("2026-11-24T10:00:00Z");
    const std::string first = bench.LastStepId();
    bench.Lines();
    bench.Assign("2026-11-25T10:00:00Z");
    bench.FireUntil("2026-11-26T10:00:00Z");
    EXPECT_EQ(bench.Lines().empty(), once);
    EXPECT_EQ(bench.LastStepId() == first, once);  // ids are not given out twice
  }
}

TEST(Cadence, SkipsStepsThatAreNotForTheLead) {
  CadenceStep step = Bench::Email("a");
  RuleBookBuilder conditions;
  step.skips = true;
  step.skip_if = conditions.When("lead.linkedin", TestOp::kMissing);
  Bench bench(Of({step, Bench::Email("b", Wall(Hours(3)))}));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.FireUntil("2026-11-24T10:00:00Z");
  EXPECT_THAT(bench.Lines(),
              testing::IsSupersetOf({"2026-11-23T10:00:00Z step_closed 1 email a by ana (skip_if)",
                                     "2026-11-23T13:00:00Z step_due 2 email b by ana"}));
}

TEST(Cadence, SharesAreFixedByThePerson) {
  Cadence cadence = Of({Bench::Email("a")});
  cadence.steps[0].variants = {{"a", 30}, {"b", 70}};
  int64_t first = 0;
  for (uint64_t person = 1; person <= 10'000; ++person) {
    const size_t variant = VariantOf({7, person}, cadence, 1);
    EXPECT_EQ(variant, VariantOf({7, person}, cadence, 1));
    first += variant == 0 ? 1 : 0;
  }
  EXPECT_THAT(first, testing::AllOf(testing::Gt(2850), testing::Lt(3150)));
}

TEST(Cadence, AnOutageDoesNotMakeItCatchUp) {
  std::vector<CadenceStep> steps;
  for (int i = 0; i < 5; ++i) steps.push_back(Bench::Email("e", Wall(Hours(1))));
  Bench bench(Of(steps));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.FireUntil("2026-11-23T18:30:00Z", /*late=*/true);
  EXPECT_THAT(bench.Lines(),
              ElementsAre("2026-11-23T10:00:00Z enrolled",
                          "2026-11-23T18:30:00Z step_due 1 email e by ana [\"late\"]",
                          "2026-11-23T18:30:00Z step_closed 1 email e by ana [\"late\"] "
                          "(issued)"));
  EXPECT_EQ(bench.Row()->due, At("2026-11-23T19:30:00Z"));
}

TEST(Cadence, AnOutagePastTheWindowWaitsForTheNext) {
  CadenceStep step = Bench::Email("a", Wall(Hours(1)));
  step.window = Bench::Window(8, 17);
  Bench bench(Of({step}));
  bench.Assign("2026-11-23T10:00:00Z");
  bench.FireUntil("2026-11-23T18:30:00Z", /*late=*/true);
  bench.FireUntil("2026-11-25T00:00:00Z");
  EXPECT_THAT(bench.Lines(), testing::Contains("2026-11-24T07:00:00Z step_due 1 email a by ana "
                                               "[\"late\",\"window\"]"));
}

}  // namespace
}  // namespace pm::cadence
