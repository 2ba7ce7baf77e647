// Whom a worker fences that takes tasks over, and whom it leaves alone.
#include "engine/runtime/kafka/simulation/testing_kafka.h"

namespace pm {
namespace {

class FencingTest : public KafkaTest {
 protected:
  // The other one has left its transaction open, and the group. Eight jobs come in all.
  std::unique_ptr<Worker> StartBehindADeadOwner() {
    Feed();
    const auto dead = Start("w-01");
    EXPECT_TRUE(Run(*dead, 60).has_value());
    dead->settings.fail_point = KillAt(CommitStep::kOffsetsSent);
    Feed();
    EXPECT_FALSE(Run(*dead, 60).has_value());
    EndSessionOf(*dead);
    return Start("w-02");
  }
};

TEST_F(FencingTest, FencesADeadOwnerThatHoldsTheChangelogBack) {
  const auto worker = StartBehindADeadOwner();
  RunFor(*worker);
  // Long before the transaction's own time-out, and once for all that it had.
  EXPECT_EQ(broker_.counts.timed_out, 0);
  EXPECT_EQ(worker->log->take_overs().owners_fenced, 1U);
  EXPECT_EQ(Totals(*worker).account_jobs, 8);
  EXPECT_TRUE(worker->log->taking_over().empty());
}

// Its neighbour has read behind the record that names it.
TEST_F(FencingTest, FencesADeadOwnerWhoseTasksWereFollowed) {
  standbys_ = 1;
  for (const CommitStep step : {CommitStep::kFlushed, CommitStep::kOffsetsSent}) {
    const auto dead = Start("w-01"), heir = Start("w-02");
    for (int i = 0; i < 10; ++i) {
      Feed();
      RunFor(*dead, 2);
      RunFor(*heir, 2);
    }
    ASSERT_FALSE(dead->tasks.empty());
    ASSERT_FALSE(heir->log->standbys().empty());
    const uint64_t fenced = heir->log->take_overs().owners_fenced;
    dead->settings.fail_point = KillAt(step);
    Feed();
    ASSERT_FALSE(Run(*dead, 60).has_value());
    EndSessionOf(*dead);
    RunFor(*heir);
    EXPECT_EQ(heir->tasks.size(), 6U);
    EXPECT_EQ(broker_.counts.timed_out, 0) << static_cast<int>(step);
    EXPECT_EQ(heir->log->take_overs().owners_fenced, fenced + 1);
    EndSessionOf(*heir);
  }
}

// What it left open holds back the inputs of the next stages, and no changelog: the copies that the
// other one has are whole at once.
TEST_F(FencingTest, FencesADeadOwnerThatHoldsNoChangelogBackHoweverOftenThatIsNotAnswered) {
  Feed();
  const auto dead = Start("w-01");
  RunFor(*dead);
  const std::string id = names_.TransactionalId("w-01");
  broker_.NewEpoch(id);
  for (const Stage stage : {Stage::kAccount, Stage::kDesk})
    broker_.Write({names_.Input(stage), 0}, {.value = "half of a commit"}, id);
  EndSessionOf(*dead);
  Feed();
  const auto worker = Start("w-02");
  constexpr int kTimes = 3;
  broker_.unanswered[id] = kTimes;
  RunFor(*worker);
  EXPECT_EQ(broker_.unanswered[id], 0);
  EXPECT_EQ(broker_.counts.timed_out, 0);
  EXPECT_EQ(worker->log->take_overs().owners_fenced, 1U);
  EXPECT_EQ(Totals(*worker).account_jobs, 8);
}

// It died at rest. Its heir asks now and then, serves its tasks, and follows its neighbour's.
TEST_F(FencingTest, AnOwnerForWhomNobodyAnswersHoldsUpNobody) {
  broker_.waited = [this](Duration by) { Advance(by); };
  standbys_ = 1;
  const auto lives = Start("w-01"), dead = Start("w-02"), heir = Start("w-03");
  const auto run_both = [&](Duration time) {
    Duration longest;
    for (const Instant end = clock_.Now() + time; clock_.Now() < end;) {
      Feed();
      EXPECT_TRUE(Run(*lives, 20).has_value());
      const Instant began = clock_.Now();
      EXPECT_TRUE(Run(*heir, 20).has_value());
      longest = std::max(longest, clock_.Now() - began);
      Advance(Milliseconds(500));
    }
    return longest;
  };
  for (int i = 0; i < 10; ++i) {
    Feed();
    for (Worker* worker : {&*lives, &*dead, &*heir}) RunFor(*worker, 1);
  }
  ASSERT_EQ(dead->tasks.size(), 3U);
  EndSessionOf(*dead);
  broker_.unanswered[names_.TransactionalId("w-02")] = 1'000'000;
  EXPECT_LE(run_both(Minutes(1)), AskingPace::kAnswer);
  EXPECT_EQ(heir->tasks.size(), 3U);
  EXPECT_EQ(heir->log->take_overs().owners_fenced, 0U);
  for (Worker* worker : {&*lives, &*heir}) RunFor(*worker, 2);
  for (const TaskStatus& task : heir->log->Look()) EXPECT_EQ(task.lag, 0) << ToText(task.id);
  ASSERT_EQ(heir->log->standbys().size(), 3U);
  for (const auto& [task, standby] : heir->log->standbys()) {
    ASSERT_TRUE(standby.lag().has_value()) << ToText(task);
    EXPECT_LT(*standby.lag(), 20) << ToText(task);
  }
  broker_.unanswered.clear();
  run_both(Seconds(10));
  EXPECT_EQ(heir->log->take_overs().owners_fenced, 1U);
}

// It claims tasks that nobody has had, or that another had before.
TEST_F(FencingTest, FencesWhoDiedInTheTransactionThatClaimsItsTasks) {
  for (const bool has_predecessor : {false, true}) {
    Feed();
    if (has_predecessor) {
      const auto before = Start("w-00");
      RunFor(*before);
      EndSessionOf(*before);
      Feed();
    }
    const auto dead = Start("w-01", KillAt(CommitStep::kClaimed));
    EXPECT_EQ(Run(*dead, 60).error().code, kKilled);
    EndSessionOf(*dead);
    const auto worker = Start("w-02");
    RunFor(*worker);
    EXPECT_EQ(broker_.counts.timed_out, 0);
    EXPECT_TRUE(worker->log->taking_over().empty());
    EXPECT_EQ(Totals(*worker).account_jobs, has_predecessor ? 12 : 4);
    EndSessionOf(*worker);
  }
}

TEST_F(FencingTest, FencesADeadOwnerAlsoWhenTheClockIsSetBack) {
  const auto worker = StartBehindADeadOwner();
  RunFor(*worker, 1);
  SetClockBack(Hours(1));
  RunFor(*worker);
  EXPECT_EQ(broker_.counts.timed_out, 0);
  EXPECT_EQ(Totals(*worker).account_jobs, 8);
}

// A second worker has come, and what it is to read does not come: who wrote it lives, works on, and
// is fenced only once it is gone.
TEST_F(FencingTest, FencesAnOwnerOnceItHasLeftTheGroupAndNotWhileItWorks) {
  Feed();
  auto one = Start("w-01");
  RunFor(*one);
  const auto two = Start("w-02");
  const auto held = [&](Stage stage) { return TopicPartition{names_.Changelog(stage), 1}; };
  broker_.NewEpoch("slow");
  for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk})
    broker_.Write(held(stage), {.key = OwnerKey(), .value = ""}, "slow");
  const auto run_both = [&] {
    for (int i = 0; i < 20; ++i) {
      Feed(1);
      ASSERT_TRUE(Run(*one, 20).has_value());
      ASSERT_TRUE(Run(*two, 20).has_value());
      Advance(Seconds(1));
    }
  };
  run_both();
  EXPECT_EQ(two->log->taking_over().size(), 3U);
  EXPECT_EQ(two->log->take_overs().owners_fenced, 0U);
  EXPECT_EQ(one->log->counters().unknown, 0U) << "what works is not disturbed";
  EXPECT_EQ(one->tasks.size(), 3U);
  // It dies in a commit.
  one->settings.fail_point = KillAt(CommitStep::kOffsetsSent);
  Feed();
  ASSERT_FALSE(Run(*one, 60).has_value());
  EndSessionOf(*one);
  one.reset();
  broker_.End("slow", false);
  RunFor(*two);
  EXPECT_EQ(two->log->take_overs().owners_fenced, 2U) << "for what had moved, and for the others";
  EXPECT_EQ(broker_.counts.timed_out, 0);
  EXPECT_EQ(Totals(*two).account_jobs, 4 + 20 + 4);
}

// Who has fenced another needs its own producer back, and works on once it has it.
TEST_F(FencingTest, TriesAgainWhenItsOwnProducerDoesNotAnswerAfterItFencedAnother) {
  Feed();
  auto dead = Start("w-01");
  ASSERT_TRUE(Run(*dead, 60).has_value());
  dead->settings.fail_point = KillAt(CommitStep::kOffsetsSent);
  Feed();
  ASSERT_FALSE(Run(*dead, 60).has_value());
  const auto worker = Start("w-02");
  EndSessionOf(*dead);
  dead.reset();
  constexpr int kTimes = 5;
  broker_.unanswered[names_.TransactionalId("w-02")] = kTimes;
  RunFor(*worker);
  EXPECT_EQ(worker->log->take_overs().owners_fenced, 1U);
  EXPECT_EQ(broker_.unanswered[names_.TransactionalId("w-02")], 0);
  EXPECT_EQ(Totals(*worker).account_jobs, 8);
  EXPECT_EQ(worker->log->counters().unknown, 0U) << "nothing was restored again for it";
}

TEST_F(FencingTest, LeavesAnOwnerAloneThatHoldsNothingBack) {
  Feed();
  const auto one = Start("w-01");
  RunFor(*one);
  const auto two = Start("w-02");
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(Run(*one, 20).has_value());
    ASSERT_TRUE(Run(*two, 20).has_value());
    Advance(Seconds(1));
  }
  EXPECT_EQ(one->tasks.size(), 3U);
  EXPECT_EQ(two->tasks.size(), 3U);
  EXPECT_EQ(broker_.counts.fenced, 0);
  Feed();
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(Run(*one, 20).has_value());
    ASSERT_TRUE(Run(*two, 20).has_value());
  }
  EXPECT_EQ(Totals(*one).account_jobs + Totals(*two).account_jobs, 8);
}

}  // namespace
}  // namespace pm
