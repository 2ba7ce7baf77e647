#include "engine/stages/account/testing.h"

namespace pm::account {
namespace {

constexpr std::string_view kAnn = "ann@acme.com";

class RoutingTest : public AccountTest {
 protected:
  Route To(std::string name, Target to) {
    Route route;
    route.name = std::move(name);
    route.to = std::move(to);
    return route;
  }
  RouteRequest Raise() {
    Send(Submitted("1", kAnn)
             .HandRaise()
             .Text("account.owner", "ada")
             .Text("account.type", "customer"));
    PM_CHECK(Requests().size() == 1);
    return Requests()[0];
  }
  std::vector<std::string> Targets(const RouteRequest& request) {
    std::vector<std::string> targets;
    for (const Candidate& c : request.candidates) targets.push_back(c.target);
    return targets;
  }
  using Names = std::vector<std::string>;
};

TEST_F(RoutingTest, CandidatesStandInRuleOrderAndEndWithOtherwise) {
  rules->routing.routes.push_back(To("a", {.name = "team"}));
  EXPECT_EQ(Targets(Raise()), (Names{"team", "house"}));
}

TEST_F(RoutingTest, AQueueEndsTheList) {
  rules->pools.push_back({.name = "strike", .strategy = PoolStrategy::kQueue});
  rules->routing.routes.push_back(To("a", {.name = "strike"}));
  rules->routing.routes.push_back(To("b", {.name = "team"}));
  EXPECT_EQ(Targets(Raise()), (Names{"strike"}));
}

TEST_F(RoutingTest, WhatComesBehindElseIsTheNextRoute) {
  rules->routing.routes.push_back(
      To("a", {.from = TargetFrom::kOwner, .field = Field("account.owner"), .else_pool = "team"}));
  rules.slots().Add(Field("account.owner"));
  const RouteRequest request = Raise();
  EXPECT_EQ(Targets(request), (Names{"ada", "house"}));
  EXPECT_EQ(request.candidates[0].else_pool, "team");
  EXPECT_EQ(request.candidates[0].via, "owner");
}

TEST_F(RoutingTest, AQueueAsElseEndsTheList) {
  rules->pools.push_back({.name = "strike", .strategy = PoolStrategy::kQueue});
  rules->routing.routes.push_back(To(
      "a", {.from = TargetFrom::kOwner, .field = Field("account.owner"), .else_pool = "strike"}));
  rules->routing.routes.push_back(To("b", {.name = "team"}));
  rules.slots().Add(Field("account.owner"));
  EXPECT_EQ(Targets(Raise()), (Names{"ada"}));
}

TEST_F(RoutingTest, TheDeskLooksForTheSdrOfAnOwner) {
  rules->routing.routes.push_back(
      To("a", {.from = TargetFrom::kSdrOf, .field = Field("account.owner")}));
  rules.slots().Add(Field("account.owner"));
  const RouteRequest request = Raise();
  EXPECT_EQ(Targets(request), (Names{"ada", "house"}));
  EXPECT_EQ(request.candidates[0].kind, TargetKind::kSdrOf);
}

TEST_F(RoutingTest, AnUnresolvedTargetFallsThroughWithItsReason) {
  rules->routing.routes.push_back(
      To("sdr", {.from = TargetFrom::kSdrOf, .field = Field("lead.linkedin")}));
  rules.slots().Add(Field("lead.linkedin"));
  EXPECT_EQ(Targets(Raise()), (Names{"house"}));
  EXPECT_NE(Last("decision.made").find("\"passed_over\":[\"sdr: no_target\"]"), std::string::npos);
}

TEST_F(RoutingTest, AnUnresolvedTargetWithElseGoesThere) {
  rules->routing.routes.push_back(To(
      "sdr", {.from = TargetFrom::kSdrOf, .field = Field("lead.linkedin"), .else_pool = "team"}));
  rules.slots().Add(Field("lead.linkedin"));
  const RouteRequest request = Raise();
  EXPECT_EQ(request.candidates[0].target, "team");
  EXPECT_EQ(request.candidates[0].via, "else");
}

TEST_F(RoutingTest, NestedRoutesInheritAndFallBackToTheNextRoute) {
  Route outer;
  outer.name = "customers";
  outer.when = rules.When("account.type", TestOp::kEq, {"customer"});
  outer.priority = "urgent";
  Route inner = To("inner", {.name = "team"});
  Route never = To("never", {.name = "team"});
  never.when = rules.When("account.type", TestOp::kEq, {"partner"});
  outer.nested = {never, inner};
  rules->routing.routes.push_back(outer);
  const RouteRequest request = Raise();
  EXPECT_EQ(Targets(request), (Names{"team", "house"}));
  EXPECT_EQ(request.candidates[0].route, "inner");
  EXPECT_EQ(request.candidates[0].priority, "urgent");
  EXPECT_EQ(request.candidates[1].priority, "normal");
}

TEST_F(RoutingTest, PoliciesArePinnedByHash) {
  rules.AddSla({.name = "hot", .hash = {1, 2}});
  Route route = To("a", {.name = "team"});
  route.sla = "hot";
  rules->routing.routes.push_back(route);
  const RouteRequest request = Raise();
  EXPECT_EQ(request.candidates[0].sla, "hot");
  EXPECT_EQ(request.candidates[0].sla_hash, (ContentHash{1, 2}));
}

TEST_F(RoutingTest, TheDecisionIsKeptWithItsFacts) {
  rules->routing.routes.push_back(To("a", {.name = "team"}));
  rules->routing.routes[0].when = rules.When("account.type", TestOp::kEq, {"customer"});
  const RouteRequest request = Raise();
  const auto& decisions = Lead(kAnn)->decisions;
  const auto it = std::ranges::find(decisions, "routing", &StoredDecision::kind);
  ASSERT_NE(it, decisions.end());
  EXPECT_EQ(it->id, request.decision);
  EXPECT_EQ(it->winner, "a");
  EXPECT_EQ(FieldBlock(it->facts).Text(Field("account.type")), "customer");
}

TEST_F(RoutingTest, TheDeskIsTheFirstCandidatesPoolsDesk) {
  rules->pools.push_back({.name = "emea", .desk = "berlin"});
  rules->routing.routes.push_back(To("a", {.name = "emea"}));
  Raise();
  EXPECT_EQ(stage().messages.back().key, "berlin");
  EXPECT_EQ(Lead(kAnn)->desk, "berlin");
}

TEST_F(RoutingTest, ALeadDeliveredTooLateGetsTheStandardSla) {
  rules.AddSla({.name = "standard", .hash = {3, 4}});
  rules.AddSla({.name = "hot", .hash = {1, 2}});
  rules->routing.otherwise.sla = "standard";
  Route route = To("a", {.name = "team"});
  route.sla = "hot";
  rules->routing.routes.push_back(route);
  Send(Submitted("1", kAnn).HandRaise().OccurredAt(kStart - Days(8)));
  const RouteRequest request = Requests().at(0);
  ASSERT_FALSE(request.candidates.empty());
  for (const Candidate& candidate : request.candidates) {
    EXPECT_EQ(candidate.sla, "standard");
    EXPECT_EQ(candidate.sla_hash, (ContentHash{3, 4}));
  }
}

TEST_F(RoutingTest, NewsOfTheDeskMovesTheLeadAndOlderNewsDoesNot) {
  Raise();
  const LeadId lead = LeadOf(kAnn);
  Change(lead, 1, Place::kAssigned, "ana");
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kAssigned);
  EXPECT_EQ(Lead(kAnn)->stage, "assigned");
  Change(lead, 2, Place::kAssigned, "bo");
  EXPECT_EQ(Lead(kAnn)->previous_rep, "ana");
  Change(lead, 1, Place::kWorking, "ana");
  EXPECT_EQ(Lead(kAnn)->rep, "bo");
  Change(lead, 2, Place::kAccepted, "bo");
  EXPECT_EQ(Lead(kAnn)->stage, "accepted");
  Change(lead, 2, Place::kQueued, "");
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kQueued);
  EXPECT_EQ(Lead(kAnn)->stage, "queued");
}

TEST_F(RoutingTest, NewsThatCrossesADisposalUsesUpItsNumber) {
  Raise();
  const LeadId lead = LeadOf(kAnn);
  Change(lead, 1, Place::kAssigned, "ana");
  Send(Make(EventType::kLeadDisposed, "2").Of(kAnn).Text("event.reason", "recycled"));
  Change(lead, 2, Place::kAssigned, "bo");
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kNurture);
  EXPECT_EQ(Lead(kAnn)->rep, "");
  Send(Submitted("3", kAnn).HandRaise(), kStart + Days(1));
  EXPECT_EQ(Requests().back().seq, 3u);
}

TEST_F(RoutingTest, ADeskThatHasALeadWhichEndedIsToldAgain) {
  Raise();
  const LeadId lead = LeadOf(kAnn);
  Send(Make(EventType::kLeadDisposed, "2").Of(kAnn).Text("event.reason", "recycled"));
  ASSERT_EQ(Notices().size(), 1u);
  Change(lead, 2, Place::kAssigned, "bo");
  ASSERT_EQ(Notices().size(), 2u);
  EXPECT_EQ(Notices()[1].kind, NoticeKind::kClosed);
  EXPECT_EQ(Notices()[1].reason, "recycled");
  EXPECT_EQ(Notices()[1].round, Notices()[0].round);
}

TEST_F(RoutingTest, AtTheEndOfTheChainADeskIsNotToldAgain) {
  Raise();
  const LeadId lead = LeadOf(kAnn);
  Send(Make(EventType::kLeadDisposed, "2").Of(kAnn).Text("event.reason", "recycled"));
  Message last;
  last.to = Stage::kAccount;
  last.type = MessageType::kAssignmentChanged;
  last.key = HomeKey(HomeOf("d:acme.com"));
  last.hops = kMaxHops;
  last.id = last.root = Derive(EventId{1, 2}, 0, 1);
  last.at = kStart;
  last.body = Encoded(AssignmentChanged{
      .lead = lead, .desk = "main", .seq = 2, .place = Place::kAssigned, .rep = "bo"});
  stage().Deliver(last);
  EXPECT_EQ(Notices().size(), 1u);
  EXPECT_EQ(Count("dead_letter.written"), 0u);
  EXPECT_EQ(Lead(kAnn)->seq, 2u);
}

TEST_F(RoutingTest, NewsOfAnOlderRouteRequestMovesNothing) {
  Raise();
  const LeadId lead = LeadOf(kAnn);
  Send(Make(EventType::kLeadDisposed, "2").Of(kAnn).Text("event.reason", "recycled"));
  Send(Submitted("3", kAnn).HandRaise(), kStart + Days(1));
  ASSERT_EQ(Requests().size(), 2u);
  const uint32_t first = Requests()[0].card.round;
  EXPECT_EQ(Requests()[1].card.round, first + 1);
  ChangeOfRound(first, lead, 7, Place::kAssigned, "bo");
  EXPECT_EQ(Lead(kAnn)->rep, "");
  EXPECT_EQ(Notices().size(), 1u);  // the request ends it on its way
  Change(lead, 2, Place::kAssigned, "ana");
  EXPECT_EQ(Lead(kAnn)->rep, "ana");
}

TEST_F(RoutingTest, ALeadIsRoutedAnewByTheDeskThatHadItLast) {
  rules->pools[1].desk = "east";
  rules->routing.routes.push_back(To("a", {.name = "team"}));
  Raise();
  EXPECT_EQ(stage().messages.back().key, "east");
  Send(Make(EventType::kLeadDisposed, "2").Of(kAnn).Text("event.reason", "recycled"));
  Change(LeadOf(kAnn), 1, Place::kAssigned, "ana");  // at desk main, and late
  Send(Submitted("3", kAnn).HandRaise(), kStart + Days(1));
  ASSERT_EQ(Requests().size(), 2u);
  EXPECT_EQ(Targets(Requests()[1]), (Names{"team", "house"}));
  EXPECT_EQ(stage().messages.back().key, "main");
}

TEST_F(RoutingTest, AReturnedLeadRoutesAnewAndAtLastStopsWithAnAlert) {
  rules->routing.routes.push_back(To("a", {.name = "team"}));
  Raise();
  const LeadId lead = LeadOf(kAnn);
  Change(lead, 1, Place::kReturned, "");
  ASSERT_EQ(Requests().size(), 2u);
  EXPECT_EQ(Requests()[1].seq, 2u);
  Change(lead, 2, Place::kReturned, "");
  EXPECT_EQ(Targets(Requests()[2]), (Names{"house"}));
  Change(lead, 3, Place::kReturned, "");
  Change(lead, 4, Place::kReturned, "");
  EXPECT_EQ(Requests().size(), 4u);
  EXPECT_EQ(Count("alert.raised"), 1u);
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kNurture);
}

TEST_F(RoutingTest, TheCardIsSentAgainOnlyWhenItChanges) {
  rules->card_fields = {Field("lead.title")};
  Raise();
  Change(LeadOf(kAnn), 1, Place::kAssigned, "ana");
  Send(Make(EventType::kLeadUpdated, "2").Of(kAnn).Text("lead.city", "Bonn"), kStart + Minutes(1));
  EXPECT_TRUE(Cards().empty());
  Send(Make(EventType::kLeadUpdated, "3").Of(kAnn).Text("lead.title", "VP"), kStart + Minutes(2));
  ASSERT_EQ(Cards().size(), 1u);
  EXPECT_EQ(FieldBlock(Cards()[0].fields).Text(Field("lead.title")), "VP");
}

TEST_F(RoutingTest, TouchesMeetingsAndStatusReachTheDesk) {
  Raise();
  Change(LeadOf(kAnn), 1, Place::kAssigned, "ana");
  stage().Forget();
  Send(Make(EventType::kTouchRecorded, "2").Of(kAnn).Text("event.rep", "ana"));
  Send(Make(EventType::kMeetingBooked, "3").Of(kAnn));
  Send(Make(EventType::kLeadUpdated, "4").Of(kAnn).Text("lead.status", "waiting_on_prospect"));
  Send(Make(EventType::kLeadOwnerChanged, "5").Of(kAnn).Text("event.to", "bo"));
  ASSERT_EQ(Notices().size(), 4u);
  EXPECT_EQ(Notices()[0].kind, NoticeKind::kTouch);
  EXPECT_EQ(Notices()[0].rep, "ana");
  EXPECT_EQ(Notices()[1].kind, NoticeKind::kMeeting);
  EXPECT_EQ(Notices()[2].kind, NoticeKind::kStatus);
  EXPECT_EQ(Notices()[2].reason, "waiting_on_prospect");
  EXPECT_EQ(Notices()[3].kind, NoticeKind::kOwnerChanged);
  EXPECT_EQ(Notices()[3].rep, "bo");
}

TEST_F(RoutingTest, RequestsGoToTheDeskOrAreRefused) {
  Send(Submitted("1", kAnn));
  Send(Make(EventType::kLeadAccept, "2").About(LeadOf(kAnn)), kStart, "d:acme.com");
  EXPECT_NE(Last("request.refused").find("not_at_a_desk"), std::string::npos);
  Send(Make(EventType::kLeadAccept, "3").About(LeadId{{HomeOf("d:acme.com").hash, 9}, 1}), kStart,
       "d:acme.com");
  EXPECT_NE(Last("request.refused").find("unknown_lead"), std::string::npos);
  Send(Submitted("4", kAnn).HandRaise());
  stage().Forget();
  Send(Make(EventType::kLeadAccept, "5").About(LeadOf(kAnn)), kStart, "d:acme.com");
  EXPECT_EQ(stage().Kept<Event>(MessageType::kEvent).size(), 1u);
  EXPECT_EQ(Count("request.refused"), 0u);
}

TEST_F(RoutingTest, ARefusedChannelIsOnTheCardWhicheverItIs) {
  Raise();
  Change(LeadOf(kAnn), 1, Place::kAssigned, "ana");
  using Channels = std::vector<std::string>;
  const auto refuse = [&](std::string_view channel, int64_t minute) {
    stage().Forget();
    Send(Make(EventType::kConsentChanged, fmt::format("c{}", minute))
             .Of(kAnn)
             .Text("event.channel", channel)
             .Text("event.status", "refused"),
         kStart + Minutes(minute));
    const std::vector<LeadCard> cards = Cards();
    return cards.empty() ? Channels{"no card"} : cards[0].refused;
  };
  EXPECT_EQ(refuse("linkedin", 1), (Channels{"linkedin"}));
  EXPECT_EQ(refuse("email", 2), (Channels{"email", "linkedin"}));
  EXPECT_EQ(refuse("email", 3), (Channels{"no card"})) << "nothing new";
  EXPECT_EQ(refuse("call", 4), (Channels{"email", "call", "sms", "linkedin"})) << "one number";
  EXPECT_EQ(refuse("all", 5), (Channels{"email", "call", "sms", "linkedin", "task"}));
}

TEST_F(RoutingTest, ALeadSuppressedOnEveryChannelIsNotRouted) {
  Send(Make(EventType::kSuppressionAdded, "1").Of(kAnn).Text("event.scope", "person"), kStart,
       "d:acme.com");
  Send(Submitted("2", kAnn).HandRaise());
  EXPECT_TRUE(Requests().empty());
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kNurture);
  EXPECT_NE(Last("decision.made").find("suppressed"), std::string::npos);
}

EventBuilder WideOf(EventType type, std::string id, std::string_view domain,
                    std::string_view channel = "") {
  EventBuilder wide = Make(type, std::move(id));
  wide.Text("event.scope", "domain").Text("account.domain", domain);
  if (!channel.empty()) wide.Text("event.channel", channel);
  return wide;
}

TEST_F(RoutingTest, AWideSuppressionOfOneChannelRoutesAndOfAllDoesNot) {
  Send(WideOf(EventType::kSuppressionAdded, "1", "acme.com", "email"), kStart, "d:anything.com");
  Raise();
  EXPECT_EQ(Requests().size(), 1u);
  Send(WideOf(EventType::kSuppressionAdded, "2", "other.com"), kStart, "d:anything.com");
  Send(Submitted("3", "bo@other.com").HandRaise());
  EXPECT_EQ(Requests().size(), 1u);
}

TEST_F(RoutingTest, ASuppressionThatComesDuringAHoldKeepsTheLeadFromItsRoute) {
  rules->routing.hold = HoldRule{rules.When("account.employees", TestOp::kPresent), Seconds(60)};
  Send(Submitted("1", kAnn).HandRaise());
  ASSERT_EQ(Lead(kAnn)->place, LeadPlace::kHeld);
  Send(WideOf(EventType::kSuppressionAdded, "2", "acme.com"), kStart, "d:anything.com");
  stage().FireUntil(kStart + Minutes(2));
  EXPECT_TRUE(Requests().empty());
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kNurture);
}

TEST_F(RoutingTest, TheEndOfASuppressionRoutesWhatWaitedOnceAHundredAStep) {
  Send(WideOf(EventType::kSuppressionAdded, "1", "acme.com"), kStart, "d:anything.com");
  for (int i = 0; i < 250; ++i)
    Send(Submitted(fmt::format("s{}", i), fmt::format("p{}@acme.com", i)).HandRaise());
  ASSERT_TRUE(Requests().empty());
  Send(WideOf(EventType::kSuppressionRemoved, "2", "acme.com"), kStart + Minutes(1),
       "d:anything.com");
  EXPECT_TRUE(Requests().empty()) << "the desks read it first";
  stage().FireUntil(kStart + Minutes(1) + Milliseconds(1));
  EXPECT_EQ(Requests().size(), 100u);
  stage().FireUntil(kStart + Minutes(2));
  EXPECT_EQ(Requests().size(), 250u);
  Send(WideOf(EventType::kSuppressionRemoved, "3", "acme.com"), kStart + Minutes(3),
       "d:anything.com");
  Send(Make(EventType::kSiteVisited, "v").Of("p1@acme.com"), kStart + Minutes(4));
  stage().FireUntil(kStart + Minutes(5));
  EXPECT_EQ(Requests().size(), 250u) << "nobody twice";
}

TEST_F(RoutingTest, ALeadThatWasClosedMeanwhileWaitsForNothing) {
  Send(WideOf(EventType::kSuppressionAdded, "1", "acme.com"), kStart, "d:anything.com");
  Send(Submitted("2", kAnn).HandRaise());
  Send(Make(EventType::kLeadDisposed, "3").Of(kAnn).Text("event.reason", "spam"));
  Send(WideOf(EventType::kSuppressionRemoved, "4", "acme.com"), kStart + Minutes(1),
       "d:anything.com");
  stage().FireUntil(kStart + Minutes(2));
  EXPECT_TRUE(Requests().empty());
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kClosed);
}

}  // namespace
}  // namespace pm::account
