#include "rules/condition_share.h"

#include <gtest/gtest.h>

#include "rules/condition_make.h"

namespace pm {
namespace {

class ConditionSharingTest : public testing::Test {
 protected:
  Condition When(std::string_view field, TestOp op, std::vector<std::string> literals = {},
                 OnMissing on_missing = OnMissing::kUnknown) {
    return MakeTest({fields_.Find(field), op, std::move(literals), nullptr, on_missing}, &slots_)
        .value();
  }
  Condition InGermany() { return When("lead.country", TestOp::kEq, {"DE"}); }
  Condition Large() { return When("account.employees", TestOp::kGte, {"200"}); }
  Condition Both() { return AllOf(std::vector<Condition>{InGermany(), Large()}); }

  FieldTable fields_;
  Slots slots_;
  ConditionSharing sharing_;
};

TEST_F(ConditionSharingTest, WhatIsEqualIsTheSame) {
  const Condition first = sharing_.Share(Both());
  const Condition second = sharing_.Share(AllOf(std::vector<Condition>{Large(), InGermany()}));
  EXPECT_EQ(first.shared_root()->children[0], second.shared_root()->children[1]);
  EXPECT_EQ(first.shared_root()->children[1], second.shared_root()->children[0]);
  EXPECT_NE(first.shared_root(), second.shared_root());
  EXPECT_EQ(sharing_.Share(Both()).shared_root(), first.shared_root());
  EXPECT_EQ(first.Text(), Both().Text());
}

TEST_F(ConditionSharingTest, WhatDiffersInAnythingStaysApart) {
  const std::vector<Condition> all = {InGermany(),
                                      When("lead.country", TestOp::kEq, {"AT"}),
                                      When("lead.country", TestOp::kEq, {"DE"}, OnMissing::kMatch),
                                      When("lead.country", TestOp::kIn, {"DE"}),
                                      When("account.country", TestOp::kEq, {"DE"}),
                                      When("lead.title", TestOp::kMatches, {"a"}),
                                      When("lead.title", TestOp::kMatches, {"b"}),
                                      NotOf(InGermany()),
                                      AllOf(std::vector<Condition>{InGermany(), Large()}),
                                      AnyOf(std::vector<Condition>{InGermany(), Large()}),
                                      AnyOf({})};
  for (const Condition& one : all) {
    EXPECT_EQ(sharing_.Share(one).Text(), one.Text());
    for (const Condition& other : all) {
      EXPECT_EQ(sharing_.Share(one).shared_root() == sharing_.Share(other).shared_root(),
                &one == &other);
    }
  }
  EXPECT_TRUE(sharing_.Share({}).always());
}

}  // namespace
}  // namespace pm
