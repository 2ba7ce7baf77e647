// Whom a worker follows, and what is made of those who died before it.
#include <gmock/gmock.h>

#include "engine/runtime/kafka/simulation/testing_kafka.h"

namespace pm {
namespace {

class OwnersTest : public KafkaTest {
 protected:
  using KafkaTest::KafkaTest;
  static constexpr TaskId kAccount{Stage::kAccount, 0};
};

// The process dies whenever it applies such a record or fires such a timer of the account stage.
class PoisonTest : public OwnersTest {
 protected:
  using Kills = std::function<bool(const Input&, RowReader&)>;
  static StageTable DiesOf(const Kills& kills) {
    StageTable stages = toy::Stages();
    stages.run = [run = stages.run, kills](Stage stage, RowReader& below, const Input& input,
                                           Instant now, EventId cause, const RuleBook& rules,
                                           size_t* gets) {
      if (stage == Stage::kAccount && kills(input, below)) throw std::bad_alloc();
      return run(stage, below, input, now, cause, rules, gets);
    };
    return stages;
  }
  static bool IsPoison(const Input& input, RowReader&) {
    const auto* message = std::get_if<Message>(&input);
    return message != nullptr && message->body.find("poison") != std::string::npos;
  }
  static bool IsPoisonTimer(const Input& input, RowReader& below) {
    const auto* due = std::get_if<RowDue>(&input);
    EventId id;
    if (due == nullptr || !DecodeId(std::string_view(due->key).substr(1), &id)) return false;
    return Rows(below).Find<toy::Timer>({id})->job.key.starts_with("poison");
  }
  int DeathsUntilItWorks(std::unique_ptr<Worker>* worker) {
    int deaths = 0;
    for (int i = 0; i < 24; ++i) {
      *worker = Start("w-01");
      try {
        RunFor(**worker);
      } catch (const std::bad_alloc&) {
        ++deaths;
      }
    }
    return deaths;
  }
};

TEST_F(PoisonTest, ARecordThatNoWorkerSurvivesIsSetAsideAndNoOther) {
  stages_ = DiesOf(IsPoison);
  Feed();
  Send({.key = "poison"});
  for (int i = 4; i < 8; ++i) Send({.key = fmt::format("k{}", i)});
  std::unique_ptr<Worker> worker;
  const int deaths = DeathsUntilItWorks(&worker);
  // The first had got on before, the next two had others in their batch, two had it alone.
  EXPECT_EQ(deaths, 5);
  EXPECT_EQ(Totals(*worker).account_jobs, 8);
  EXPECT_EQ(Read(names_.Output(Topic::kDeadLetters)).size(), 1U);
}

TEST_F(PoisonTest, WorkerAfterWorkerTakesItOverAndTheSixthSetsItAside) {
  stages_ = DiesOf(IsPoison);
  Feed();
  Send({.key = "poison"});
  for (int i = 4; i < 8; ++i) Send({.key = fmt::format("k{}", i)});
  std::unique_ptr<Worker> worker;
  for (int n = 1; n <= 6; ++n) {
    worker = Start(fmt::format("w-{:02}", n));
    const auto work = [&] { RunFor(*worker); };
    if (n < 6)
      EXPECT_THROW(work(), std::bad_alloc) << n;
    else
      work();
    EndSessionOf(*worker);
  }
  EXPECT_EQ(Totals(*worker).account_jobs, 8);
  EXPECT_EQ(Read(names_.Output(Topic::kDeadLetters)).size(), 1U);
}

TEST_F(PoisonTest, ATimerThatNoWorkerSurvivesIsParkedAndNoOther) {
  stages_ = DiesOf(IsPoisonTimer);
  for (const std::string_view key : {"k1", "poison1", "k2", "k3", "poison2", "k4"})
    Send({.key = std::string(key), .delay = Seconds(100)});
  RunFor(*Start("w-01"));
  Advance(Seconds(200));
  Tick();
  std::unique_ptr<Worker> worker;
  const int deaths = DeathsUntilItWorks(&worker);
  // Each time the first have others in their batch; then two have it alone.
  EXPECT_LE(deaths, 10);
  EXPECT_EQ(Totals(*worker).account_fired, 4);
  size_t parked = 0;
  for (const auto& [id, task] : worker->tasks) parked += task.parked().size();
  EXPECT_EQ(parked, 2U);
  EXPECT_EQ(Read(names_.Output(Topic::kDeadLetters)).size(), 2U);
  Tick();
  const Instant until = clock_.Now();
  RunFor(*worker);
  EXPECT_EQ(worker->tasks.at(kAccount).meta().tick, until) << "and time goes on";
}

// A death has many causes. That of an owner of a hundred records costs some twenty commits.
TEST_F(OwnersTest, AfterOneDeathAFewRecordsAreTriedAtATime) {
  constexpr int kJobs = 100;
  const Bounds bounds{kJobs, size_t{1} << 20};
  for (int i = 0; i < kJobs; ++i) Send({.key = "one"});
  const auto dead = Start("w-01", KillAt(CommitStep::kApplied));
  ASSERT_FALSE(DriveFor(*dead->log, dead->tasks, 60, bounds).has_value());
  const auto worker = Start("w-01");
  std::vector<std::string> warned;
  worker->settings.take_over.warn = [&](std::string_view line) { warned.emplace_back(line); };
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(DriveFor(*worker->log, worker->tasks, 20, bounds).has_value());
    Advance(Milliseconds(500));
  }
  EXPECT_EQ(Totals(*worker).account_jobs, kJobs);
  EXPECT_LE(worker->log->counters().commits, 40U);
  ASSERT_EQ(warned.size(), 6U) << "once a task";
  EXPECT_THAT(warned[0], testing::HasSubstr("1 owners before us died where it stands"));
}

// People restart what says that it cannot commit, or it is killed: no record is to blame.
TEST_F(OwnersTest, WhoLivesWhileNothingCanBeCommittedIsNoDeath) {
  for (const bool in_peace : {true, false}) {
    Feed();
    broker_.refused = {names_.Input(Stage::kAccount)};
    std::vector<std::string> warned;
    const auto start = [&] {
      auto worker = Start("w-01");
      worker->settings.take_over.warn = [&](std::string_view line) { warned.emplace_back(line); };
      return worker;
    };
    for (int i = 0; i < 8; ++i) {
      const auto worker = start();
      if (!in_peace) RunFor(*worker, 12);
      while (worker->log->counters().failures.empty()) {
        ASSERT_TRUE(Run(*worker, 1).has_value());
        Advance(Milliseconds(100));
      }
      if (in_peace) {
        ASSERT_TRUE(worker->log->End().has_value());
      }
    }
    broker_.refused.clear();
    const auto worker = start();
    RunFor(*worker, 40);
    EXPECT_THAT(warned, testing::Not(testing::Contains(testing::HasSubstr("died"))));
    EXPECT_EQ(worker->log->counters().skipped, 0U);
    EXPECT_EQ(Totals(*worker).account_jobs, in_peace ? 4 : 8);
  }
}

// Also where the brokers are silent, so that a worker is killed while it waits for them.
TEST_F(OwnersTest, WhoIsKilledWhileItWaitsForBrokersDidNotDieOfWhatItApplied) {
  Feed();
  RunFor(*Start("w-01"));
  Feed();
  for (int i = 0; i < 8; ++i) {
    const auto worker = Start("w-01", KillAt(CommitStep::kProduced));
    EXPECT_FALSE(Run(*worker, 60).has_value());
  }
  const auto worker = Start("w-01");
  RunFor(*worker, 40);
  EXPECT_EQ(worker->log->counters().skipped, 0U);
  EXPECT_EQ(Totals(*worker).account_jobs, 8);
}

class LostAnswersTest : public OwnersTest {
 protected:
  LostAnswersTest() : OwnersTest({.faults = {.lost_commits = 1000}}) { broker_.quiet = true; }
};

// Nobody dies: what was asked for is done each time, and nobody says so.
TEST_F(LostAnswersTest, ClaimsWhoseAnswersAreLostAreNoDeaths) {
  Feed();
  const auto worker = Start("w-01");
  RunFor(*worker);
  Feed();
  broker_.quiet = false;
  while (worker->log->counters().unknown < 12) {
    ASSERT_TRUE(Run(*worker, 3).has_value());
    Advance(Milliseconds(500));
  }
  broker_.quiet = true;
  RunFor(*worker, 40);
  EXPECT_EQ(worker->log->counters().skipped, 0U);
  EXPECT_EQ(Totals(*worker).account_jobs, 8);
}

// A task may go to and fro between two who live before either has committed anything.
TEST_F(OwnersTest, WhoLosesATaskBeforeItHasCommittedAnythingDidNotDieOfIt) {
  const auto one = Start("w-01"), other = Start("w-02");
  RunFor(*one);
  EndSessionOf(*one);
  Feed();
  const uint64_t commits = one->log->counters().commits;
  for (int turn = 0; turn < 64; ++turn) {
    Worker& worker = turn % 2 == 0 ? *other : *one;
    bool has_claimed = false;
    worker.settings.fail_point = [&](CommitStep step) -> Result<void> {
      if (step == CommitStep::kClaimed && !std::exchange(has_claimed, true)) EndSessionOf(worker);
      return {};
    };
    for (int n = 0; n < 200 && !has_claimed; ++n) {
      ASSERT_TRUE(Run(worker, 1).has_value());
      Advance(Milliseconds(100));
    }
    ASSERT_TRUE(has_claimed) << turn;
    worker.settings.fail_point = nullptr;
  }
  EXPECT_EQ(one->log->counters().commits + other->log->counters().commits, commits);
  RunFor(*one, 40);
  EXPECT_EQ(one->log->counters().skipped, 0U);
  EXPECT_EQ(Totals(*one).account_jobs, 4);
}

// By something else: too little memory, an impatient probe.
TEST_F(OwnersTest, AChangeOfRulesIsNeverSetAside) {
  for (const int before : {0, 4}) {
    SCOPED_TRACE(before);
    Switch(before == 0 ? toy::kRules : toy::kOtherRules);
    Feed();
    for (int i = 0; i < 8; ++i)
      EXPECT_FALSE(Run(*Start("w-01", KillAt(CommitStep::kApplied)), 60).has_value());
    const auto worker = Start("w-01");
    RunFor(*worker, 60);
    EXPECT_EQ(Totals(*worker).account_jobs, before + 4);
    EXPECT_EQ(worker->log->counters().skipped, 0U);
    for (const auto& [id, task] : worker->tasks)
      EXPECT_EQ(task.meta().rules, before == 0 ? toy::kRules : toy::kOtherRules) << ToText(id);
  }
}

// It is told of once, and counted once it is committed.
TEST_F(PoisonTest, WhatIsSetAsideWhileThatCannotBeCommittedIsOneRecord) {
  stages_ = DiesOf(IsPoison);
  Feed();
  Send({.key = "poison"});
  for (int i = 0; i < 5; ++i) EXPECT_THROW(RunFor(*Start("w-01")), std::bad_alloc);
  const auto worker = Start("w-01");
  std::vector<std::string> warned;
  worker->settings.take_over.warn = [&](std::string_view line) { warned.emplace_back(line); };
  broker_.refused = {names_.Output(Topic::kDeadLetters)};
  RunFor(*worker, 20);
  EXPECT_EQ(worker->log->counters().skipped, 0U);
  broker_.refused.clear();
  RunFor(*worker, 20);
  EXPECT_EQ(worker->log->counters().skipped, 1U);
  EXPECT_EQ(std::ranges::count_if(warned, [](const auto& w) { return w.contains("set aside"); }),
            1);
  EXPECT_EQ(Read(names_.Output(Topic::kDeadLetters)).size(), 1U);
}

// What came since cannot have killed anybody.
TEST_F(OwnersTest, OnlyWhatLayThereWhenTheOwnerDiedIsTriedAlone) {
  Feed();
  ASSERT_FALSE(Run(*Start("w-01", KillAt(CommitStep::kApplied)), 60).has_value());
  const auto worker = Start("w-01");
  RunFor(*worker);
  const uint64_t commits = worker->log->counters().commits;
  constexpr int kJobs = 60;
  Feed(kJobs);
  RunFor(*worker);
  EXPECT_EQ(Totals(*worker).desk_jobs, 4 + kJobs);
  EXPECT_LT(worker->log->counters().commits - commits, kJobs / 2);
}

TEST_F(OwnersTest, RestartsWithoutWorkAreNoAttempts) {
  Feed();
  for (int i = 0; i < 8; ++i) RunFor(*Start("w-01"));
  Send({.key = "late"});
  const auto worker = Start("w-01");
  RunFor(*worker);
  EXPECT_EQ(Totals(*worker).account_jobs, 5);
  EXPECT_EQ(worker->log->counters().skipped, 0U);
}

// Twelve owners die in one tick, each a commit further.
TEST_F(OwnersTest, ATickOfManyCommitsIsNotSetAsideForThoseWhoDiedInIt) {
  constexpr int kTimers = 60;
  for (int i = 0; i < kTimers; ++i) Send({.key = fmt::format("k{}", i), .delay = Seconds(100)});
  RunFor(*Start("w-01"));
  Advance(Seconds(200));
  Tick();
  int deaths = 0;
  std::unique_ptr<Worker> worker;
  for (bool died = true; died;) {
    worker = Start("w-01", KillAt(CommitStep::kCommitted));
    worker->settings.task.batch_rows = 5;
    died = false;
    for (int i = 0; i < 20 && !died; ++i) {
      died = !Run(*worker, 20).has_value();
      Advance(Milliseconds(500));
    }
    deaths += died;
  }
  EXPECT_GE(deaths, 12);
  EXPECT_EQ(Totals(*worker).account_fired, kTimers);
  EXPECT_EQ(Read(names_.Output(Topic::kDeadLetters)).size(), 0U);
}

}  // namespace
}  // namespace pm
