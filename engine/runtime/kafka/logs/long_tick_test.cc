// A tick of many commits, and what happens in the middle of it.
#include "engine/runtime/kafka/simulation/testing_kafka.h"
#include "engine/runtime/kafka/topics/pack.h"

namespace pm {
namespace {

class LongTickTest : public KafkaTest {
 protected:
  static constexpr int kTimers = 60;
  static constexpr TaskId kAccount{Stage::kAccount, 0};

  std::unique_ptr<Worker> StartWithALongTick() {
    for (int i = 0; i < kTimers; ++i) Send({.key = fmt::format("k{}", i), .delay = Seconds(100)});
    auto worker = Start("w-01");
    worker->settings.task.batch_rows = 5;
    RunFor(*worker);
    Advance(Seconds(200));
    Tick();
    return worker;
  }
  int Fired(const std::string& instance) {
    toy::Totals totals;
    for (const auto& [id, store] : disks_[instance].stores) toy::AddTotals(*store, &totals);
    return static_cast<int>(totals.account_fired);
  }
  // Once so many have fired.
  void Then(Worker& worker, int fired, std::function<void()> what) {
    worker.settings.fail_point = [=, this, &worker, done = false](CommitStep at) mutable {
      if (at == CommitStep::kStored && !done && Fired(worker.instance) >= fired) {
        done = true;
        what();
      }
      return Result<void>{};
    };
  }
};

TEST_F(LongTickTest, IsLeftWhereItStandsWhenTasksMove) {
  const auto one = StartWithALongTick();
  // More lies behind it than is held: the group is heard all the same.
  Then(*one, 5, [&] {
    for (uint32_t i = 0; i < 100 * kPartitions; ++i)
      Publish(Stage::kAccount, i % kPartitions, EncodeRecord(SwitchRecord{toy::kRules}));
  });
  while (Fired("w-01") < 20) ASSERT_TRUE(Run(*one, 1).has_value());
  std::unique_ptr<Worker> two;
  KafkaCounters before;
  Then(*one, 20, [&] {
    two = Start("w-02");
    before = one->log->counters();
  });
  while (two == nullptr) ASSERT_TRUE(Run(*one, 2).has_value());
  for (int runs = 0; one->log->counters().rebalances == before.rebalances; ++runs) {
    ASSERT_LT(runs, kTimers);
    ASSERT_TRUE(Run(*one, 2).has_value());
  }
  EXPECT_LE(one->log->counters().commits - before.commits, 2U);
  EXPECT_LT(Fired("w-01"), kTimers / 2) << "what it was at was left";
  for (int i = 0; i < 40; ++i) {
    RunFor(*one, 1);
    RunFor(*two, 1);
  }
  EXPECT_EQ(one->tasks.size() + two->tasks.size(), 6U);
  EXPECT_EQ(Totals(*one).account_fired + Totals(*two).account_fired, kTimers);
  EXPECT_TRUE(std::ranges::any_of(
      two->tasks, [](const auto& task) { return task.second.counters().fired > 0; }));
  EXPECT_EQ(one->log->counters().aborted + two->log->counters().aborted, 0U);
}

TEST_F(LongTickTest, NoMoreIsReadMeanwhileThanIsHeld) {
  const auto worker = StartWithALongTick();
  constexpr int kMost = 20;  // of a batch
  Then(*worker, 5, [&] {
    for (int i = 0; i < 10 * kMost; ++i)
      Publish(Stage::kAccount, 0, EncodeRecord(SwitchRecord{toy::kRules}));
  });
  const TopicPartition input{names_.Input(Stage::kAccount), 0};
  int64_t held = 0;
  while (Fired("w-01") < kTimers) {
    ASSERT_TRUE(Run(*worker, 1).has_value());
    const int64_t next = OffsetBehind(worker->tasks.at(kAccount).meta().position);
    held = std::max(held, worker->client->Position(input).value() - next);
  }
  EXPECT_GE(held, kMost) << "there was more";
  EXPECT_LE(held, kMost + kMost / 4 + 1);
  RunFor(*worker, 10);
  EXPECT_EQ(worker->log->Look().at(2).lag, 0) << "it is read on";
}

TEST_F(LongTickTest, NobodyElseWaitsForItsEnd) {
  const auto worker = StartWithALongTick();
  constexpr int kJobs = 4;
  Then(*worker, 5, [&] { Feed(kJobs); });
  while (Totals(*worker).token_jobs < kTimers + kJobs) ASSERT_TRUE(Run(*worker, 2).has_value());
  EXPECT_LT(Fired("w-01"), kTimers / 3) << "less than one task fires";
  RunFor(*worker);
  EXPECT_EQ(Fired("w-01"), kTimers);
  EXPECT_EQ(Totals(*worker).account_jobs, kTimers + kJobs);
}

TEST_F(LongTickTest, StandbysAreFollowedMeanwhile) {
  standbys_ = 1;
  for (int i = 0; i < kTimers; ++i) Send({.key = fmt::format("k{}", i), .delay = Seconds(100)});
  const auto one = Start("w-01"), two = Start("w-02");
  one->settings.task.batch_rows = 1;
  for (int i = 0; i < 20; ++i) {
    RunFor(*one, 1);
    RunFor(*two, 1);
  }
  const auto fired = [&] { return one->tasks.at(kAccount).counters().fired; };
  const auto followed = [&] {
    int64_t records = 0;
    for (const auto& [task, standby] : one->log->standbys()) records += standby.next;
    return records;
  };
  Advance(Seconds(200));
  Tick();
  while (fired() == 0) {
    RunFor(*two, 1);
    ASSERT_TRUE(Run(*one, 1).has_value());
  }
  RunFor(*two, 10);
  const int64_t before = followed();
  constexpr int kPolls = 10;
  ASSERT_TRUE(Run(*one, kPolls).has_value());
  EXPECT_TRUE(one->tasks.at(kAccount).IsFiring());
  EXPECT_GT(followed() - before, 4 * kPolls);
}

}  // namespace
}  // namespace pm
