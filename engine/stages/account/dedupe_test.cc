#include "engine/stages/account/testing.h"

namespace pm::account {
namespace {

TEST_F(AccountTest, TheSameEventAgainChangesNothing) {
  Send(Submitted("1", "ann@acme.com").HandRaise());
  const auto before = stage().rows.Dump();
  const size_t outputs = stage().outputs.size();
  Send(Submitted("1", "ann@acme.com").HandRaise().OccurredAt(kStart), kStart + Days(6));
  EXPECT_EQ(stage().rows.Dump(), before);
  EXPECT_EQ(stage().outputs.size(), outputs) << stage().outputs.back().json;
}

TEST_F(AccountTest, AnotherEventUnderTheSameIdIsADeadLetterWithItsBytes) {
  Send(Submitted("1", "ann@acme.com"));
  Send(Submitted("1", "ann@acme.com").HandRaise());
  ASSERT_EQ(Count("dead_letter.written"), 1u);
  EXPECT_NE(Last("dead_letter.written").find("\"reason\":\"id_reused\""), std::string::npos);
  EXPECT_NE(Last("dead_letter.written").find("\"original\":\"MQ==\""), std::string::npos);
  EXPECT_TRUE(Requests().empty());
}

TEST_F(AccountTest, ThePairOfSourceAndIdIsTheKey) {
  Send(Submitted("1", "ann@acme.com"));
  Send(Submitted("1", "ann@acme.com").From("crm"));
  EXPECT_EQ(Count("dead_letter.written"), 0u);
}

TEST_F(AccountTest, AfterSevenDaysTheRowIsGoneAndTheIdIsFree) {
  Send(Submitted("1", "ann@acme.com"));
  EXPECT_EQ(stage().rows.CountRows(SeenRow::kPrefix), 1u);
  stage().FireUntil(kStart + Days(7) + Seconds(1));
  EXPECT_EQ(stage().rows.CountRows(SeenRow::kPrefix), 0u);
}

TEST_F(AccountTest, TheWindowIsComparedOnReadingNotByTheTidying) {
  Send(Submitted("1", "ann@acme.com"));
  Send(Submitted("1", "ann@acme.com").HandRaise(), kStart + Days(7));
  EXPECT_EQ(Count("dead_letter.written"), 0u);
  EXPECT_EQ(Requests().size(), 1u);
}

}  // namespace
}  // namespace pm::account
