#include "engine/runtime/kafka/state/standbys.h"

#include "engine/runtime/kafka/simulation/testing_kafka.h"

namespace pm {
namespace {

// What Kafka's `range` gives each of the members that live.
std::vector<std::set<uint32_t>> Ranges(uint32_t members, uint32_t partitions) {
  std::vector<std::set<uint32_t>> ranges(members);
  uint32_t next = 0;
  for (uint32_t m = 0; m < members; ++m) {
    const uint32_t size = partitions / members + (m < partitions % members ? 1 : 0);
    for (uint32_t n = 0; n < size; ++n) ranges[m].insert(next++);
  }
  return ranges;
}

class DeathsTest : public testing::TestWithParam<uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Partitions, DeathsTest, testing::Values(1, 2, 3, 5, 8, 12, 16));

TEST_P(DeathsTest, WhateverASurvivorGetsItHasFollowed) {
  const uint32_t partitions = GetParam();
  for (uint32_t members = 2; members <= partitions + 1; ++members) {
    const std::vector<std::set<uint32_t>> before = Ranges(members, partitions);
    for (uint32_t dead = 0; dead < members; ++dead) {
      const std::vector<std::set<uint32_t>> after = Ranges(members - 1, partitions);
      for (uint32_t m = 0; m < members; ++m) {
        if (m == dead) continue;
        const std::set<uint32_t> followed = PartitionsAfterDeaths(before[m], partitions, 1);
        for (const uint32_t n : after[m - (m > dead ? 1 : 0)])
          EXPECT_TRUE(before[m].contains(n) || followed.contains(n)) << members << ' ' << m;
        for (const uint32_t n : followed) EXPECT_FALSE(before[m].contains(n));
      }
    }
  }
}

TEST(DeathsTest, FollowsNeighboursAndNobodyElse) {
  using Set = std::set<uint32_t>;
  EXPECT_EQ(PartitionsAfterDeaths({0, 1, 2, 3}, 8, 1), (Set{4, 5, 6, 7}));
  EXPECT_EQ(PartitionsAfterDeaths({0, 1, 2, 3, 4, 5, 6, 7}, 8, 3), Set{});
  EXPECT_EQ(PartitionsAfterDeaths({0, 1, 2, 3}, 16, 1), (Set{4, 5}));
  EXPECT_EQ(PartitionsAfterDeaths({0, 1, 2, 3}, 16, 2), (Set{4, 5, 6, 7}));
  EXPECT_EQ(PartitionsAfterDeaths({0, 1, 2, 3}, 8, 0), Set{});
  EXPECT_EQ(PartitionsAfterDeaths({}, 8, 1), Set{7});
  EXPECT_EQ(PartitionsAfterDeaths({}, 8, 2), (Set{6, 7}));
}

class StandbysTest : public KafkaTest {
 protected:
  void Feed(int jobs) {
    for (int i = 0; i < jobs; ++i)
      Send({.key = fmt::format("k{}", next_++), .delay = i % 2 == 0 ? Seconds(60) : Seconds(0)});
  }
  void RunFor(std::initializer_list<Worker*> workers, int rounds = 40) {
    for (int i = 0; i < rounds; ++i) {
      for (Worker* worker : workers) ASSERT_TRUE(Run(*worker, 20).has_value());
      Advance(Milliseconds(500));
    }
  }
  // Two workers at work, one of which dies: how many records the other reads to take its tasks
  // over.
  int64_t ReadAtTakeOver(int jobs, std::unique_ptr<Worker>* survivor) {
    auto dies = Start("w-01"), lives = Start("w-02");
    RunFor({&*dies, &*lives});
    Feed(jobs);
    RunFor({&*dies, &*lives});
    EXPECT_EQ(dies->tasks.size(), 3U);
    broker_.EndSession(dies->client->number());
    dies.reset();
    lives->settings.take_over.slice = 1;
    std::map<TaskId, int64_t> read;  // of those that move, in small steps to be seen
    for (int i = 0; i < 5000 && lives->tasks.size() < 6; ++i) {
      EXPECT_TRUE(Run(*lives, 1).has_value());
      for (const auto& [task, one] : lives->log->taking_over())
        if (task.partition == 0 && one.restore != nullptr) read[task] = one.restore->records();
    }
    RunFor({&*lives});
    EXPECT_EQ(lives->tasks.size(), 6U);
    EXPECT_EQ(Totals(*lives).account_jobs, jobs);
    *survivor = std::move(lives);
    int64_t sum = 0;
    for (const auto& [task, records] : read) sum += records;
    return sum;
  }
  static constexpr TaskId kTask{Stage::kAccount, 0};
  int next_ = 0;
};

TEST_F(StandbysTest, ATakeOverReadsTheTailAlone) {
  standbys_ = 1;
  std::unique_ptr<Worker> survivor;
  EXPECT_LE(ReadAtTakeOver(200, &survivor), 3 * 3);
  EXPECT_EQ(disks_["w-02"].wiped, 0);
  // Its timers, too, are there.
  Advance(Minutes(2));
  Tick();
  RunFor({&*survivor});
  EXPECT_EQ(Totals(*survivor).account_fired, 100);
}

TEST_F(StandbysTest, WithoutOneItReadsTheStateOfItsTasks) {
  std::unique_ptr<Worker> survivor;
  EXPECT_GT(ReadAtTakeOver(200, &survivor), 150);
  EXPECT_TRUE(survivor->log->standbys().empty());
}

TEST_F(StandbysTest, SaysHowFarBehindItIs) {
  standbys_ = 1;
  auto one = Start("w-01"), two = Start("w-02");
  RunFor({&*one, &*two});
  Feed(20);
  RunFor({&*one});
  ASSERT_TRUE(Run(*two, 2).has_value());
  ASSERT_EQ(two->log->standbys().size(), 3U);
  RunFor({&*two});
  for (const auto& [task, standby] : two->log->standbys()) {
    EXPECT_EQ(standby.lag(), 0) << StageName(task.stage);
    EXPECT_GT(standby.high, 0);
  }
}

TEST_F(StandbysTest, OneThatComesHomeGoesOnWhereItStood) {
  standbys_ = 1;
  std::unique_ptr<Worker> survivor;
  ReadAtTakeOver(100, &survivor);
  const auto back = Start("w-01");
  RunFor({&*back, &*survivor});
  ASSERT_EQ(back->tasks.size(), 3U);
  EXPECT_EQ(survivor->log->standbys().size(), 3U);
  EXPECT_EQ(Totals(*back).account_jobs + Totals(*survivor).account_jobs, 100);
}

TEST_F(StandbysTest, RestartsWithinTheSessionMoveNothing) {
  standbys_ = 1;
  std::map<std::string, std::unique_ptr<Worker>> workers;
  for (const char* name : {"w-01", "w-02"}) workers[name] = Start(name);
  const auto run = [&] { RunFor({&*workers["w-01"], &*workers["w-02"]}); };
  run();
  Feed(100);
  run();
  const int rebalances = broker_.group(kGroup).rebalances();
  for (const char* name : {"w-01", "w-02"}) {
    workers[name].reset();
    Advance(broker_.settings().session - Seconds(5));
    workers[name] = Start(name);
    run();
    EXPECT_EQ(broker_.group(kGroup).rebalances(), rebalances) << name;
    EXPECT_EQ(workers[name]->tasks.size(), 3U);
    EXPECT_LE(workers[name]->log->take_overs().records, 3U * 3U) << "its own copies are whole";
    EXPECT_EQ(disks_[name].wiped, 0);
  }
  EXPECT_EQ(Totals(*workers["w-01"]).account_jobs + Totals(*workers["w-02"]).account_jobs, 100);
}

// The class alone, on a changelog that the test writes.
class FollowerTest : public StandbysTest {
 protected:
  FollowerTest() { broker_.quiet = true; }
  void Write(std::string key, std::string value) {
    broker_.Publish(changelog_, {.key = std::move(key), .value = std::move(value)});
  }
  // To begin is an Advance of its own.
  void Follow(size_t most) {
    Advance(Seconds(1));
    ASSERT_TRUE(standbys_of_.Follow({kTask}).has_value());
    const bool begins = !standbys_of_.all().at(kTask).lag();
    ASSERT_TRUE(standbys_of_.Advance(most).has_value());
    if (!begins) return;
    ASSERT_TRUE(standbys_of_.Advance(most).has_value());
  }
  const TopicPartition changelog_{names_.Changelog(Stage::kAccount), 0};
  FakeClient client_{broker_, "other", "w", {}};
  FakeReader reader_{broker_, "notes"};
  MemoryStores stores_;
  std::vector<std::string> lines_;
  const TakeOverSettings settings_{
      .names = names_, .say = [this](std::string_view line) { lines_.emplace_back(line); }};
  const StateRows rows_of_ = toy::Rows();
  Standbys standbys_of_{client_, reader_, stores_, settings_, rows_of_, clock_};
};

TEST_F(FollowerTest, ReadsNoMoreThanItMay) {
  for (int i = 0; i < 10; ++i) Write(fmt::format("rt{}", i), "x");
  Follow(4);
  EXPECT_EQ(standbys_of_.all().at(kTask).next, 4);
  EXPECT_EQ(standbys_of_.all().at(kTask).lag(), 6);
  Follow(100);
  EXPECT_EQ(standbys_of_.all().at(kTask).lag(), 0);
}

TEST_F(FollowerTest, NotesNowAndThenHowFarItRead) {
  const auto noted = [&] { return broker_.group("notes").committed[changelog_]; };
  Write("rtx", "x");
  Follow(100);
  EXPECT_EQ(noted(), 1);
  Write("rty", "y");
  Follow(100);
  EXPECT_EQ(noted(), 1) << "a second later";
  Advance(Seconds(5));
  Follow(100);
  EXPECT_EQ(noted(), 2);
}

TEST_F(FollowerTest, FollowsTheOthersWhereOneHasNoLeader) {
  broker_.waited = [this](Duration by) { KafkaTest::Advance(by); };
  Write("rtx", "x");
  const TaskId silent{Stage::kIdentity, 0};  // it comes first
  broker_.leaderless = {{names_.Changelog(Stage::kIdentity), 0}};
  ASSERT_TRUE(standbys_of_.Follow({kTask, silent}).has_value());
  const Instant began = clock_.Now();
  for (int i = 0; i < 60; ++i) {
    ASSERT_TRUE(standbys_of_.Advance(100).has_value());
    Advance(Seconds(1));
  }
  EXPECT_EQ(standbys_of_.all().at(kTask).lag(), 0);
  EXPECT_LT((clock_.Now() - began - Seconds(60)).ms, 25'000) << "that it waited";
  broker_.leaderless.clear();
  Advance(Seconds(10));
  ASSERT_TRUE(standbys_of_.Advance(100).has_value());
  EXPECT_TRUE(standbys_of_.all().at(silent).lag().has_value());
}

TEST_F(FollowerTest, WhatItLetsGoLiesOnDiskAsFarAsItRead) {
  Write("rtx", "y");
  Write("m", Encoded(TaskMeta{.position = 5}));
  Follow(100);
  EXPECT_FALSE((*stores_.Open(kTask))->Get("tx").has_value());
  ASSERT_TRUE(standbys_of_.Follow({}).has_value());
  EXPECT_TRUE(standbys_of_.all().empty());
  EXPECT_EQ((*stores_.Open(kTask))->Get("tx"), "y");
  EXPECT_EQ(ReadCopyState(**stores_.Open(kTask))->from, 1);
}

TEST_F(FollowerTest, BeginsAnewOnceAndThenGivesUp) {
  Write("m", "\xff");
  Follow(100);
  EXPECT_EQ(stores_.wiped, 1);
  Follow(100);
  Follow(100);
  EXPECT_EQ(stores_.wiped, 2);
  EXPECT_NE(standbys_of_.all().at(kTask).given_up, "");
  EXPECT_EQ(standbys_of_.all().at(kTask).lag(), std::nullopt);
  ASSERT_EQ(lines_.size(), 2U);
  EXPECT_TRUE(lines_[0].starts_with("account/0: its standby is made anew: "));
  EXPECT_TRUE(lines_[1].starts_with("account/0: its standby is given up: "));
}

TEST_F(FollowerTest, ACopyOfAnotherClusterIsWiped) {
  const std::vector<MetaWrite> meta = {{kCopyStateName, Encoded(CopyState{1000, {}, true, 0})}};
  ASSERT_TRUE((*stores_.Open(kTask))->Commit({{}, {}, {}, meta}).has_value());
  Write("rtx", "y");
  Follow(100);
  EXPECT_EQ(stores_.wiped, 1);
  EXPECT_EQ(standbys_of_.all().at(kTask).lag(), 0);
}

TEST_F(FollowerTest, TheRestOfARestoreFromTheStartIsWiped) {
  const std::vector<RowWrite> rows = {{"tz", "z"}};
  ASSERT_TRUE((*stores_.Open(kTask))->Commit({rows, {}, {}, {}}).has_value());
  Write("rtx", "y");
  Follow(100);
  EXPECT_EQ(stores_.wiped, 1);
}

}  // namespace
}  // namespace pm
