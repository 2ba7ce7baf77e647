#include "engine/stages/account/testing.h"

namespace pm::account {
namespace {

constexpr int kPeople = 250;  // three parts of a sweep

class SweepTest : public AccountTest {
 protected:
  SweepTest() {
    rules->routing.hold = HoldRule{rules.When("account.employees", TestOp::kPresent), Hours(1)};
  }
  void HoldEverybody() {
    for (int i = 0; i < kPeople; ++i)
      Send(Submitted(fmt::format("s{}", i), fmt::format("p{}@acme.com", i)).HandRaise());
    ASSERT_TRUE(Requests().empty());
  }
};

TEST_F(SweepTest, WhatAFormSaysOfTheCompanyReachesItsPeopleAHundredAStep) {
  HoldEverybody();
  Send(Submitted("new", "new@acme.com").Int("account.employees", 50), kStart + Minutes(1));
  EXPECT_TRUE(Requests().empty());
  stage().FireUntil(kStart + Minutes(1) + Milliseconds(1));
  EXPECT_GE(Requests().size(), 99u);  // the newcomer may be among the hundred
  EXPECT_LE(Requests().size(), 100u);
  stage().FireUntil(kStart + Minutes(2));
  EXPECT_EQ(Requests().size(), 250u);
  EXPECT_EQ(stage().Row<AccountRow>({HomeOf("d:acme.com")})->due, kNever);
}

TEST_F(SweepTest, WhatTheSystemOfRecordSaysReachesThemToo) {
  HoldEverybody();
  Send(Make(EventType::kAccountUpserted, "u").Int("account.employees", 50), kStart + Minutes(1),
       "d:acme.com");
  EXPECT_EQ(Requests().size(), 100u);
  stage().FireUntil(kStart + Minutes(2));
  EXPECT_EQ(Requests().size(), 250u);
}

TEST_F(SweepTest, ANewChangeBeginsTheSweepAnew) {
  HoldEverybody();
  Send(Submitted("new", "new@acme.com").Int("account.employees", 50), kStart + Minutes(1));
  stage().FireUntil(kStart + Minutes(1) + Milliseconds(1));
  ASSERT_LE(Requests().size(), 100u);
  Send(Submitted("other", "other@acme.com").Int("account.employees", 60),
       kStart + Minutes(1) + Milliseconds(1));
  stage().FireUntil(kStart + Minutes(2));
  EXPECT_EQ(Requests().size(), 250u) << "nobody twice, nobody left out";
}

}  // namespace
}  // namespace pm::account
