#include "engine/runtime/kafka/client/passing_errors.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <vector>

namespace pm {
namespace {

class PassingErrorsTest : public testing::Test {
 protected:
  void NoteFor(Duration time, std::string_view text) {
    for (const Instant end = clock_.Now() + time; clock_.Now() < end;
         clock_.Advance(Milliseconds(500)))
      passing_.Note(text);
  }

  ManualClock clock_{Instant{1'000'000}};
  std::vector<std::string> lines_;
  PassingErrors passing_{[this](std::string_view line) { lines_.emplace_back(line); }, clock_};
};

TEST_F(PassingErrorsTest, ACauseIsSaidOnceItLastsAndThenSeldom) {
  NoteFor(Seconds(2), "the offsets of group g: away");
  EXPECT_TRUE(lines_.empty());
  NoteFor(Seconds(23), "the offsets of group g: away");
  EXPECT_EQ(lines_, (std::vector<std::string>{
                        "tried again for 2 s, 5 times: the offsets of group g: away",
                        "tried again for 12 s, 25 times: the offsets of group g: away",
                        "tried again for 22 s, 45 times: the offsets of group g: away"}));
}

TEST_F(PassingErrorsTest, ACallThatTookLongIsSaidAtOnce) {
  passing_.Note("to flush: too slow", Seconds(30));
  EXPECT_EQ(lines_, std::vector<std::string>{"tried again for 30 s, 1 times: to flush: too slow"});
}

TEST_F(PassingErrorsTest, WhatSucceedsMeanwhileIsNotTheSameTrouble) {
  for (int i = 0; i < 100; ++i) {
    NoteFor(Seconds(1), "the offsets of group g: a transaction is open");
    passing_.Over("the offsets of group g");
  }
  EXPECT_TRUE(lines_.empty() && passing_.empty());
  NoteFor(Seconds(3), "the offsets of group g2: a transaction is open");
  passing_.Over("the offsets of group g");
  EXPECT_FALSE(passing_.empty()) << "another's";
}

TEST_F(PassingErrorsTest, EachCauseIsSaidWhateverStandsInParentheses) {
  for (int i = 0; i < 8; ++i, clock_.Advance(Milliseconds(500))) {
    passing_.Note(fmt::format("to poll: b:1 refused (after {} ms)", i));
    passing_.Note(fmt::format("to poll: b:2 refused (after {} ms)", i));
  }
  EXPECT_EQ(lines_, (std::vector<std::string>{
                        "tried again for 2 s, 5 times: to poll: b:1 refused (after 4 ms)",
                        "tried again for 2 s, 5 times: to poll: b:2 refused (after 4 ms)"}));
}

TEST_F(PassingErrorsTest, TheLongestIsKnownUntilItIsOver) {
  NoteFor(Seconds(5), "a: one");
  NoteFor(Seconds(2), "b: two");
  ASSERT_TRUE(passing_.longest().has_value());
  EXPECT_EQ(passing_.longest()->text, "a: one");
  EXPECT_EQ(passing_.longest()->time, Seconds(7));
  passing_.Over("a");
  EXPECT_EQ(passing_.longest()->text, "b: two");
  passing_.AllOver();
  EXPECT_FALSE(passing_.longest().has_value());
}

TEST_F(PassingErrorsTest, WhatComesNoMoreIsForgottenAndCausesAreBounded) {
  passing_.Note("a: one");
  clock_.Advance(Seconds(61));
  passing_.Note("a: one");
  EXPECT_EQ(passing_.longest()->time, Duration{}) << "it begins anew";
  for (int i = 0; i < 1000; ++i, clock_.Advance(Milliseconds(1)))
    passing_.Note(fmt::format("{}", i));
  EXPECT_EQ(passing_.longest()->time, Milliseconds(100)) << "a hundred are known";
}

}  // namespace
}  // namespace pm
