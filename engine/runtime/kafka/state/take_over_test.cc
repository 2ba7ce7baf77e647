#include "engine/runtime/kafka/state/take_over.h"

#include <gmock/gmock.h>

#include "engine/runtime/kafka/logs/rules_switch.h"
#include "engine/runtime/kafka/simulation/testing_kafka.h"

namespace pm {
namespace {

using toy::Do;
using toy::Job;

class TakeOverTest : public KafkaTest {
 protected:
  MemoryStore& DiskOf(const std::string& instance, TaskId id) {
    return *disks_.at(instance).stores.at(id);
  }
  static constexpr TaskId kAccount{Stage::kAccount, 0};
};

TEST_F(TakeOverTest, WipesTheCopyOfAnotherCluster) {
  Feed();
  const auto worker = Start("w-01");
  RunFor(*worker);
  // As much was read of that changelog, but other things lie there.
  MemoryStores& disks = disks_["w-02"];
  for (const auto& [id, store] : disks_["w-01"].stores) {
    Store& other = **disks.Open(id);
    const std::vector<RowWrite> rows = {{"pother", "x"}};
    CopyState state = *ReadCopyState(*store);
    state.digest = RowDigest("pother", "x");
    const std::vector<MetaWrite> meta = {{kTaskMetaName, *store->Meta(kTaskMetaName)},
                                         {kCopyStateName, Encoded(state)}};
    ASSERT_TRUE(other.Commit({rows, {}, {}, meta}).has_value());
  }
  EndSessionOf(*worker);
  const auto next = Start("w-02");
  RunFor(*next);
  EXPECT_EQ(Totals(*next).account_jobs, 4);
  EXPECT_FALSE(DiskOf("w-02", kAccount).Get("pother").has_value());
}

// Else it would go on fetching what its own tasks write.
TEST_F(TakeOverTest, ReadsNoChangelogOnceAllIsTakenOver) {
  Feed();
  const auto worker = Start("w-01");
  RunFor(*worker);
  ASSERT_TRUE(worker->log->taking_over().empty());
  for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk})
    for (int32_t n = 0; n < static_cast<int32_t>(kPartitions); ++n)
      EXPECT_EQ(worker->reader->Position({names_.Changelog(stage), n}).error().code, kKafkaRefused);
}

TEST_F(TakeOverTest, WipesACopyThatIsAheadOfTheChangelog) {
  MemoryStores& disks = disks_["w-01"];
  Store& store = **disks.Open(kAccount);
  const std::vector<MetaWrite> meta = {{kCopyStateName, Encoded(CopyState{1000, {}, true, 0})}};
  ASSERT_TRUE(store.Commit({{}, {}, {}, meta}).has_value());
  Feed();
  const auto worker = Start("w-01");
  RunFor(*worker);
  EXPECT_EQ(disks.wiped, 1);
  EXPECT_EQ(Totals(*worker).account_jobs, 4);
}

TEST_F(TakeOverTest, RefusesATaskAloneWhoseChangelogIsNotWhatWasCommitted) {
  Feed();
  auto worker = Start("w-01");
  RunFor(*worker);
  worker.reset();
  broker_.Publish({names_.Changelog(Stage::kAccount), 0}, {.key = "rpother", .value = "x"});
  worker = Start("w-01");
  RunFor(*worker);
  ASSERT_EQ(worker->log->taking_over().size(), 1U);
  const TakeOver& refused = worker->log->taking_over().at(kAccount);
  EXPECT_EQ(refused.phase, TaskPhase::kRefused);
  EXPECT_NE(refused.why, "");
  EXPECT_TRUE(refused.wiped);
  EXPECT_EQ(worker->tasks.size(), 5U);
}

TEST_F(TakeOverTest, RefusesATaskWhoseChangelogIsGone) {
  Feed();
  auto worker = Start("w-01");
  RunFor(*worker);
  worker.reset();
  broker_.DeleteTopic(names_.Changelog(Stage::kAccount));
  broker_.CreateTopic({names_.Changelog(Stage::kAccount), kPartitions, 1, {}});
  worker = Start("w-01");
  RunFor(*worker);
  EXPECT_EQ(worker->log->taking_over().at(kAccount).phase, TaskPhase::kRefused);
  EXPECT_EQ(worker->tasks.size(), 4U);
}

TEST_F(TakeOverTest, RefusesATaskWhoseInputTopicWasMadeAnew) {
  Feed();
  auto worker = Start("w-01");
  RunFor(*worker);
  worker.reset();
  broker_.DeleteTopic(names_.Input(Stage::kAccount));
  broker_.CreateTopic({names_.Input(Stage::kAccount), kPartitions, 1, {}});
  worker = Start("w-01");
  RunFor(*worker);
  EXPECT_EQ(worker->log->taking_over().at(kAccount).phase, TaskPhase::kRefused);
  EXPECT_EQ(worker->tasks.size(), 4U);
}

// As brokers do once nobody was in the group for some days.
TEST_F(TakeOverTest, RefusesTasksWhoseOffsetsAreForgottenAndNamesThemUntilTheyArePutBack) {
  Feed();
  auto worker = Start("w-01");
  RunFor(*worker);
  worker.reset();
  auto& committed = broker_.group(names_.prefix).committed;
  const auto before = std::exchange(committed, {});
  worker = Start("w-01");
  RunFor(*worker);
  const TopicPartition input{names_.Input(Stage::kAccount), 0};
  const TakeOver& refused = worker->log->taking_over().at(kAccount);
  EXPECT_EQ(refused.phase, TaskPhase::kRefused);
  EXPECT_THAT(refused.why, testing::StartsWith(fmt::format(
                               "the group has no offset of {}/0, the changelog stands at {}: ",
                               input.topic, before.at(input))));
  worker.reset();
  for (const auto& [partition, offset] : before) committed.try_emplace(partition, offset);
  Feed();
  worker = Start("w-01");
  RunFor(*worker);
  EXPECT_EQ(worker->tasks.size(), 6U);
  EXPECT_EQ(Totals(*worker).account_jobs, 8);
}

TEST_F(TakeOverTest, RefusesATaskAloneWhoseNextRecordsAreGoneUntilPeopleAcceptThat) {
  Feed();
  auto worker = Start("w-01");
  RunFor(*worker);
  const int64_t jobs = Totals(*worker).account_jobs;
  worker.reset();
  const TopicPartition input{names_.Input(Stage::kAccount), 0};
  FakePartition& partition = *broker_.Find(input);
  broker_.Publish(input, {.value = "never read"});
  const int64_t next = broker_.group(kGroup).Committed(std::span(&input, 1)).at(0).offset;
  partition.entries.clear();
  partition.start = partition.end;
  worker = Start("w-01");
  RunFor(*worker);
  const TakeOver& refused = worker->log->taking_over().at(kAccount);
  EXPECT_EQ(refused.phase, TaskPhase::kRefused);
  const std::string lost = fmt::format("{}/0@{}", input.topic, next);
  EXPECT_THAT(refused.why, testing::HasSubstr(lost + " is read next"));
  EXPECT_EQ(worker->tasks.size(), 5U);

  for (const std::string& accepted : {fmt::format("{}/0@{}", input.topic, next - 1), lost}) {
    accept_lost_ = {accepted};
    worker = Start("w-01");
    RunFor(*worker);
    EXPECT_EQ(worker->tasks.size(), accepted == lost ? 6U : 5U);
  }
  Feed();
  RunFor(*worker);
  EXPECT_GT(Totals(*worker).account_jobs, jobs);
  accept_lost_.clear();
  worker = Start("w-01");  // it was committed that it is behind that
  RunFor(*worker);
  EXPECT_EQ(worker->tasks.size(), 6U);
}

TEST_F(TakeOverTest, RefusesATaskWhoseMetaCannotBeRead) {
  Feed();
  auto worker = Start("w-01");
  RunFor(*worker);
  worker.reset();
  broker_.Publish({names_.Changelog(Stage::kAccount), 0}, {.key = "m", .value = "\xff"});
  worker = Start("w-01");
  RunFor(*worker);
  EXPECT_EQ(worker->log->taking_over().at(kAccount).phase, TaskPhase::kRefused);
}

TEST_F(TakeOverTest, ACopyThatMissedTombstonesIsWiped) {
  Send({.key = "a", .delay = Seconds(30)});
  auto first = Start("w-01");
  RunFor(*first);
  EndSessionOf(*first);
  first.reset();
  const auto second = Start("w-02");
  RunFor(*second, 80);
  Tick();
  RunFor(*second);
  ASSERT_EQ(Totals(*second).account_fired, 1);
  Advance(broker_.settings().delete_retention + Hours(1));
  for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk})
    for (int32_t n = 0; n < 2; ++n) broker_.Compact({names_.Changelog(stage), n});
  EndSessionOf(*second);
  const auto again = Start("w-01");
  RunFor(*again, 60);
  EXPECT_GT(disks_["w-01"].wiped, 0);
  EXPECT_EQ(Totals(*again).timers, 0);
  EXPECT_EQ(Totals(*again).account_fired, 1);
}

TEST_F(TakeOverTest, WaitsForRulesThatAreNotCompiledHere) {
  const auto worker = Start("w-01");
  RunFor(*worker);
  bool known = false;
  worker->log.reset();
  worker->tasks.clear();
  const RuleProvider rules = [&, all = rules_](ContentHash hash) {
    return hash == toy::kOtherRules && !known ? nullptr : all(hash);
  };
  EndSessionOf(*worker);
  rules_ = rules;
  const auto slow = Start("w-02");
  RunFor(*slow);
  Switch(toy::kOtherRules);
  Feed();
  RunFor(*slow);
  EXPECT_EQ(slow->log->awaiting_rules().size(), 6U);
  EXPECT_EQ(Totals(*slow).token_jobs, 0);
  known = true;
  RunFor(*slow);
  EXPECT_TRUE(slow->log->awaiting_rules().empty());
  EXPECT_EQ(Totals(*slow).account_jobs, 4);
  EXPECT_EQ(slow->tasks.at(kAccount).meta().rules, toy::kOtherRules);
  // A worker that takes over under such rules waits as well.
  EndSessionOf(*slow);
  known = false;
  const auto other = Start("w-03");
  RunFor(*other);
  EXPECT_EQ(other->log->taking_over().at(kAccount).phase, TaskPhase::kAwaitsRules);
  EXPECT_TRUE(other->tasks.empty());
  known = true;
  RunFor(*other);
  EXPECT_EQ(other->tasks.size(), 6U);
}

// The process dies whenever it applies such a record or fires such a timer of the account stage.
class PoisonTest : public TakeOverTest {
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
TEST_F(TakeOverTest, AfterOneDeathAFewRecordsAreTriedAtATime) {
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
TEST_F(TakeOverTest, WhoLivesWhileNothingCanBeCommittedIsNoDeath) {
  for (const bool in_peace : {true, false}) {
    Feed();
    broker_.refused = {names_.Input(Stage::kAccount)};
    for (int i = 0; i < 8; ++i) {
      const auto worker = Start("w-01");
      RunFor(*worker, in_peace ? 2 : 12);
      if (in_peace) {
        ASSERT_TRUE(worker->log->End().has_value());
      }
    }
    broker_.refused.clear();
    const auto worker = Start("w-01");
    RunFor(*worker, 40);
    EXPECT_EQ(worker->log->counters().skipped, 0U);
    EXPECT_EQ(Totals(*worker).account_jobs, in_peace ? 4 : 8);
  }
}

// What came since cannot have killed anybody.
TEST_F(TakeOverTest, OnlyWhatLayThereWhenTheOwnerDiedIsTriedAlone) {
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

TEST_F(TakeOverTest, RestartsWithoutWorkAreNoAttempts) {
  Feed();
  for (int i = 0; i < 8; ++i) RunFor(*Start("w-01"));
  Send({.key = "late"});
  const auto worker = Start("w-01");
  RunFor(*worker);
  EXPECT_EQ(Totals(*worker).account_jobs, 5);
  EXPECT_EQ(worker->log->counters().skipped, 0U);
}

// Twelve owners die in one tick, each a commit further.
TEST_F(TakeOverTest, ATickOfManyCommitsIsNotSetAsideForThoseWhoDiedInIt) {
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

TEST_F(TakeOverTest, TheRulesAreSwitchedEverywhereOrNowhere) {
  broker_.CreateTopic({names_.Control(), 1, 1, {}});
  FakeClient client(broker_, "rules", "rules", {});
  ASSERT_TRUE(SwitchRules(client, names_, kPartitions, toy::kOtherRules).has_value());
  const std::string record = EncodeRecord(SwitchRecord{toy::kOtherRules});
  EXPECT_EQ(Read(names_.Control()), std::vector<std::string>{record});
  for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk})
    EXPECT_EQ(std::ranges::count(Read(names_.Input(stage)), record), kPartitions);
  broker_.DeleteTopic(names_.Control());
  const auto refused = SwitchRules(client, names_, kPartitions, toy::kRules);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, kKafkaAborted);
  for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk})
    EXPECT_EQ(Read(names_.Input(stage)).size(), 2 * kPartitions);
}

}  // namespace
}  // namespace pm
