#include <gmock/gmock.h>

#include "engine/stages/account/testing.h"

namespace pm::account {
namespace {

using testing::SizeIs;

constexpr std::string_view kAnn = "ann@acme.com";

class RehearsalTest : public AccountTest {};

TEST_F(RehearsalTest, ALiveSubmissionEndsAShadowLeadAndBeginsItsOwn) {
  Send(Submitted("1", kAnn).HandRaise(), kStart, {}, Mode::kShadow);
  const LeadId shadow = LeadOf(kAnn);
  EXPECT_EQ(Lead(kAnn)->mode, Mode::kShadow);
  Send(Submitted("2", kAnn).HandRaise(), kStart + Minutes(1));
  EXPECT_NE(LeadOf(kAnn), shadow);
  EXPECT_EQ(Lead(kAnn)->mode, Mode::kLive);
  ASSERT_THAT(Notices(), SizeIs(1));
  EXPECT_EQ(Notices()[0].lead, shadow);
  EXPECT_EQ(Notices()[0].kind, NoticeKind::kWithdrawn);
  EXPECT_EQ(stage().messages[1].mode, Mode::kShadow) << "its end is told in its own mode";
  ASSERT_THAT(Requests(), SizeIs(2));
  EXPECT_EQ(Requests()[1].card.lead, LeadOf(kAnn));
  EXPECT_EQ(Requests()[1].seq, 1U);
}

TEST_F(RehearsalTest, WhatWasThereBeforeTheShadowLeadIsThePersonsLeadAgain) {
  rules->lifecycle.repeat.push_back(
      {.stages = {"disqualified"}, .within = Days(3), .action = RepeatAction::kNewLead});
  rules->lifecycle.repeat.push_back({.stages = {"disqualified"}, .action = RepeatAction::kReopen});
  Send(Submitted("1", kAnn));
  const LeadId first = LeadOf(kAnn);
  Send(Make(EventType::kLeadDisposed, "2").Of(kAnn).Text("event.status", "disqualified"));
  Send(Submitted("3", kAnn).HandRaise(), kStart + Days(1), {}, Mode::kShadow);
  EXPECT_NE(LeadOf(kAnn), first) << "a cycle in shadow";
  Send(Submitted("4", kAnn).HandRaise(), kStart + Days(9));
  EXPECT_EQ(LeadOf(kAnn), first);
}

TEST_F(RehearsalTest, AShadowSubmissionLeavesALiveLeadAtItsDesk) {
  Send(Submitted("1", kAnn).HandRaise());
  const LeadId live = LeadOf(kAnn);
  Send(Submitted("2", kAnn).HandRaise(), kStart + Minutes(1), {}, Mode::kShadow);
  EXPECT_EQ(LeadOf(kAnn), live);
  EXPECT_EQ(Lead(kAnn)->mode, Mode::kLive);
  EXPECT_THAT(Requests(), SizeIs(1));
}

TEST_F(RehearsalTest, ALeadWhoseChainIsTooLongIsRoutedAtTheNextTick) {
  Event event = Submitted("1", kAnn).HandRaise().event;
  EventBuilder builder = Submitted("1", kAnn).HandRaise();
  event.fields.bytes = builder.fields.Build();
  event.occurred_at = kStart;
  Message message;
  message.to = Stage::kAccount;
  message.type = MessageType::kEvent;
  message.key = HomeKey(HomeOf(event.home));
  message.hops = kMaxHops - 1;
  message.id = message.root = Derive(EventId{1, 2}, 0, 1);
  message.at = kStart;
  message.body = Encoded(event);
  stage().Deliver(message);
  EXPECT_THAT(Requests(), SizeIs(0));
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kHeld);
  stage().FireUntil(kStart + Seconds(1));
  EXPECT_THAT(Requests(), SizeIs(1));
  EXPECT_EQ(Lead(kAnn)->place, LeadPlace::kQueued);
}

}  // namespace
}  // namespace pm::account
