#include "engine/stages/desk/sla/testing.h"

namespace pm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(SlaMilestones, ALeadThatNeverWaitedHasNoAssignMilestone) {
  SlaBench bench;
  bench.AssignWithin(Minutes(10));
  bench.Accept(Minutes(5));
  EXPECT_THAT(bench.Route("10:00"), ElementsAre("10:00:00 started accept due 10:05:00"));
}

TEST(SlaMilestones, WithoutAPolicyNothingRuns) {
  SlaBench bench;
  EXPECT_THAT(bench.Route("10:00"), IsEmpty());
  EXPECT_THAT(bench.Does("10:01", Milestone::kAccept), IsEmpty());
}

TEST(SlaMilestones, BackInTheQueueAcceptEndsAndFirstTouchGoesOn) {
  SlaBench bench;
  bench.AssignWithin(Minutes(10));
  bench.Accept(Minutes(5));
  bench.FirstTouch(Minutes(30));
  bench.Route("10:00");
  EXPECT_THAT(bench.Queue("10:02"), ElementsAre("10:02:00 cancelled accept due 10:05:00 (queued)"));
  EXPECT_EQ(bench.run()->due, On("10:30"));
  EXPECT_THAT(bench.Claim("10:06", "bo"), ElementsAre("10:06:00 started accept due 10:11:00"));
}

TEST(SlaMilestones, AssignPerAssignmentRestartsInTheQueue) {
  SlaBench bench;
  bench.AssignWithin(Minutes(10)).per_assignment = true;
  bench.Route("10:00", "house");
  bench.Claim("10:05", "bo");
  EXPECT_THAT(bench.Queue("10:20"), ElementsAre("10:20:00 started assign due 10:30:00"));
  EXPECT_THAT(bench.FireUntil("11:00"), ElementsAre("10:30:00 breached assign due 10:30:00"));
}

TEST(SlaMilestones, TheSameAssignmentToldTwiceStartsOnce) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.Route("10:00");
  EXPECT_THAT(bench.At(On("10:02"),
                       [&](Desk& desk) {
                         SlaAssigned(desk, bench.Edit(desk));
                         SlaRouted(desk, bench.Edit(desk));
                       }),
              IsEmpty());
  EXPECT_EQ(bench.run()->due, On("10:05"));
}

TEST(SlaMilestones, GivenToAnotherRepByHandAcceptRestarts) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.Route("10:00", "ana", TargetKind::kRep);
  EXPECT_THAT(bench.Give("10:03", "bo"),
              ElementsAre("10:03:00 cancelled accept due 10:05:00 (reassigned)",
                          "10:03:00 started accept due 10:08:00"));
}

// Ana's accept is due at 10:05 and judged at 10:07; Bo has the lead since 10:06.
struct GivenAwayInGrace : SlaBench {
  GivenAwayInGrace() {
    Accept(Minutes(5));
    policy.grace = Minutes(2);
    Route("10:00", "ana", TargetKind::kRep);
    EXPECT_THAT(Give("10:06", "bo"), ElementsAre("10:06:00 started accept due 10:11:00"));
  }
};

TEST(SlaMilestones, GivenAwayDuringTheGraceItIsJudgedAtItsEnd) {
  GivenAwayInGrace bench;
  EXPECT_THAT(bench.FireUntil("10:10"), ElementsAre("10:07:00 breached accept due 10:05:00"));
  EXPECT_THAT(bench.outputs.back().json, HasSubstr("\"rep\":{\"id\":\"ana\""));
  EXPECT_THAT(bench.Evidence("10:10", Milestone::kAccept, "10:04", {"connector", "crm"}),
              ElementsAre("10:10:00 amended accept due 10:05:00 met 10:04:00"));
}

TEST(SlaMilestones, GivenAwayDuringTheGraceEvidenceStillMeetsIt) {
  GivenAwayInGrace bench;
  EXPECT_THAT(bench.Evidence("10:06", Milestone::kAccept, "10:04", {"rep", "ana"}),
              ElementsAre("10:06:00 met accept due 10:05:00 met 10:04:00 (back_dated)"));
  EXPECT_THAT(bench.FireUntil("10:10"), IsEmpty());
  EXPECT_EQ(bench.row()->rep, "bo");
}

TEST(SlaMilestones, WhatClosesDuringTheGraceOfThePastIsJudgedAtOnce) {
  GivenAwayInGrace bench;
  EXPECT_THAT(
      bench.At(On("10:06"), [&](Desk& desk) { SlaCancel(desk, bench.Edit(desk), "disqualified"); }),
      ElementsAre("10:06:00 breached accept due 10:05:00",
                  "10:06:00 cancelled accept due 10:11:00 (disqualified)"));
}

TEST(SlaMilestones, WhatClosedBeforeTheDueOfThePastCancelsItThoughItComesLate) {
  GivenAwayInGrace bench;
  EXPECT_THAT(
      bench.At(On("10:04"), [&](Desk& desk) { SlaCancel(desk, bench.Edit(desk), "disqualified"); }),
      ElementsAre("10:04:00 cancelled accept due 10:05:00 (disqualified)",
                  "10:04:00 cancelled accept due 10:11:00 (disqualified)"));
}

TEST(SlaMilestones, AnAssignmentForgottenDuringItsGraceIsJudgedAtOnce) {
  GivenAwayInGrace bench;
  SlaBench::Lines last;
  for (size_t i = 0; i < SlaRun::kMostKept; ++i) {
    last = bench.Give("10:06", SlaBench::OtherThan(bench.row()->rep));
  }
  EXPECT_EQ(last[1], "10:06:00 breached accept due 10:05:00");
}

TEST(SlaMilestones, ClosingCancelsWhatRunsAndForgetsTheRun) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.FirstTouch(Minutes(30));
  bench.Route("10:00");
  bench.Does("10:01", Milestone::kAccept);
  EXPECT_THAT(
      bench.At(On("10:10"),
               [&](Desk& desk) { Close(desk, bench.card.lead, "", "disqualified", false); }),
      ElementsAre("10:10:00 cancelled first_touch due 10:30:00 (disqualified)"));
  EXPECT_EQ(bench.run(), nullptr);
}

TEST(SlaMilestones, NextDueIsTheEarliestOfWhatRuns) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.FirstTouch(Minutes(30));
  bench.Route("10:00");
  const auto next = [&] {
    Instant due;
    bench.At(On("10:02"), [&](Desk& desk) { due = SlaNextDue(desk, bench.card.lead); });
    return due;
  };
  EXPECT_EQ(next(), On("10:05"));
  bench.Does("10:02", Milestone::kAccept);
  EXPECT_EQ(next(), On("10:30"));
  bench.Does("10:02", Milestone::kFirstTouch);
  EXPECT_EQ(next(), kNever);
}

TEST(SlaMilestones, OldAssignmentsAreForgottenBeyondFifty) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.Route("10:00", "ana", TargetKind::kRep);
  for (int i = 0; i < 60; ++i) bench.Give("10:01", i % 2 == 0 ? "bo" : "ana");
  EXPECT_EQ(bench.run()->past.size(), 50u);
  EXPECT_EQ(bench.run()->past.back().what.seq, 60u);
}

}  // namespace
}  // namespace pm
