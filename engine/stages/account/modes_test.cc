#include <gmock/gmock.h>

#include "engine/stages/account/testing.h"

namespace pm::account {
namespace {

using testing::SizeIs;

constexpr std::string_view kAnn = "ann@acme.com";

class ModesTest : public AccountTest {};

TEST_F(ModesTest, ALeadWhoseChainIsTooLongIsRoutedAtTheNextTick) {
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
