#include "engine/runtime/kafka/logs/parked_retry.h"

#include <gmock/gmock.h>

#include "engine/runtime/kafka/simulation/testing_kafka.h"

namespace pm {
namespace {

using testing::HasSubstr;

class ParkedRetryTest : public KafkaTest {
 protected:
  // Two timers whose steps fail until other rules are in force, and one that fires.
  ParkedRetryTest() {
    for (const toy::Do what : {toy::Do::kTimerWaits, toy::Do::kCount, toy::Do::kTimerWaits})
      Send({.key = fmt::format("k{}", ordinal_), .delay = Seconds(100), .what = what});
    RunFor(*worker_);
    Pass();
  }
  void Pass() {
    Advance(Seconds(200));
    Tick();
    RunFor(*worker_);
  }
  std::vector<ParkedPlace> Parked() const {
    std::vector<ParkedPlace> places;
    for (const TaskStatus& task : worker_->log->Look()) {
      EXPECT_EQ(task.parked_rows.size(), task.parked);
      for (const auto& [row, why] : task.parked_rows) {
        EXPECT_THAT(why.why, HasSubstr("kTimerWaits"));
        places.push_back({task.id, row});
      }
    }
    return places;
  }
  Result<void> Retry(const std::vector<ParkedPlace>& rows) {
    FakeClient client(broker_, "retry", "", {});
    return RetryParked(client, names_, "worker-001", rows);
  }

  std::unique_ptr<Worker> worker_ = Start("w-01");
};

TEST_F(ParkedRetryTest, WhatIsParkedIsListedAndFiresOnceItIsTriedAgain) {
  const std::vector<ParkedPlace> parked = Parked();
  ASSERT_EQ(parked.size(), 2U);
  EXPECT_EQ(Totals(*worker_).account_fired, 1);
  Switch(toy::kOtherRules);
  ASSERT_TRUE(Retry({parked[0]}).has_value());
  Pass();
  EXPECT_EQ(Totals(*worker_).account_fired, 2);
  EXPECT_EQ(Parked(), std::vector{parked[1]}) << "the other one still stands";
  ASSERT_TRUE(Retry(parked).has_value());
  Pass();
  EXPECT_EQ(Totals(*worker_).account_fired, 3) << "what is parked no more is left alone";
  EXPECT_TRUE(Parked().empty());
}

TEST_F(ParkedRetryTest, WhatFailsAgainIsParkedAgain) {
  const std::vector<ParkedPlace> parked = Parked();
  const size_t before = Read(names_.Output(Topic::kDeadLetters)).size();
  ASSERT_TRUE(Retry(parked).has_value());
  Pass();
  EXPECT_EQ(Parked(), parked);
  EXPECT_EQ(Read(names_.Output(Topic::kDeadLetters)).size(), 2 * before);
}

TEST_F(ParkedRetryTest, AParkedRowIsSeenByWhoeverTakesTheTaskOver) {
  const std::vector<ParkedPlace> parked = Parked();
  EndSessionOf(*worker_);
  worker_ = Start("w-02");
  RunFor(*worker_);
  EXPECT_EQ(Parked(), parked);
}

}  // namespace
}  // namespace pm
