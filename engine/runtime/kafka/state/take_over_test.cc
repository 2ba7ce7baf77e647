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
  EXPECT_EQ(errors_, std::vector<std::string>{"account/0: refused: " + refused.why});
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
  EXPECT_FALSE(refused.wiped);
  EXPECT_EQ(disks_["w-01"].wiped, 0) << "it is whole";
  EXPECT_THAT(refused.why, testing::EndsWith(" (PM0512)"));
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
  EXPECT_EQ(disks_["w-01"].wiped, 0) << "it is whole";
  EXPECT_EQ(worker->log->take_overs().refused, 1U);
  const std::string lost = fmt::format("{}/0@{}", input.topic, next);
  EXPECT_THAT(refused.why, testing::HasSubstr(lost + " is read next"));
  EXPECT_EQ(worker->tasks.size(), 5U);

  for (const std::string& accepted : {fmt::format("{}/0@{}", input.topic, next - 1), lost}) {
    accept_lost_ = {accepted};
    worker = Start("w-01");
    RunFor(*worker);
    EXPECT_EQ(worker->tasks.size(), accepted == lost ? 6U : 5U);
  }
  // Also when its first transactions fail, and what is uncommitted is read again.
  broker_.refused = {names_.Changelog(Stage::kIdentity), names_.Changelog(Stage::kAccount)};
  Feed();
  RunFor(*worker);
  broker_.refused.clear();
  RunFor(*worker);
  EXPECT_GT(Totals(*worker).account_jobs, jobs);
  accept_lost_.clear();
  worker = Start("w-01");  // it was committed that it is behind that
  RunFor(*worker);
  EXPECT_EQ(worker->tasks.size(), 6U);
}

// Each question about it waits; the others are taken over and served meanwhile.
TEST_F(TakeOverTest, APartitionWithoutALeaderHoldsUpItsTaskAlone) {
  broker_.waited = [this](Duration by) { Advance(by); };
  const TopicPartition partitions[] = {{names_.Changelog(Stage::kDesk), 1},
                                       {names_.Changelog(Stage::kIdentity), 0},
                                       {names_.Input(Stage::kIdentity), 0}};
  int jobs = 0;
  for (const TopicPartition& leaderless : partitions) {
    broker_.leaderless = {leaderless};
    const auto worker = Start("w-01");
    Duration longest;
    for (const Instant end = clock_.Now() + Minutes(1); clock_.Now() < end;) {
      Send({.key = "k1"});  // of the other identity
      ++jobs;
      const Instant began = clock_.Now();
      ASSERT_TRUE(Run(*worker, 20).has_value());
      longest = std::max(longest, clock_.Now() - began);
      Advance(Milliseconds(500));
    }
    EXPECT_LE(longest, AskingPace::kAnswer) << leaderless.topic;
    EXPECT_EQ(worker->tasks.size(), 5U) << leaderless.topic;
    EXPECT_EQ(Totals(*worker).account_jobs, jobs) << leaderless.topic;
    broker_.leaderless.clear();
    RunFor(*worker);
    EXPECT_EQ(worker->tasks.size(), 6U);
    EndSessionOf(*worker);
  }
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
