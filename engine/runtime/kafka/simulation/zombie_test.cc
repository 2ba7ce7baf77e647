// A worker that was stopped in the middle of a commit for so long that others took over, with
// timers due, and goes on as if nothing had been.
#include "engine/runtime/digest.h"
#include "engine/runtime/kafka/simulation/testing_kafka.h"

namespace pm {
namespace {

// Ends the driver once a commit was not taken.
class UntilAborted final : public Log {
 public:
  UntilAborted(Log& log, std::stop_source stop) : log_(log), stop_(std::move(stop)) {}
  Result<std::span<const Record>> Poll(TaskId* task, const Bounds& bounds) override {
    if (--polls_ == 0) stop_.request_stop();
    return log_.Poll(task, bounds);
  }
  Result<void> Commit(std::span<CommitSet> sets) override {
    const Result<void> done = log_.Commit(sets);
    aborted |= !done.has_value();
    if (aborted) stop_.request_stop();
    return done;
  }
  bool GivesAgain() const override { return log_.GivesAgain(); }
  bool aborted = false;

 private:
  Log& log_;
  std::stop_source stop_;
  int polls_ = 200;
};

class ZombieTest : public KafkaTest, public testing::WithParamInterface<CommitStep> {
 protected:
  static constexpr int kJobs = 6;

  // All timers are due.
  std::unique_ptr<Worker> StartWithTimersDue() {
    for (int i = 0; i < kJobs; ++i) Send({.key = fmt::format("k{}", i), .delay = Seconds(5)});
    auto worker = Start("w-01");
    EXPECT_TRUE(Run(*worker, 60).has_value());
    Advance(Seconds(10));
    Tick();
    return worker;
  }
  void RunFor(Worker& worker) {
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(Run(worker, 20).has_value());
      Advance(Milliseconds(500));
    }
  }
  static bool Fires(const Worker& worker) {
    return std::ranges::any_of(worker.tasks,
                               [](const auto& task) { return task.second.counters().fired > 0; });
  }
  std::vector<Digest> Digests(const std::string& instance) {
    std::vector<Digest> digests;
    for (const auto& [task, store] : disks_[instance].stores) digests.push_back(FullDigest(*store));
    return digests;
  }
  int CountUpdates() {
    constexpr std::string_view kUpdated = R"("type":"lead.updated")";
    int count = 0;
    for (const std::string& value : Outputs()) {
      for (size_t at = value.find(kUpdated); at != std::string::npos;
           at = value.find(kUpdated, at + 1))
        ++count;
    }
    return count;
  }
};

INSTANTIATE_TEST_SUITE_P(Steps, ZombieTest,
                         testing::Values(CommitStep::kApplied, CommitStep::kProduced,
                                         CommitStep::kFlushed, CommitStep::kOffsetsSent));

TEST_P(ZombieTest, IsFencedAndItsDatabaseDoesNotGoOn) {
  const auto zombie = StartWithTimersDue();
  std::unique_ptr<Worker> other;
  std::vector<Digest> before;
  zombie->settings.fail_point = [&](CommitStep step) -> Result<void> {
    if (other != nullptr || step != GetParam() || !Fires(*zombie)) return {};
    before = Digests("w-01");
    broker_.EndSession(zombie->client->number());
    other = Start("w-02");
    RunFor(*other);
    return {};
  };
  std::stop_source stop;
  UntilAborted until(*zombie->log, stop);
  ASSERT_TRUE(Drive(until, zombie->tasks, {20, size_t{1} << 20}, stop.get_token()).has_value());
  ASSERT_TRUE(other != nullptr && until.aborted);
  EXPECT_EQ(Digests("w-01"), before);
  EXPECT_GT(broker_.counts.fenced + broker_.counts.refused_offsets, 0);
  EXPECT_EQ(Totals(*other).account_fired, kJobs);
  // It has its share again, and nothing fires once more.
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(Run(*zombie, 20).has_value());
    ASSERT_TRUE(Run(*other, 20).has_value());
    Advance(Seconds(1));
  }
  EXPECT_EQ(zombie->tasks.size(), other->tasks.size());
  EXPECT_EQ(Totals(*zombie).account_fired + Totals(*other).account_fired, kJobs);
  EXPECT_EQ(CountUpdates(), kJobs);
}

}  // namespace
}  // namespace pm
