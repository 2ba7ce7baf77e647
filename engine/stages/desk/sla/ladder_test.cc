#include "engine/stages/desk/sla/testing.h"

namespace pm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(SlaLadder, EachRungFiresOnceAtItsPlaceOfBusinessTime) {
  SlaBench bench;
  bench.Accept(Minutes(10));
  bench.AddRung(Milestone::kAccept, "80%").notify = {"rep"};
  bench.AddRung(Milestone::kAccept, "due").notify = {"rep", "manager", "ops@ourco.com"};
  bench.AddRung(Milestone::kAccept, "due + 30m").action = RungAction::kEscalate;
  EXPECT_THAT(bench.Route("10:00", "ana", TargetKind::kRep),
              ElementsAre("10:00:00 started accept due 10:10:00"));
  EXPECT_THAT(bench.FireUntil("10:09"),
              ElementsAre("10:08:00 warning accept notify at 80% due 10:10:00 -> ana@ourco.com"));
  EXPECT_THAT(bench.FireUntil("24T00:00"),
              ElementsAre("10:10:00 breached accept due 10:10:00",
                          "10:10:00 escalated accept notify at due due 10:10:00 -> ana@ourco.com "
                          "max@ourco.com ops@ourco.com",
                          "10:40:00 escalated accept escalate at due + 30m due 10:10:00 -> "
                          "max@ourco.com"));
  EXPECT_EQ(bench.run()->due, kNever);
}

TEST(SlaLadder, ATimerPublishesUnderTheRootAndModeOfItsLead) {
  SlaBench bench;
  bench.Accept(Minutes(10));
  bench.Route("10:00");
  bench.root_of_steps = {9, 9};
  bench.FireUntil("10:11");
  EXPECT_THAT(bench.outputs.back().json, HasSubstr("\"correlationid\":\"" + ToText(EventId{5, 5})));
}

TEST(SlaLadder, GraceDelaysTheVerdictAndRungsAtTheDueButNotWarnings) {
  SlaBench bench;
  bench.Accept(Minutes(10));
  bench.policy.grace = Seconds(60);
  bench.AddRung(Milestone::kAccept, "90%").notify = {"rep"};
  bench.AddRung(Milestone::kAccept, "due").notify = {"manager"};
  bench.AddRung(Milestone::kAccept, "due + 10s").notify = {"manager"};
  bench.Route("10:00", "ana", TargetKind::kRep);
  EXPECT_THAT(
      bench.FireUntil("11:00"),
      ElementsAre("10:09:00 warning accept notify at 90% due 10:10:00 -> ana@ourco.com",
                  "10:11:00 breached accept due 10:10:00",
                  "10:11:00 escalated accept notify at due due 10:10:00 -> max@ourco.com",
                  "10:11:00 escalated accept notify at due + 10s due 10:10:00 -> max@ourco.com"));
}

TEST(SlaLadder, ReassignRestartsAcceptButNeverFirstTouch) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.FirstTouch(Minutes(30));
  bench.AddRung(Milestone::kAccept, "due").action = RungAction::kReassign;
  bench.Route("10:00");
  const std::string first = bench.row()->rep;
  EXPECT_THAT(
      bench.FireUntil("10:06"),
      ElementsAre("10:05:00 breached accept due 10:05:00", "10:05:00 started accept due 10:10:00",
                  "10:05:00 escalated accept reassign at due due 10:05:00"));
  EXPECT_EQ(bench.row()->rep, SlaBench::OtherThan(first));
  EXPECT_EQ(bench.row()->reassignments, 1);
  EXPECT_TRUE(bench.run()->past.front().by_ladder);
  EXPECT_EQ(bench.run()->milestones.back().due, On("10:30"));
}

TEST(SlaLadder, NobodyEligibleKeepsTheLeadEscalatesAndAlerts) {
  SlaBench bench;
  bench.pool("inbound").members = {{"ana", 1}};
  bench.Accept(Minutes(5));
  bench.AddRung(Milestone::kAccept, "due").action = RungAction::kReassign;
  bench.Route("10:00");
  EXPECT_THAT(bench.FireUntil("11:00"),
              ElementsAre("10:05:00 breached accept due 10:05:00",
                          "10:05:00 escalated accept escalate at due due 10:05:00 -> max@ourco.com "
                          "(nobody_eligible)",
                          "10:05:00 nobody_eligible -> max@ourco.com"));
  EXPECT_EQ(bench.row()->rep, "ana");
  EXPECT_EQ(bench.row()->reassignments, 0);
}

TEST(SlaLadder, AtMostNReassignmentsThenKeep) {
  SlaBench bench;
  bench.AddRep("cy", "UTC");
  bench.pool("inbound").members.push_back({"cy", 1});
  bench.Accept(Minutes(5));
  Rung& rung = bench.AddRung(Milestone::kAccept, "due");
  rung.action = RungAction::kReassign;
  rung.reassign_at_most = 1;
  bench.Route("10:00");
  bench.FireUntil("10:06");
  const std::string second = bench.row()->rep;
  EXPECT_THAT(bench.FireUntil("12:00"),
              ElementsAre("10:10:00 breached accept due 10:10:00",
                          "10:10:00 escalated accept escalate at due due 10:10:00 -> "
                          "max@ourco.com (at_most)"));
  EXPECT_EQ(bench.row()->rep, second);
}

TEST(SlaLadder, AtMostNReassignmentsElseTheFallbackQueueWhereNoAcceptRuns) {
  SlaBench bench;
  bench.AddRep("cy", "UTC");
  bench.pool("inbound").members.push_back({"cy", 1});
  bench.Accept(Minutes(5));
  Rung& rung = bench.AddRung(Milestone::kAccept, "due");
  rung.action = RungAction::kReassign;
  rung.reassign_at_most = 1;
  rung.else_queue = true;
  bench.Route("10:00");
  bench.FireUntil("12:00");
  EXPECT_EQ(bench.row()->place, Place::kQueued);
  EXPECT_EQ(bench.row()->pool, "house");
  EXPECT_THAT(bench.run()->milestones, IsEmpty());
  EXPECT_EQ(bench.run()->due, kNever);
}

struct Kept {
  const char* why;
  void (*mark)(AssignmentRow&);
};
class SlaLadderKeeps : public ::testing::TestWithParam<Kept> {};

TEST_P(SlaLadderKeeps, TheRepWhoIsInTouchAndEscalates) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.AddRung(Milestone::kAccept, "due").action = RungAction::kReassign;
  bench.Route("10:00");
  const std::string rep = bench.row()->rep;
  bench.At(On("10:01"), [&](Desk& desk) { GetParam().mark(bench.Edit(desk)); });
  EXPECT_THAT(bench.FireUntil("11:00"),
              ElementsAre("10:05:00 breached accept due 10:05:00",
                          fmt::format("10:05:00 escalated accept escalate at due due 10:05:00 -> "
                                      "max@ourco.com ({})",
                                      GetParam().why)));
  EXPECT_EQ(bench.row()->rep, rep);
}
INSTANTIATE_TEST_SUITE_P(
    All, SlaLadderKeeps,
    ::testing::Values(Kept{"touched", [](AssignmentRow& r) { r.touched_at = On("10:01"); }},
                      Kept{"replied", [](AssignmentRow& r) { r.replied = true; }},
                      Kept{"meeting", [](AssignmentRow& r) { r.meeting = true; }}));

TEST(SlaLadder, AReassignRungOfAQueuedLeadEscalates) {
  SlaBench bench;
  bench.FirstTouch(Minutes(5));
  bench.AddRung(Milestone::kFirstTouch, "due").action = RungAction::kReassign;
  bench.Route("10:00", "house");
  EXPECT_THAT(bench.FireUntil("11:00"),
              ElementsAre("10:05:00 breached first_touch due 10:05:00",
                          "10:05:00 escalated first_touch escalate at due due 10:05:00 -> "
                          "max@ourco.com (queued)"));
}

TEST(SlaLadder, AfterAnOutageAssignmentsSinceTheTickBeforeStartAnew) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.AddRung(Milestone::kAccept, "due").action = RungAction::kReassign;
  bench.Route("10:00");
  const std::string rep = bench.row()->rep;
  EXPECT_THAT(bench.FireLate("10:30", "09:59:59"),
              ElementsAre("10:30:00 rescheduled accept due 10:35:00 (outage)"));
  EXPECT_EQ(bench.row()->rep, rep);
  ASSERT_EQ(bench.run()->ledger.size(), 1u);
  EXPECT_EQ(bench.run()->ledger[0].why, "outage");
  EXPECT_EQ(bench.run()->ledger[0].from, On("10:00"));
  EXPECT_EQ(bench.run()->ledger[0].to, On("10:30"));
}

TEST(SlaLadder, AnEventAheadOfTheTickAfterAnOutageDoesNotHideTheOutage) {
  SlaBench bench;
  bench.policy.pauses = true;
  bench.policy.pause_while =
      bench.builder.When("lead.status", TestOp::kEq, {"waiting_on_prospect"});
  bench.Accept(Minutes(5));
  bench.AddRung(Milestone::kAccept, "due").action = RungAction::kReassign;
  bench.Route("10:00");
  const std::string rep = bench.row()->rep;
  bench.SetCard("10:29:55", Field("lead.title"), "CTO");
  EXPECT_THAT(bench.FireLate("10:30", "09:59:59"),
              ElementsAre("10:30:00 rescheduled accept due 10:35:00 (outage)"));
  EXPECT_EQ(bench.row()->rep, rep);
}

TEST(SlaLadder, WhoGotALeadAheadOfTheTickAfterAnOutageHasALaterClockAlready) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.FirstTouch(Minutes(5));
  bench.Route("10:00");
  const std::string other = SlaBench::OtherThan(bench.row()->rep);
  Replacement by_hand;
  by_hand.type = "assignment.transferred";
  by_hand.by_name = true;
  bench.At(On("10:29:58"), [&](Desk& desk) { GiveTo(desk, bench.card.lead, other, by_hand); });
  EXPECT_THAT(bench.FireLate("10:29:55", "10:00:59"),
              ElementsAre("10:29:55 breached first_touch due 10:05:00"));
}

TEST(SlaLadder, AClaimThatLapsedDuringAnOutageKeepsItsOtherVerdicts) {
  SlaBench bench;
  bench.FirstTouch(Minutes(5));
  bench.pool("house").claim_return_after = Minutes(4);
  bench.Route("10:00", "house");
  bench.ClaimByEvent("10:00:30", "ana");
  EXPECT_THAT(bench.FireLate("10:30", "10:00:59"),
              ElementsAre("10:30:00 breached first_touch due 10:05:00"));
  EXPECT_EQ(bench.row()->place, Place::kQueued);
}

TEST(SlaLadder, AnOutageCannotCascadeThroughReps) {
  SlaBench bench;
  bench.AddRep("cy", "UTC");
  bench.pool("inbound").members.push_back({"cy", 1});
  bench.Accept(Minutes(5));
  bench.AddRung(Milestone::kAccept, "due").action = RungAction::kReassign;
  bench.Route("10:00");
  EXPECT_THAT(
      bench.FireLate("10:30", "10:04"),
      ElementsAre("10:30:00 breached accept due 10:05:00", "10:30:00 started accept due 10:35:00",
                  "10:30:00 escalated accept reassign at due due 10:05:00"));
  EXPECT_EQ(bench.row()->reassignments, 1);
}

TEST(SlaLadder, ATickALittleLateIsNoOutage) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.Route("10:00");
  EXPECT_THAT(bench.FireLate("10:06", "09:59"),
              ElementsAre("10:05:00 breached accept due 10:05:00"));
}

TEST(SlaLadder, ALeadThatComesBackGetsNoNumberTheLadderUsedUnheard) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.AddRung(Milestone::kAccept, "due").action = RungAction::kReassign;
  bench.Route("10:00");
  bench.FireUntil("10:06");
  ASSERT_EQ(bench.row()->seq, 2u);
  LeadNotice closed;
  closed.lead = bench.card.lead;
  closed.kind = NoticeKind::kClosed;
  closed.reason = "recycled";
  closed.seq = 1;  // the account stage has not heard of the second
  bench.At(On("10:06"), [&](Desk& desk) { OnNotice(desk, closed); });
  ASSERT_EQ(bench.row(), nullptr);
  RouteRequest again;
  again.card = bench.card;
  again.seq = 2;
  bench.At(On("10:06"), [&](Desk& desk) { OnRouteRequest(desk, again); });
  EXPECT_EQ(bench.row()->seq, 3u);
}

TEST(SlaLadder, WhatWasUsedUnheardIsForgottenInTheEnd) {
  SlaBench bench;
  bench.Route("10:00");
  LeadNotice closed;
  closed.lead = bench.card.lead;
  closed.kind = NoticeKind::kClosed;
  bench.At(On("10:06"), [&](Desk& desk) { OnNotice(desk, closed); });
  const std::optional<RowDue> due = bench.rows.FirstDue(kNever);
  ASSERT_TRUE(due.has_value());
  EXPECT_EQ(due->key[0], GoneRow::kPrefix);
  bench.At(due->due, [&](Desk& desk) { RunDesk(desk.step, Input(*due)); });
  EXPECT_FALSE(bench.rows.FirstDue(kNever).has_value());
}

TEST(SlaLadder, ARunWhosePolicyIsNowhereEndsQuietly) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.Route("10:00");
  SlaBench other;
  other.policy.name = "other";
  other.Route("09:00");
  bench.book = other.book;
  EXPECT_THAT(bench.FireUntil("11:00"), IsEmpty());
  EXPECT_EQ(bench.run(), nullptr);
}

}  // namespace
}  // namespace pm
