#include "engine/stages/desk/sla/testing.h"

namespace pm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
constexpr TargetKind kRep = TargetKind::kRep;
constexpr Milestone kAccept = Milestone::kAccept;
constexpr Milestone kTouch = Milestone::kFirstTouch;
const OutActor kCrm{"connector", "crm"};

TEST(SlaEvidence, AtTheVeryDueIsInTime) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.Route("10:00");
  EXPECT_THAT(bench.Does("10:05", kAccept),
              ElementsAre("10:05:00 met accept due 10:05:00 met 10:05:00"));
  EXPECT_THAT(bench.FireUntil("11:00"), IsEmpty());
  EXPECT_THAT(bench.outputs.back().json, HasSubstr("\"business_ms\":300000"));
}

TEST(SlaEvidence, DuringTheGraceItCountsByWhenItHappened) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.policy.grace = Seconds(60);
  bench.Route("10:00");
  EXPECT_THAT(bench.Evidence("10:05:50", kAccept, "10:04:59", kCrm),
              ElementsAre("10:05:50 met accept due 10:05:00 met 10:04:59"));
}

TEST(SlaEvidence, TooLateItBreachesAtOnceAndNoRungFollows) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.policy.grace = Seconds(60);
  bench.AddRung(kAccept, "due").action = RungAction::kReassign;
  bench.Route("10:00");
  EXPECT_THAT(bench.Does("10:05:01", kAccept),
              ElementsAre("10:05:01 breached accept due 10:05:00 met 10:05:01"));
  EXPECT_THAT(bench.FireUntil("11:00"), IsEmpty());
}

TEST(SlaEvidence, LateEvidenceAfterTheVerdictStopsTheLadder) {
  SlaBench bench;
  bench.FirstTouch(Minutes(5));
  bench.AddRung(kTouch, "due + 30m").notify = {"manager"};
  bench.Route("10:00");
  bench.FireUntil("10:06");
  EXPECT_THAT(bench.Does("10:10", kTouch), IsEmpty());
  EXPECT_THAT(bench.FireUntil("12:00"), IsEmpty());
}

TEST(SlaEvidence, TheAssigneesTouchImpliesAcceptAnothersDoesNot) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.FirstTouch(Minutes(30));
  bench.Route("10:00", "ana", kRep);
  EXPECT_THAT(bench.Evidence("10:01", kTouch, "10:01", {"rep", "max"}),
              ElementsAre("10:01:00 met first_touch due 10:30:00 met 10:01:00"));
  EXPECT_THAT(bench.Does("10:02", kTouch),
              ElementsAre("10:02:00 met accept due 10:05:00 met 10:02:00"));
}

TEST(SlaEvidence, ATouchFromBeforeTheLeadWasRoutedAnswersNothing) {
  SlaBench bench;
  bench.FirstTouch(Minutes(30));
  bench.Route("10:00");
  EXPECT_THAT(bench.Evidence("10:01", kTouch, "09:58:59", kCrm), IsEmpty());
  EXPECT_THAT(bench.Evidence("10:01", kTouch, "09:59:30", kCrm),
              ElementsAre("10:01:00 met first_touch due 10:30:00 met 10:00:00"));
}

TEST(SlaEvidence, ThatComesAfterTheVerdictAmends) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.Route("10:00");
  bench.FireUntil("10:06");
  EXPECT_THAT(bench.Evidence("10:20", kAccept, "10:04", kCrm),
              ElementsAre("10:20:00 amended accept due 10:05:00 met 10:04:00"));
  EXPECT_EQ(bench.run()->milestones[0].state, SlaState::kMet);
}

TEST(SlaEvidence, PeoplesBackDatingIsFlaggedAndHonouredForADay) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.Route("10:00", "ana", kRep);
  bench.FireUntil("10:06");
  EXPECT_THAT(bench.Evidence("24T11:00", kAccept, "10:01", {"rep", "ana"}), IsEmpty());
  EXPECT_THAT(bench.Evidence("24T09:00", kAccept, "10:01", {"rep", "ana"}),
              ElementsAre("24T09:00:00 amended accept due 10:05:00 met 10:01:00 (back_dated)"));
}

// Ana or Bo loses the lead to the other by the ladder at 10:05.
struct LadderBench : SlaBench {
  LadderBench() {
    Accept(Minutes(5));
    FirstTouch(Minutes(30));
    AddRung(kAccept, "due").action = RungAction::kReassign;
    Route("10:00");
    first = row()->rep;
    FireUntil("10:06");
    PM_CHECK(row()->rep == OtherThan(first));
  }
  std::string first;
};

TEST(SlaEvidence, OfARepWhoLostTheLeadWronglyBringsItBack) {
  LadderBench bench;
  EXPECT_THAT(bench.Evidence("10:07", kAccept, "10:04", {"rep", bench.first}),
              ElementsAre("10:07:00 amended accept due 10:05:00 met 10:04:00 (back_dated)",
                          "10:07:00 cancelled accept due 10:10:00 (reassigned)",
                          "10:07:00 started accept due 10:12:00",
                          "10:07:00 met accept due 10:12:00 met 10:07:00 (back_dated)"));
  EXPECT_EQ(bench.row()->rep, bench.first);
}

TEST(SlaEvidence, WithoutANameItIsWhoHadTheLeadThen) {
  LadderBench bench;
  bench.Evidence("10:07", kAccept, "10:04", kCrm);
  EXPECT_EQ(bench.row()->rep, bench.first);
}

TEST(SlaEvidence, TheLeadStaysWithASecondRepWhoHasBegun) {
  LadderBench bench;
  const std::string second = bench.row()->rep;
  bench.Does("10:06", kAccept);
  EXPECT_THAT(bench.Evidence("10:07", kAccept, "10:04", {"rep", bench.first}),
              ElementsAre("10:07:00 amended accept due 10:05:00 met 10:04:00 (back_dated)"));
  EXPECT_EQ(bench.row()->rep, second);
}

TEST(SlaEvidence, ThatWasLateTooBringsNothingBack) {
  LadderBench bench;
  EXPECT_THAT(bench.Evidence("10:07", kAccept, "10:05:01", {"rep", bench.first}), IsEmpty());
  EXPECT_EQ(bench.row()->rep, SlaBench::OtherThan(bench.first));
}

TEST(SlaEvidence, ATouchByTheFirstRepMeetsFirstTouchAndBringsTheLeadBack) {
  LadderBench bench;
  LeadNotice notice;
  notice.lead = bench.card.lead;
  notice.kind = NoticeKind::kTouch;
  notice.occurred_at = On("10:03");
  BlockBuilder fields;
  fields.Set(Field("event.rep"), Value::Text(bench.first));
  notice.fields.bytes = fields.Build();
  EXPECT_THAT(bench.At(On("10:07"), [&](Desk& desk) { OnNotice(desk, notice); }),
              ElementsAre("10:07:00 met first_touch due 10:30:00 met 10:03:00 (back_dated)",
                          "10:07:00 amended accept due 10:05:00 met 10:03:00 (back_dated)",
                          "10:07:00 cancelled accept due 10:10:00 (reassigned)",
                          "10:07:00 started accept due 10:12:00",
                          "10:07:00 met accept due 10:12:00 met 10:07:00 (back_dated)"));
  EXPECT_EQ(bench.row()->rep, bench.first);
  EXPECT_EQ(bench.row()->place, Place::kWorking);
}

TEST(SlaEvidence, AnAcceptThatWasInTimeBringsTheLeadBackAndIsAnswered) {
  LadderBench bench;
  Event event;
  event.type = EventType::kLeadAccept;
  event.occurred_at = On("10:04");
  event.assignment = {DeskHash("main"), bench.card.lead, 1};
  BlockBuilder fields;
  fields.Set(Field("event.by"), Value::Text(bench.first));
  event.fields.bytes = fields.Build();
  bench.outputs.clear();
  bench.At(On("10:07"), [&](Desk& desk) { OnRequest(desk, event); });
  EXPECT_EQ(bench.row()->rep, bench.first);
  EXPECT_EQ(bench.row()->place, Place::kAccepted);
  EXPECT_EQ(bench.outputs.back().type, "request.done");
}

TEST(SlaEvidence, AnAcceptByAStrangerIsRefusedAndMeetsNothing) {
  SlaBench bench;
  bench.Accept(Minutes(5));
  bench.Route("10:00", "ana", kRep);
  Event event;
  event.type = EventType::kLeadAccept;
  event.occurred_at = On("10:01");
  event.lead = bench.card.lead;
  BlockBuilder fields;
  fields.Set(Field("event.by"), Value::Text("bo"));
  event.fields.bytes = fields.Build();
  EXPECT_THAT(bench.At(On("10:01"), [&](Desk& desk) { OnRequest(desk, event); }), IsEmpty());
  EXPECT_EQ(bench.outputs.back().type, "request.refused");
}

}  // namespace
}  // namespace pm
