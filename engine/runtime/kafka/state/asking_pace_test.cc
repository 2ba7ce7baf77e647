#include "engine/runtime/kafka/state/asking_pace.h"

#include <gtest/gtest.h>

#include "engine/runtime/kafka/fake/fake_kafka.h"

namespace pm {
namespace {

class AskingPaceTest : public testing::Test {
 protected:
  // Asks whoever may be asked of these for so long, a step at a time; how often each was.
  std::map<std::string, int> AskFor(Duration time, std::set<std::string> whom) {
    std::map<std::string, int> asked;
    for (const Duration end = clock_.Measure() + time; clock_.Measure() < end;) {
      for (const std::string& one : whom) {
        if (!pace_.MayAsk(one)) continue;
        ++asked[one];
        std::ignore = pace_.Ask(one, [&] { return Answer(one); });
      }
      clock_.Advance(Milliseconds(10));
    }
    return asked;
  }
  Result<void> Answer(const std::string& whom) {
    if (!silent_.contains(whom)) return {};
    clock_.Advance(AskingPace::kAnswer);
    waited_ = waited_ + AskingPace::kAnswer;
    return Fail(kKafkaRetry, "nobody answers");
  }

  ManualClock clock_{Instant{0}};
  FakeBroker broker_{{}};
  FakeClient client_{broker_, "group", "w", {}};
  AskingPace pace_{client_, clock_};
  std::set<std::string> silent_;
  Duration waited_;
};

TEST_F(AskingPaceTest, WhoAnswersIsAskedAtAnyTime) {
  EXPECT_EQ(AskFor(Seconds(1), {"a"}).at("a"), 100);
}

TEST_F(AskingPaceTest, WhoIsSilentIsAskedEveryFewSeconds) {
  silent_ = {"a"};
  const auto asked = AskFor(Seconds(80), {"a", "b"});
  EXPECT_EQ(asked.at("a"), 10);
  EXPECT_GE(asked.at("b"), 4000) << "half of the time";
}

TEST_F(AskingPaceTest, HoweverManyAreSilentTheyTakeAFourthOfTheTimeAndEachHasItsTurn) {
  for (int n = 0; n < 20; ++n) silent_.insert(std::to_string(n));
  AskFor(Seconds(400), silent_);
  waited_ = {};
  const auto asked = AskFor(Seconds(1600), silent_);
  EXPECT_NEAR(static_cast<double>(waited_.ms), 400'000, 40'000);
  for (const auto& [whom, times] : asked) EXPECT_NEAR(times, 10, 2) << whom;
}

TEST_F(AskingPaceTest, OnceOneAnswersTheOthersAreAskedAtOnce) {
  silent_ = {"a", "b", "c"};
  AskFor(Seconds(60), {"a", "b", "c"});
  silent_.clear();
  AskFor(Seconds(30), {"a"});
  for (const char* whom : {"b", "c"}) EXPECT_TRUE(pace_.MayAsk(whom));
}

}  // namespace
}  // namespace pm
