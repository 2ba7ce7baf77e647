#include <set>

#include "engine/runtime/testing_task.h"

namespace pm {
namespace {

using toy::Do;
using toy::Job;

TEST_F(TaskTest, AFailedStepChangesNothingButIsReported) {
  Send({"a", 5, {}, Do::kFail}, Instant{100});
  Send({"b", 7}, Instant{200});
  Commit();
  EXPECT_EQ(Totals().account_jobs, 1);
  EXPECT_EQ(Totals().token_jobs, 2) << "the step before it holds";
  EXPECT_EQ(CountOutputs("dead_letter.written"), 1U);
  EXPECT_EQ(CountOutputs("alert.raised"), 1U);
  EXPECT_EQ(task_->counters().failed_steps, 1U);
}

TEST_F(TaskTest, AStepThatWritesTooMuchFails) {
  Send({"a", 5, {}, Do::kBig}, Instant{100});
  Commit();
  EXPECT_EQ(Totals().account_jobs, 0);
  EXPECT_EQ(CountOutputs("dead_letter.written"), 1U);
}

TEST_F(TaskTest, AFailedStepGivesBackTheRowsItEdited) {
  Send({"a", 5}, Instant{100});
  Send({"a", 1, {}, Do::kBig}, Instant{100});
  Send({"a", 7}, Instant{100});
  Commit();
  EXPECT_EQ(Totals().account_jobs, 2) << "of a row that was not committed yet";
  Send({"a", 1, {}, Do::kBig}, Instant{100});
  Send({"a", 9}, Instant{100});
  Commit();
  EXPECT_EQ(Totals().account_jobs, 3) << "of a committed one";
  EXPECT_EQ(task_->counters().failed_steps, 2U);
}

TEST_F(TaskTest, CutsAChainOfMessages) {
  Send({"a", 5, {}, Do::kLoop}, Instant{100});
  Commit();
  EXPECT_EQ(CountOutputs("dead_letter.written"), 3U) << "the loop, the desk, the last answer";
}

TEST_F(TaskTest, ParksARowWhoseDueFails) {
  const EventId id = Send({"a", 1, Milliseconds(5), Do::kTimerFails}, Instant{100});
  Send({"b", 1, Milliseconds(5)}, Instant{100});
  EXPECT_TRUE(Tick(Instant{200}));
  Commit();
  EXPECT_EQ(Totals().account_fired, 1) << "the other one fired, the failed step left no trace";
  EXPECT_EQ(CountOutputs("alert.raised"), 1U);
  EXPECT_EQ(task_->counters().late_ms.counts[0], 2U);
  EXPECT_EQ(task_->counters().late_ms.sum, 2 * 95);
  EXPECT_EQ(task_->NextDue(kNever), std::nullopt);
  ASSERT_EQ(task_->parked().size(), 1U);
  Restart();
  EXPECT_EQ(task_->parked().size(), 1U) << "the list is stored";
  EXPECT_TRUE(Tick(Instant{300}));
  EXPECT_EQ(task_->counters().fired, 0U);
  Send({"", 0, Milliseconds(50), Do::kUnpark, id}, Instant{300});
  EXPECT_TRUE(task_->parked().empty());
  EXPECT_TRUE(Tick(Instant{400}));
  Commit();
  EXPECT_EQ(Totals().account_fired, 2);
  EXPECT_FALSE(store_.NextKey("!", "").has_value());
}

TEST_F(TaskTest, MovingAParkedRowToItsOldDueFiresIt) {
  const EventId id = Send({"a", 1, Milliseconds(5), Do::kTimerFails}, Instant{100});
  EXPECT_TRUE(Tick(Instant{200}));
  Send({"", 0, Milliseconds(6), Do::kUnpark, id}, Instant{100});
  Send({"", 0, Milliseconds(5), Do::kUnpark, id}, Instant{100});
  EXPECT_TRUE(Tick(Instant{300}));
  Commit();
  EXPECT_EQ(Totals().account_fired, 1);
}

TEST_F(TaskTest, AParkedRowThatIsRetriedFiresWithTheNextTick) {
  const EventId id = Send({"a", 1, Milliseconds(5), Do::kTimerWaits}, Instant{100});
  const std::string row = RowKey<toy::Timer>({id});
  EXPECT_TRUE(Tick(Instant{200}));
  Commit();
  ASSERT_EQ(task_->parked(), std::set<std::string>{row});
  Restart();
  Retry(row);
  Commit();
  EXPECT_TRUE(task_->parked().empty());
  EXPECT_FALSE(store_.NextKey("!", "").has_value());
  EXPECT_EQ(task_->NextDue(kNever)->due, Instant{105}) << "as it was";
  EXPECT_TRUE(Tick(Instant{300}));
  Commit();
  EXPECT_EQ(task_->parked().size(), 1U) << "its cause is still there";
  EXPECT_EQ(CountOutputs("alert.raised"), 2U);
  EXPECT_EQ(CountOutputs("dead_letter.written"), 2U);
  EXPECT_NE(outputs_[0].id, outputs_[2].id);
  Switch(toy::kOtherRules);
  Retry(row);
  EXPECT_TRUE(Tick(Instant{400}));
  Commit();
  EXPECT_TRUE(task_->parked().empty());
  EXPECT_EQ(Totals().account_fired, 1);
}

TEST_F(TaskTest, RetryingARowThatIsNotParkedDoesNothing) {
  const EventId id = Send({"a", 1, Milliseconds(5)}, Instant{100});
  Commit();
  const Digest before = task_->meta().digest;
  Retry(RowKey<toy::Timer>({id}));
  Retry("nothing");
  Commit();
  EXPECT_EQ(task_->meta().digest, before);
  EXPECT_TRUE(Tick(Instant{200}));
  Commit();
  EXPECT_EQ(task_->counters().fired, 1U);
  EXPECT_EQ(CountOutputs("dead_letter.written"), 0U);
}

TEST_F(TaskTest, TheAlertOfAParkedRowNamesTheCommand) {
  Send({"a", 1, Milliseconds(5), Do::kTimerFails}, Instant{100});
  EXPECT_TRUE(Tick(Instant{200}));
  Commit();
  const auto alert = std::ranges::find(outputs_, "alert.raised", &Output::type);
  ASSERT_NE(alert, outputs_.end());
  EXPECT_NE(alert->json.find("`pointsman parked retry`"), std::string::npos) << alert->json;
}

TEST_F(TaskTest, ParksARowThatDoesNotAdvance) {
  Send({"a", 1, Milliseconds(5), Do::kTimerStays}, Instant{100});
  EXPECT_TRUE(Tick(Instant{200}));
  Commit();
  EXPECT_EQ(task_->parked().size(), 1U);
  EXPECT_EQ(Totals().account_fired, 0);
}

TEST_F(TaskTest, ParksATimerThatIsSetBackWithoutAnEnd) {
  Send({"a", 1, Days(1), Do::kTimerBack}, Instant{100});
  Send({"b", 1, Days(1)}, Instant{100});
  EXPECT_TRUE(Tick(Instant{200} + Days(1)));
  Commit();
  EXPECT_EQ(Totals().account_fired, 1 + 1 + kMaxEchoes);
  EXPECT_EQ(task_->parked().size(), 1U);
  EXPECT_EQ(CountOutputs("alert.raised"), 1U);
  EXPECT_EQ(task_->meta().fired_to, std::nullopt);
  EXPECT_TRUE(Tick(Instant{200} + Days(2)));
  EXPECT_EQ(task_->counters().fired, 2 + kMaxEchoes) << "a parked row waits for nothing";
}

TEST_F(TaskTest, WhatFiresAgainAtItsOldTimeHasAnIdOfItsOwn) {
  Send({"a", 1, Days(1), Do::kTimerBack}, Instant{100});
  EXPECT_TRUE(Tick(Instant{200} + Days(1)));
  Commit();
  ASSERT_GT(CountOutputs("lead.updated"), 1U);
  std::set<EventId> ids;
  for (const Output& output : outputs_) EXPECT_TRUE(ids.insert(output.id).second) << output.type;
}

// Two timers that set each other back; what is left of them where commits fall after each row.
class CircleTest : public TaskTest {
 protected:
  CircleTest() : TaskTest({.batch_rows = 1}) {}
  void Run(bool abandons) {
    const EventId second = Send({"b", 1, Days(2)}, Instant{100});
    Send({"a", 1, Days(1), Do::kTimerBack, second}, Instant{100});
    Commit();
    bool whole = Tick(Instant{200} + Days(1));
    for (int i = 0; !whole; ++i, whole = Again()) {
      Commit();
      if (!abandons || i % 3 != 0) continue;
      // As after a crash: the tick is read again and goes on from the commit.
      Restart();
      --position_;
      whole = Tick(Instant{200} + Days(1));
      if (whole) break;
    }
    Commit();
  }
};

TEST_F(CircleTest, OfTimersIsCutWhereverTheCommitsFall) {
  Run(false);
  EXPECT_EQ(task_->parked().size(), 1U);
  EXPECT_LE(Totals().account_fired, 2 + 2 * kMaxEchoes);
  EXPECT_GE(Totals().account_fired, kMaxEchoes);
  const TaskMeta meta = task_->meta();
  class Restarted final : public CircleTest {
   public:
    using CircleTest::Run;
    TaskMeta meta() const { return task_->meta(); }

   private:
    void TestBody() override {}
  };
  Restarted other;
  other.Run(true);
  EXPECT_EQ(other.meta(), meta);
}

}  // namespace
}  // namespace pm
