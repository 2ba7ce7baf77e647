#include <gmock/gmock.h>

#include "engine/stages/account/testing.h"

namespace pm::account {
namespace {

constexpr std::string_view kAnn = "ann@acme.com";

TEST_F(AccountTest, AHandRaiseRoutesAtOnce) {
  Send(Submitted("1", kAnn).HandRaise().Text("submission.form", "demo"));
  ASSERT_EQ(Requests().size(), 1u);
  const RouteRequest request = Requests()[0];
  EXPECT_EQ(request.reason, "hand_raise");
  EXPECT_EQ(request.seq, 1u);
  EXPECT_EQ(request.routed_at, kStart);
  EXPECT_TRUE(request.card.hand_raise);
  EXPECT_EQ(request.card.account, "acme.com");
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kQueued);
  EXPECT_EQ(Count("lead.created"), 1u);
  EXPECT_EQ(Count("decision.made"), 1u);
}

TEST_F(AccountTest, ASubmissionWithoutReasonToRouteStaysInNurture) {
  Send(Submitted("1", kAnn));
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kNurture);
  EXPECT_EQ(Lead(kAnn)->stage, "nurture");
  EXPECT_TRUE(Requests().empty());
}

TEST_F(AccountTest, HandRaisesRouteOnlyIfTheRulesSaySo) {
  rules->lifecycle.route_when = {"mql"};
  Send(Submitted("1", kAnn).HandRaise());
  EXPECT_TRUE(Requests().empty());
}

TEST_F(AccountTest, APersonIdentifiedIsNoLead) {
  Send(Make(EventType::kPersonIdentified, "1").Of(kAnn));
  EXPECT_TRUE(PersonOf(kAnn));
  EXPECT_FALSE(LeadOf(kAnn));
  EXPECT_EQ(Count("lead.created"), 0u);
}

TEST_F(AccountTest, AnUpdateOfNobodyKnownIsADeadLetterButBackfillMakesThem) {
  Send(Make(EventType::kLeadUpdated, "1").Of(kAnn));
  EXPECT_NE(Last("dead_letter.written").find("unknown_reference"), std::string::npos);
  EXPECT_FALSE(PersonOf(kAnn));
  Send(Make(EventType::kLeadUpdated, "2").Of(kAnn), kStart, {}, Mode::kBackfill);
  EXPECT_TRUE(PersonOf(kAnn));
}

TEST_F(AccountTest, AnUnknownLeadIdIsADeadLetter) {
  Send(Make(EventType::kTouchRecorded, "1").About(LeadId{{HomeOf("d:acme.com").hash, 7}, 1}),
       kStart, "d:acme.com");
  EXPECT_NE(Last("dead_letter.written").find("unknown_lead"), std::string::npos);
}

TEST_F(AccountTest, BackfillMakesLeadsButNeverRoutesThem) {
  Send(Submitted("1", kAnn).HandRaise(), kStart, {}, Mode::kBackfill);
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kNurture);
  Send(Make(EventType::kLeadUpdated, "2").Of(kAnn).Text("lead.title", "VP"), kStart + Days(1));
  EXPECT_TRUE(Requests().empty());
}

TEST_F(AccountTest, TheModeOfAnEventGoesWithWhatItCauses) {
  Send(Submitted("1", kAnn).HandRaise(), kStart, {}, Mode::kTest);
  ASSERT_EQ(stage().messages.size(), 1u);
  EXPECT_EQ(stage().messages[0].mode, Mode::kTest);
  EXPECT_NE(Last("lead.created").find("\"mode\":\"test\""), std::string::npos);
}

class ThresholdTest : public AccountTest {
 protected:
  ThresholdTest() {
    rules->scoring.half_life = Days(14);
    rules->scoring.engagement.push_back(
        {.name = "Visit", .points = 20, .signal = EventType::kSiteVisited, .id = 1});
    rules->lifecycle.thresholds.push_back(
        {.to = "mql",
         .when = rules.When("score.engagement", TestOp::kGte, {"40"}),
         .cooldown = Days(90)});
  }
  void Visit(std::string id, Instant at) {
    Send(Make(EventType::kSiteVisited, std::move(id)).Of(kAnn), at);
  }
};

TEST_F(ThresholdTest, CrossingItMakesAnMqlThatRoutes) {
  Send(Submitted("1", kAnn));
  Visit("2", kStart);
  EXPECT_TRUE(Requests().empty());
  Visit("3", kStart);
  ASSERT_EQ(Requests().size(), 1u);
  EXPECT_EQ(Requests()[0].reason, "mql");
  EXPECT_EQ(Lead(kAnn)->stage, "mql");
  EXPECT_EQ(Count("lead.stage_changed"), 1u);
}

TEST_F(ThresholdTest, APersonWithoutALeadGetsOneByCrossingIt) {
  Send(Make(EventType::kPersonIdentified, "1").Of(kAnn));
  Visit("2", kStart);
  Visit("3", kStart);
  EXPECT_EQ(Count("lead.created"), 1u);
  EXPECT_EQ(Requests().size(), 1u);
}

TEST_F(ThresholdTest, ItIsNotCrossedAgainWithinItsCooldown) {
  Send(Submitted("1", kAnn));
  Visit("2", kStart);
  Visit("3", kStart);
  Send(Make(EventType::kLeadDisposed, "4").Of(kAnn).Text("event.reason", "recycled"),
       kStart + Days(1));
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kNurture);
  EXPECT_EQ(Lead(kAnn)->stage, "recycled");
  Visit("5", kStart + Days(2));
  EXPECT_EQ(Requests().size(), 1u);
  Visit("6", kStart + Days(91));
  Visit("7", kStart + Days(91));
  ASSERT_EQ(Requests().size(), 2u);
  EXPECT_EQ(Requests()[1].seq, 2u);
}

TEST_F(ThresholdTest, FadingNeverDemotes) {
  rules->lifecycle.route_when = {"hand_raise"};
  Send(Submitted("1", kAnn));
  Visit("2", kStart);
  Visit("3", kStart);
  EXPECT_EQ(Lead(kAnn)->stage, "mql");
  Send(Make(EventType::kLeadUpdated, "4").Of(kAnn).Text("lead.title", "VP"), kStart + Days(200));
  EXPECT_EQ(Lead(kAnn)->stage, "mql");
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kNurture);
}

TEST_F(ThresholdTest, ACooldownNeverBlocksAHandRaise) {
  Send(Submitted("1", kAnn));
  Visit("2", kStart);
  Visit("3", kStart);
  Send(Make(EventType::kLeadDisposed, "4").Of(kAnn).Text("event.reason", "nurture"),
       kStart + Days(1));
  Send(Submitted("5", kAnn).HandRaise(), kStart + Days(2));
  ASSERT_EQ(Requests().size(), 2u);
  EXPECT_EQ(Requests()[1].reason, "hand_raise");
}

TEST_F(AccountTest, ADisposalEndsTheLeadAndTellsItsDesk) {
  Send(Submitted("1", kAnn).HandRaise());
  Change(LeadOf(kAnn), 1, Place::kAssigned, "ana");
  stage().Forget();
  Send(Make(EventType::kLeadDisposed, "2")
           .Of(kAnn)
           .Text("event.status", "disqualified")
           .Text("event.reason", "competitor"),
       kStart + Hours(1));
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kClosed);
  EXPECT_EQ(Lead(kAnn)->previous_rep, "ana");
  ASSERT_EQ(Notices().size(), 1u);
  EXPECT_EQ(Notices()[0].kind, NoticeKind::kClosed);
  EXPECT_EQ(Notices()[0].reason, "disqualified");
  EXPECT_EQ(Count("lead.disqualified"), 1u);
  Change(LeadOf(kAnn), 1, Place::kAccepted, "ana", kStart + Hours(2));
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kClosed);
}

TEST_F(AccountTest, ADisposalOfAnEarlierCycleChangesNothing) {
  Send(Submitted("1", kAnn).HandRaise());
  Send(Make(EventType::kLeadDisposed, "2").Of(kAnn).OccurredAt(kStart - Days(1)),
       kStart + Hours(1));
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kQueued);
}

TEST_F(AccountTest, WithoutRulesAnOpenLeadTakesASubmissionAndAClosedOneGetsANewCycle) {
  Send(Submitted("1", kAnn));
  Send(Submitted("2", kAnn).Text("submission.form", "ebook"), kStart + Days(1));
  EXPECT_EQ(LeadOf(kAnn).cycle, 1u);
  EXPECT_EQ(FieldBlock(Lead(kAnn)->submission).Text(Field("submission.form")), "ebook");
  Send(Make(EventType::kLeadDisposed, "3").Of(kAnn), kStart + Days(2));
  Send(Submitted("4", kAnn).HandRaise(), kStart + Days(3));
  EXPECT_EQ(LeadOf(kAnn).cycle, 2u);
  EXPECT_EQ(Requests().size(), 1u);
}

TEST_F(AccountTest, AHandRaiseOnAnAssignedLeadTellsTheOwner) {
  Send(Submitted("1", kAnn).HandRaise());
  Change(LeadOf(kAnn), 1, Place::kAssigned, "ana");
  stage().Forget();
  Send(Submitted("2", kAnn).HandRaise(), kStart + Hours(1));
  ASSERT_EQ(Notices().size(), 1u);
  EXPECT_EQ(Notices()[0].kind, NoticeKind::kSubmission);
  EXPECT_TRUE(Notices()[0].hand_raise);
  EXPECT_TRUE(Requests().empty());
}

TEST_F(AccountTest, ADoubleClickIsIgnoredByItsRule) {
  rules->lifecycle.repeat.push_back(
      {.within = Minutes(10), .same_form = true, .action = RepeatAction::kIgnore});
  Send(Submitted("1", kAnn).Text("submission.form", "demo"));
  Send(Submitted("2", kAnn).HandRaise().Text("submission.form", "demo"), kStart + Minutes(9));
  EXPECT_TRUE(Requests().empty());
  Send(Submitted("3", kAnn).HandRaise().Text("submission.form", "demo"), kStart + Minutes(11));
  EXPECT_EQ(Requests().size(), 1u);
}

TEST_F(AccountTest, ARecycledLeadReopensToItsPreviousRep) {
  rules->lifecycle.repeat.push_back({.stages = {"nurture", "recycled"},
                                     .within = Days(180),
                                     .action = RepeatAction::kReopen,
                                     .to_previous_rep = true});
  Send(Submitted("1", kAnn).HandRaise());
  Change(LeadOf(kAnn), 1, Place::kAssigned, "ana");
  Send(Make(EventType::kLeadDisposed, "2").Of(kAnn).Text("event.status", "recycled"),
       kStart + Days(1));
  Send(Submitted("3", kAnn), kStart + Days(30));
  ASSERT_EQ(Requests().size(), 2u);
  EXPECT_EQ(Requests()[1].candidates[0].kind, TargetKind::kRep);
  EXPECT_EQ(Requests()[1].candidates[0].target, "ana");
  EXPECT_EQ(Requests()[1].candidates[0].via, "previous_rep");
  EXPECT_EQ(Requests()[1].reason, "repeat");
  EXPECT_EQ(LeadOf(kAnn).cycle, 1u);
}

TEST_F(AccountTest, ADisqualifiedCompetitorIsIgnoredWhileOthersGetANewLead) {
  rules->lifecycle.repeat.push_back(
      {.stages = {"disqualified"}, .reasons = {"competitor"}, .action = RepeatAction::kIgnore});
  Send(Submitted("1", kAnn));
  Send(Make(EventType::kLeadDisposed, "2").Of(kAnn).Text("event.reason", "competitor"),
       kStart + Days(1));
  Send(Submitted("3", kAnn).HandRaise(), kStart + Days(2));
  EXPECT_TRUE(Requests().empty());
  EXPECT_EQ(LeadOf(kAnn).cycle, 1u);
}

TEST_F(AccountTest, TheLastRepOfAConvertedLeadIsToldOfASubmission) {
  rules->lifecycle.repeat.push_back(
      {.stages = {"converted"}, .action = RepeatAction::kNotifyOwner});
  Send(Submitted("1", kAnn).HandRaise());
  Change(LeadOf(kAnn), 1, Place::kWorking, "ana");
  Send(Make(EventType::kLeadDisposed, "2").Of(kAnn).Text("event.status", "converted"),
       kStart + Days(1));
  Send(Submitted("3", kAnn).HandRaise(), kStart + Days(2));
  EXPECT_EQ(Count("assignment.notified"), 1u);
  EXPECT_EQ(Requests().size(), 1u);
}

// Nobody has a lead in nurture, so that no rule can tell its owner or begin another.
TEST_F(AccountTest, WhatCannotBeDoneWithALeadIsTakenAsASubmissionAndTold) {
  rules->lifecycle.repeat = {{.stages = {"nurture"},
                              .when = rules.When("submission.form", TestOp::kEq, {"trial"}),
                              .action = RepeatAction::kNotifyOwner},
                             {.stages = {"nurture"}, .action = RepeatAction::kNewLead}};
  Send(Submitted("1", kAnn).Text("submission.form", "demo"));
  const auto told = [&](std::string id, std::string_view form, Duration after) {
    Send(Submitted(std::move(id), kAnn).Text("submission.form", form), kStart + after);
    EXPECT_EQ(LeadOf(kAnn).cycle, 1u);
    const StoredDecision decision = Lead(kAnn)->decisions.front();
    EXPECT_EQ(decision.winner, "take_submission");
    return decision.passed_over;
  };
  EXPECT_THAT(told("2", "trial", Minutes(1)), testing::ElementsAre("notify_owner: nurture"));
  EXPECT_THAT(told("3", "demo", Minutes(2)), testing::ElementsAre("new_lead: nurture"));
  EXPECT_EQ(Count("lead.created"), 1u);
  EXPECT_EQ(Count("assignment.notified"), 0u);
}

TEST_F(AccountTest, ALeadThatWasClosedWithoutARepHasNobodyToTell) {
  rules->lifecycle.repeat.push_back(
      {.stages = {"disqualified"}, .action = RepeatAction::kNotifyOwner});
  Send(Submitted("1", kAnn));
  Send(Make(EventType::kLeadDisposed, "2").Of(kAnn).Text("event.reason", "spam"),
       kStart + Minutes(1));
  Send(Submitted("3", kAnn), kStart + Minutes(2));
  EXPECT_EQ(LeadOf(kAnn).cycle, 2u);
  const StoredDecision decision = Lead(kAnn)->decisions.front();
  EXPECT_EQ(decision.winner, "new_lead");
  EXPECT_THAT(decision.passed_over, testing::ElementsAre("notify_owner: no_previous_rep"));
}

class ScreeningTest : public AccountTest {
 protected:
  ScreeningTest() {
    rules->scoring.engagement.push_back(
        {.name = "Form", .points = 20, .signal = EventType::kLeadSubmitted, .id = 1});
    rules->screening.push_back({.name = "Competitor",
                                .when = rules.When("account.type", TestOp::kEq, {"competitor"}),
                                .as = "competitor"});
    rules->screening.push_back({.name = "Odd",
                                .when = rules.When("lead.title", TestOp::kEq, {"odd"}),
                                .hold_for_review = Span{{}, 1}});
  }
};

TEST_F(ScreeningTest, AScreenedLeadIsListedAndTouchesNothing) {
  Send(Submitted("1", kAnn).HandRaise().Text("account.type", "competitor"));
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kScreened);
  EXPECT_EQ(Lead(kAnn)->screened_as, "competitor");
  EXPECT_EQ(Count("lead.screened"), 1u);
  EXPECT_EQ(Count("lead.scored"), 0u);
  EXPECT_TRUE(Person(kAnn)->contributions.empty());
  EXPECT_TRUE(Requests().empty());
}

TEST_F(ScreeningTest, AReviewEndsAfterItsBusinessDaysAndTheLeadGoesOn) {
  // kStart is Tuesday, 14 November 2023, 22:13:20 UTC.
  Send(Submitted("1", kAnn).HandRaise().Text("lead.title", "odd"), kStart + Days(3));
  EXPECT_EQ(Lead(kAnn)->due, kStart + Days(6));
  stage().FireUntil(kStart + Days(6));
  EXPECT_TRUE(Requests().empty());
  stage().FireUntil(kStart + Days(6) + Seconds(1));
  ASSERT_EQ(Requests().size(), 1u);
  EXPECT_EQ(Requests()[0].reason, "hand_raise");
}

TEST_F(ScreeningTest, ALeadThatNoLongerMatchesIsReleased) {
  Send(Submitted("1", kAnn).HandRaise().Text("lead.title", "odd"));
  Send(Make(EventType::kLeadUpdated, "2").Of(kAnn).Text("lead.title", "VP"), kStart + Minutes(1));
  EXPECT_EQ(Requests().size(), 1u);
  EXPECT_EQ(Lead(kAnn)->due, kNever);
}

TEST_F(ScreeningTest, AHoldForNoTimeHoldsNothing) {
  rules->routing.hold = HoldRule{rules.When("account.employees", TestOp::kPresent), Seconds(0)};
  Send(Submitted("1", kAnn).HandRaise().Text("lead.title", "odd"));
  stage().FireUntil(kStart + Days(2));
  EXPECT_EQ(Requests().size(), 1u);
  EXPECT_EQ(Count("lead.held"), 0u);
}

class HoldTest : public AccountTest {
 protected:
  HoldTest() {
    rules->routing.hold = HoldRule{rules.When("account.employees", TestOp::kPresent), Seconds(90)};
  }
};

TEST_F(HoldTest, RoutingWaitsForEnrichmentButNotForEver) {
  Send(Submitted("1", kAnn).HandRaise());
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kHeld);
  EXPECT_EQ(Count("lead.held"), 1u);
  stage().FireUntil(kStart + Seconds(90));
  EXPECT_TRUE(Requests().empty());
  stage().FireUntil(kStart + Seconds(91));
  ASSERT_EQ(Requests().size(), 1u);
  EXPECT_EQ(Requests()[0].reason, "hand_raise");
}

TEST_F(HoldTest, AnAccountThatArrivesReleasesItsPeopleAtOnce) {
  Send(Submitted("1", kAnn).HandRaise());
  Send(Submitted("2", "bob@acme.com").HandRaise());
  EventBuilder upserted = Make(EventType::kAccountUpserted, "3").Int("account.employees", 500);
  upserted.event.home = "d:acme.com";
  Send(upserted, kStart + Seconds(5));
  EXPECT_EQ(Requests().size(), 2u);
  stage().FireUntil(kStart + Seconds(200));
  EXPECT_EQ(Requests().size(), 2u);
}

TEST_F(HoldTest, WhatIsKnownAlreadyIsNotWaitedFor) {
  Send(Submitted("1", kAnn).HandRaise().Int("account.employees", 3));
  EXPECT_EQ(Requests().size(), 1u);
}

}  // namespace
}  // namespace pm::account
