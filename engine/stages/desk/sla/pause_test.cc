#include "engine/stages/desk/sla/testing.h"

namespace pm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Pauses while the status is `waiting_on_prospect`.
struct PausingBench : SlaBench {
  PausingBench() {
    policy.pauses = true;
    policy.pause_while = builder.When("lead.status", TestOp::kEq, {"waiting_on_prospect"});
  }
  Lines Wait(std::string_view at) {
    return SetCard(at, Field("lead.status"), "waiting_on_prospect");
  }
  Lines Work(std::string_view at) { return SetCard(at, Field("lead.status"), "working"); }
};

TEST(SlaPause, DuesAndRungsMoveByTheBusinessTimeLeft) {
  PausingBench bench;
  bench.FirstTouch(Minutes(60));
  bench.AddRung(Milestone::kFirstTouch, "50%").notify = {"rep"};
  bench.Route("10:00", "ana", TargetKind::kRep);
  EXPECT_THAT(bench.Wait("10:20"), ElementsAre("10:20:00 paused first_touch (pause_while)"));
  EXPECT_THAT(bench.FireUntil("12:00"), IsEmpty());
  EXPECT_THAT(bench.Work("12:00"),
              ElementsAre("12:00:00 resumed first_touch due 12:40:00 (pause_while)"));
  EXPECT_THAT(bench.FireUntil("13:00"),
              ElementsAre("12:10:00 warning first_touch notify at 50% due 12:40:00 -> "
                          "ana@ourco.com",
                          "12:40:00 breached first_touch due 12:40:00"));
  ASSERT_EQ(bench.run()->ledger.size(), 1u);
  EXPECT_EQ(bench.run()->ledger[0].who, "rule:hot");
  EXPECT_EQ(bench.run()->ledger[0].why, "pause_while");
  EXPECT_EQ(bench.run()->ledger[0].from, On("10:20"));
  EXPECT_EQ(bench.run()->ledger[0].to, On("12:00"));
}

TEST(SlaPause, TheSameStatusAgainChangesNothing) {
  PausingBench bench;
  bench.FirstTouch(Minutes(60));
  bench.Route("10:00");
  bench.Wait("10:20");
  EXPECT_THAT(bench.Wait("10:30"), IsEmpty());
  EXPECT_EQ(bench.run()->ledger.size(), 1u);
}

TEST(SlaPause, ClosedHoursBetweenPauseAndResumeDoNotCount) {
  PausingBench bench;
  bench.rep("ana").hours = "office";  // 08:00-16:00 UTC
  bench.policy.hours = SlaHours::kAssignee;
  bench.FirstTouch(Hours(2));
  bench.Route("15:00", "ana", TargetKind::kRep);
  bench.Wait("15:30");
  EXPECT_THAT(bench.Work("20:00"),
              ElementsAre("20:00:00 resumed first_touch due 24T09:30:00 (pause_while)"));
}

TEST(SlaPause, EvidenceDuringAPauseMeets) {
  PausingBench bench;
  bench.FirstTouch(Minutes(60));
  bench.Route("10:00");
  bench.Wait("10:20");
  EXPECT_THAT(bench.Does("15:00", Milestone::kFirstTouch),
              ElementsAre("15:00:00 met first_touch met 15:00:00"));
  EXPECT_THAT(bench.Work("16:00"), IsEmpty());
}

TEST(SlaPause, ADeadlineThatHasPassedIsJudgedButLaterRungsWait) {
  PausingBench bench;
  bench.policy.grace = Minutes(5);
  bench.FirstTouch(Minutes(60));
  bench.AddRung(Milestone::kFirstTouch, "due + 30m").notify = {"manager"};
  bench.Route("10:00");
  EXPECT_THAT(bench.Wait("11:02"), IsEmpty());
  EXPECT_THAT(bench.FireUntil("13:00"), ElementsAre("11:05:00 breached first_touch due 11:00:00"));
  EXPECT_THAT(bench.Work("13:00"), IsEmpty());
  EXPECT_THAT(bench.FireUntil("14:00"),
              ElementsAre("13:28:00 escalated first_touch notify at due + 30m due 11:00:00 -> "
                          "max@ourco.com"));
}

TEST(SlaPause, ALeadThatIsWaitingWhenItIsRoutedStartsPaused) {
  PausingBench bench;
  bench.FirstTouch(Minutes(60));
  BlockBuilder fields;
  fields.Set(Field("lead.status"), Value::Text("waiting_on_prospect"));
  bench.card.fields.bytes = fields.Build();
  EXPECT_THAT(bench.Route("10:00"), ElementsAre("10:00:00 started first_touch due 11:00:00",
                                                "10:00:00 paused first_touch (pause_while)"));
  EXPECT_EQ(bench.run()->due, kNever);
}

TEST(SlaPause, AMilestoneThatStartsDuringAPauseIsDueAfterIt) {
  PausingBench bench;
  bench.Accept(Minutes(5));
  bench.Route("10:00", "ana", TargetKind::kRep);
  bench.Wait("10:02");
  EXPECT_THAT(bench.Give("10:30", "bo"),
              ElementsAre("10:30:00 cancelled accept (reassigned)", "10:30:00 started accept"));
  EXPECT_THAT(bench.Work("11:00"),
              ElementsAre("11:00:00 resumed accept due 11:05:00 (pause_while)"));
}

TEST(SlaPause, TheLedgerKeepsTheLastFifty) {
  PausingBench bench;
  bench.FirstTouch(Minutes(60));
  bench.Route("10:00");
  for (int i = 0; i < 55; ++i) {
    bench.Wait(fmt::format("10:00:{:02}", i));
    bench.Work(fmt::format("10:00:{:02}", i));
  }
  EXPECT_EQ(bench.run()->ledger.size(), 50u);
  EXPECT_EQ(bench.run()->ledger.front().from, On("10:00:05"));
}

// A timer's due may lie behind a card that another partition sent.
TEST(SlaPause, AStepOfEarlierTimeCountsNoTimeTwice) {
  SlaBench bench;
  bench.policy.pauses = true;
  bench.policy.pause_while =
      bench.builder.When("lead.status", TestOp::kEq, {"waiting_on_prospect"});
  bench.FirstTouch(Minutes(60));
  bench.AddRung(Milestone::kFirstTouch, "due + 30m").notify = {"manager"};
  bench.Route("10:00");
  bench.FireUntil("11:10");
  bench.SetCard("11:20", Field("lead.status"), "waiting_on_prospect");
  ASSERT_EQ(bench.run()->milestones[0].used, Minutes(80));
  bench.Queue("11:15");
  EXPECT_EQ(bench.run()->milestones[0].used, Minutes(80));
  EXPECT_EQ(bench.run()->milestones[0].since, On("11:20"));
}

}  // namespace
}  // namespace pm
