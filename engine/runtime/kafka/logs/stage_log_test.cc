#include "engine/runtime/kafka/logs/stage_log.h"

#include <set>

#include "engine/runtime/kafka/simulation/testing_kafka.h"
#include "engine/runtime/kafka/topics/task_note.h"
#include "model/decode/json_tree.h"

namespace pm {
namespace {

using toy::Do;
using toy::Job;

class StageLogTest : public KafkaTest {
 protected:
  void FeedSome() {
    for (int i = 0; i < 6; ++i) {
      Job job;
      job.key = fmt::format("k{}", i);
      job.amount = i;
      if (i % 2 == 0) job.delay = Seconds(5);
      Send(job);
    }
  }
  static int64_t Waiting(const std::vector<TaskStatus>& tasks) {
    int64_t timers = 0;
    for (const TaskStatus& task : tasks)
      for (const PendingDues& kind : task.pending) timers += kind.rows;
    return timers;
  }
  // Through a timer's time.
  void RunToEnd(Worker& worker) {
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(Run(worker, 60).has_value());
      Advance(Seconds(10));
      Tick();
    }
    ASSERT_TRUE(Run(worker, 60).has_value());
  }
  void ExpectAllOnce(const Worker& worker) {
    const toy::Totals totals = Totals(worker);
    EXPECT_EQ(totals.token_jobs, 6);
    EXPECT_EQ(totals.account_jobs, 6);
    EXPECT_EQ(totals.account_fired, 3);
    EXPECT_EQ(totals.desk_jobs, 6);
    EXPECT_EQ(totals.desk_fired, 3);
    EXPECT_EQ(totals.account_amount, 15 + 6 * 1'000'000);
    EXPECT_EQ(Ids(), 9U);
  }
  // Whether a poll gave something, which is applied then.
  static bool Works(Worker& worker, const Bounds& bounds) {
    TaskId task;
    const std::span<const Record> polled = worker.log->Poll(&task, bounds).value();
    for (const Record& record : polled) EXPECT_TRUE(worker.tasks.at(task).Apply(record));
    return !polled.empty();
  }
  // Of outputs, each once.
  size_t Ids() {
    std::set<std::string> ids;
    size_t count = 0;
    const auto take = [&](const JsonNode& event) {
      ++count;
      EXPECT_TRUE(ids.insert(std::string(event.Text({"id"}))).second);
    };
    for (const std::string& value : Outputs()) {
      const Result<JsonNode> json = ParseJson(value);
      EXPECT_TRUE(json.has_value());
      if (value.starts_with('[')) {
        for (const JsonNode& event : json->items) take(event);
      } else {
        take(*json);
      }
    }
    return count;
  }
  int rounds = 0;  // of FeedSome that are through

  static FailPoint KillAt(CommitStep step, int* countdown) {
    return [=](CommitStep at) -> Result<void> {
      if (at != step || --*countdown != 0) return {};
      return Fail(kKilled, "killed");
    };
  }
};

TEST_F(StageLogTest, DoesAllOnce) {
  FeedSome();
  const auto worker = Start("w-01");
  RunToEnd(*worker);
  ExpectAllOnce(*worker);
  EXPECT_GT(worker->log->counters().commits, 0U);
  EXPECT_EQ(worker->log->counters().aborted, 0U);
}

TEST_F(StageLogTest, SaysWithItsOffsetsWhenTheNextTimerIsDue) {
  const auto worker = Start("w-01");
  Job job;
  job.key = "k0";
  job.delay = Seconds(5);
  const Instant due = clock_.Now() + job.delay;
  Send(job);
  ASSERT_TRUE(Run(*worker, 60).has_value());
  Advance(Seconds(1));
  Tick();
  ASSERT_TRUE(Run(*worker, 60).has_value());
  const Instant until = clock_.Now();
  std::set<Instant> quiet;
  for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk})
    for (int32_t n = 0; n < static_cast<int32_t>(kPartitions); ++n) {
      const auto note = ReadTaskNote(broker_.group("pointsman").notes[{names_.Input(stage), n}]);
      ASSERT_TRUE(note && note->quiet);
      EXPECT_EQ(note->tick, until);
      quiet.insert(*note->quiet);
    }
  EXPECT_EQ(*quiet.begin(), due);
  EXPECT_GE(*quiet.rbegin(), clock_.Now() + Minutes(1)) << "nothing waits there";
}

TEST_F(StageLogTest, ShowsItsTasks) {
  FeedSome();
  const auto worker = Start("w-01");
  worker->settings.take_over.slice = 1;
  ASSERT_TRUE(Run(*worker, 3).has_value());
  std::vector<TaskStatus> tasks = worker->log->Look();
  ASSERT_EQ(tasks.size(), 6U);
  EXPECT_FALSE(worker->log->is_given() && tasks[0].phase == TaskPhase::kRefused);
  ASSERT_TRUE(Run(*worker, 60).has_value());
  EXPECT_EQ(Waiting(worker->log->Look()), 3);
  RunToEnd(*worker);
  Send({.key = "more"});
  tasks = worker->log->Look();
  ASSERT_EQ(tasks.size(), 6U);
  int64_t lag = 0;
  for (const TaskStatus& task : tasks) {
    EXPECT_EQ(task.phase, TaskPhase::kRuns);
    EXPECT_EQ(task.rules, toy::kRules);
    EXPECT_EQ(task.committed, OffsetBehind(worker->tasks.at(task.id).meta().position));
    lag += task.lag.value();
  }
  EXPECT_EQ(lag, 1);
  EXPECT_EQ(Waiting(tasks), 0) << "all have fired";
  EXPECT_TRUE(std::ranges::is_sorted(tasks, {}, &TaskStatus::id));
}

// Time is the records' where there is a backlog, else the present.
TEST_F(StageLogTest, ShowsForHowLongNoTickHasCome) {
  const auto run = [&](Worker& one) { ASSERT_TRUE(Run(one, 60).has_value()); };
  const auto worker = Start("w-01");
  Tick();
  run(*worker);
  constexpr TaskId kIdentity{Stage::kIdentity, 0};
  const auto without_tick = [&] {
    const std::vector<TaskStatus> tasks = worker->log->Look();
    return std::ranges::find(tasks, kIdentity, &TaskStatus::id)->without_tick;
  };
  EXPECT_EQ(without_tick(), Duration{});
  Advance(Minutes(2));
  EXPECT_EQ(without_tick(), Minutes(2));
  Publish(Stage::kIdentity, 0, EncodeRecord(SwitchRecord{toy::kRules}));
  EXPECT_EQ(without_tick(), Duration{}) << "it may stand in what is not read yet";
  run(*worker);
  Advance(Minutes(1));
  Publish(Stage::kIdentity, 0, EncodeRecord(SwitchRecord{toy::kRules}));
  EXPECT_EQ(without_tick(), Minutes(2)) << "up to what was read there was none";
  Tick();
  run(*worker);
  EXPECT_EQ(without_tick(), Duration{});
  // Whoever takes it over an hour later waits for the first of its own time.
  Advance(Hours(1));
  EndSessionOf(*worker);
  const auto next = Start("w-02");
  run(*next);
  for (const TaskStatus& task : next->log->Look()) EXPECT_EQ(task.without_tick, Duration{});
}

TEST_F(StageLogTest, CommitsOnceWhatCameOfItsRecordsIsLarge) {
  uint64_t before = UINT64_MAX;
  for (const size_t work : {size_t{1}, size_t{1} << 20}) {
    const auto worker = Start(fmt::format("w-{}", work));
    RunToEnd(*worker);
    for (int i = 0; i < 20; ++i) Send({.key = fmt::format("k{}", i)});
    const uint64_t commits = worker->log->counters().commits;
    const Bounds bounds{1000, size_t{1} << 20, work};
    ASSERT_TRUE(DriveFor(*worker->log, worker->tasks, 200, bounds).has_value());
    const uint64_t took = worker->log->counters().commits - commits;
    EXPECT_GE(took, work == 1 ? 60U : 1U) << "each record at each stage";
    EXPECT_LT(took, before);
    before = took;
    EndSessionOf(*worker);
  }
}

// Whatever the backlog: the others are read once these are through.
TEST_F(StageLogTest, HoldsFewLargeRecordsAtATime) {
  const auto worker = Start("w-01");
  RunToEnd(*worker);
  const TopicPartition input{names_.Input(Stage::kIdentity), 0};
  const int64_t before = worker->client->Position(input).value();
  constexpr int64_t kRecords = 30;
  for (int64_t n = 0; n < kRecords; ++n)
    Publish(Stage::kIdentity, 0, std::string(size_t{1} << 20, 'x'));
  TaskId task;
  const auto polled = worker->log->Poll(&task, {1000, 1});
  ASSERT_TRUE(polled.has_value());
  EXPECT_EQ(polled->size(), 1U);
  const int64_t read = worker->client->Position(input).value() - before;
  EXPECT_GE(read, 16);
  EXPECT_LT(read, kRecords);
}

TEST_F(StageLogTest, CommitsByTimeUnlessThereIsABacklog) {
  for (const auto& [bound, drained] : {std::pair{20U, true}, std::pair{1U, false}}) {
    SCOPED_TRACE(bound);
    const auto worker = Start(fmt::format("w-{}", bound));
    RunToEnd(*worker);
    const Bounds bounds{bound, size_t{1} << 20};
    TaskId task;
    for (const bool is_later : {false, true}) {
      if (is_later) Advance(worker->settings.commit);
      Send({.key = "ann"});
      Send({.key = "ann"});
      const auto polled = worker->log->Poll(&task, bounds);
      ASSERT_TRUE(polled.has_value());
      EXPECT_EQ(polled->empty(), is_later && drained);
    }
    broker_.EndSession(worker->client->number());
  }
}

TEST_F(StageLogTest, CommitsGoOnInTimeWhenTheClockIsSetBack) {
  const auto worker = Start("w-01");
  RunToEnd(*worker);
  const Duration commit = worker->settings.commit;
  const Bounds bounds{20, size_t{1} << 20};
  for (int i = 0; i < 3; ++i) {
    // Once before a batch begins, once before it ends, once while there is nothing else to do.
    if (i == 0) SetClockBack(Hours(1));
    Send({.key = "ann"});
    ASSERT_TRUE(Works(*worker, bounds));
    if (i == 1) SetClockBack(Hours(1));
    if (i != 2) Send({.key = "ann"});
    if (i == 2) {
      SetClockBack(Hours(1));
      ASSERT_FALSE(Works(*worker, bounds));
      EXPECT_LE(worker->client->last_wait(), commit);
    }
    Advance(commit);
    EXPECT_FALSE(Works(*worker, bounds)) << i;
    ASSERT_TRUE(Run(*worker, 60).has_value());
  }
}

TEST_F(StageLogTest, TransactionsThatFailAreToldOfAndDoNotFollowWithoutAPause) {
  const auto worker = Start("w-01");
  RunToEnd(*worker);
  const auto run_for = [&](int times) {
    for (int i = 0; i < times; ++i) {
      ASSERT_TRUE(Run(*worker, 20).has_value());
      Advance(Milliseconds(500));
    }
  };
  FeedSome();
  broker_.RefuseWrites(Seconds(30));
  run_for(40);
  ASSERT_TRUE(worker->log->failure());
  EXPECT_LE(worker->log->counters().aborted, 40U);
  run_for(30);
  EXPECT_FALSE(worker->log->failure());
  RunToEnd(*worker);
  ExpectAllOnce(*worker);
}

class KilledAtTest : public StageLogTest, public testing::WithParamInterface<CommitStep> {};
INSTANTIATE_TEST_SUITE_P(Steps, KilledAtTest, testing::ValuesIn(kCommitSteps));

TEST_P(KilledAtTest, TheNextProcessDoesAllOnce) {
  for (int nth = 1; nth <= 8; ++nth) {
    SCOPED_TRACE(nth);
    int countdown = nth;
    FeedSome();
    auto worker = Start("w-01", KillAt(GetParam(), &countdown));
    Result<void> ended;
    for (int i = 0; i < 4 && ended; ++i) {
      ended = Run(*worker, 60);
      Advance(Seconds(10));
      Tick();
    }
    ASSERT_FALSE(ended.has_value());
    EXPECT_EQ(ended.error().code, kKilled);
    worker = Start("w-01");
    RunToEnd(*worker);
    ++rounds;
    const toy::Totals totals = Totals(*worker);
    EXPECT_EQ(totals.token_jobs, 6 * rounds);
    EXPECT_EQ(totals.account_jobs, 6 * rounds);
    EXPECT_EQ(totals.account_fired, 3 * rounds);
    EXPECT_EQ(totals.desk_fired, 3 * rounds);
    EXPECT_EQ(Ids(), 9U * static_cast<size_t>(rounds));
    EXPECT_EQ(disks_["w-01"].wiped, 0);
  }
}

TEST_P(KilledAtTest, AnotherWorkerWithNoDiskDoesAllOnce) {
  int countdown = 5;
  FeedSome();
  auto worker = Start("w-01", KillAt(GetParam(), &countdown));
  Result<void> ended;
  for (int i = 0; i < 4 && ended; ++i) {
    ended = Run(*worker, 60);
    Advance(Seconds(10));
    Tick();
  }
  ASSERT_FALSE(ended.has_value());
  worker.reset();
  worker = Start("w-02");
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(Run(*worker, 10).has_value());
    Advance(Seconds(5));
  }
  RunToEnd(*worker);
  ExpectAllOnce(*worker);
}

}  // namespace
}  // namespace pm
