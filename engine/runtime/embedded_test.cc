#include "engine/runtime/embedded.h"

#include <future>
#include <thread>

#include "engine/runtime/memory_store.h"
#include "engine/runtime/testing.h"
#include "engine/runtime/testing_failing.h"
#include "engine/runtime/testing_stages.h"

namespace pm {
namespace {

using toy::Do;
using toy::Job;

constexpr Instant kStart{1'000'000};

Submission AsSubmission(const Job& job) { return {Encoded(job), job.key, Mode::kLive}; }

class EmbeddedTest : public testing::Test {
 protected:
  void Open(Store& store, EmbeddedSettings settings = {}) {
    engine_ = std::make_unique<Embedded>(store, std::move(settings), toy::Stages(), toy::Rules(),
                                         clock_, toy::kRules, "rules: one");
  }
  void Submit(const Job& job) {
    ASSERT_TRUE(engine_->Submit({AsSubmission(job)}, [this](const Result<Accepted>& accepted) {
      accepted_.push_back(accepted.value());
    }));
  }
  void Run(Duration after = {}) {
    clock_.Advance(after);
    engine_->RunUntilIdle();
  }
  std::vector<Output> Read(Topic topic, int64_t after = -1) const {
    std::vector<Output> outputs;
    const auto entries = engine_->ReadTopic(static_cast<uint8_t>(topic), after, 1000);
    for (const LogEntry& entry : entries.value())
      EXPECT_TRUE(DecodeOutput(entry.bytes, &outputs.emplace_back()));
    return outputs;
  }
  std::vector<LogEntry> Entries(uint8_t topic, int64_t after) const {
    return std::move(engine_->ReadTopic(topic, after, 1000)).value();
  }
  toy::Totals Totals() const {
    toy::Totals totals;
    toy::AddTotals(*engine_->View(), &totals);
    return totals;
  }

  ManualClock clock_{kStart};
  MemoryStore store_;
  std::unique_ptr<Embedded> engine_;
  std::vector<Accepted> accepted_;
};

TEST_F(EmbeddedTest, WhoIsAnsweredFindsTheStatusOfThatCommit) {
  MemoryStore store;
  Open(store);
  ContentHash seen;
  ASSERT_TRUE(
      engine_->Submit({}, [&](const Result<Accepted>&) { seen = engine_->status().meta.rules; }));
  Run();
  EXPECT_EQ(seen, toy::kRules);
}

TEST_F(EmbeddedTest, AnswersOnceTheWholeEffectIsDurable) {
  Open(store_);
  Submit({"ann", 5});
  EXPECT_TRUE(accepted_.empty());
  Run();
  ASSERT_EQ(accepted_.size(), 1U);
  EXPECT_EQ(accepted_[0].position, 1) << "behind the first rules";
  const std::vector<Output> leads = Read(Topic::kLeads);
  ASSERT_EQ(leads.size(), 1U);
  EXPECT_NE(leads[0].json.find(ToText(accepted_[0].roots.at(0))), std::string::npos);
  EXPECT_EQ(Totals().desk_jobs, 1);
  EXPECT_EQ(engine_->TopicEnd(Topic::kLeads), 1);
  EXPECT_EQ(ReadRulesDocument(store_, toy::kRules), "rules: one");
}

TEST_F(EmbeddedTest, GivesEachSubmissionOfARequestItsOwnRoot) {
  Open(store_);
  std::vector<Submission> two = {AsSubmission({"ann"}), AsSubmission({"ann"})};
  ASSERT_TRUE(engine_->Submit(std::move(two), [&](const auto& a) { accepted_.push_back(*a); }));
  Run();
  ASSERT_EQ(accepted_.size(), 1U);
  ASSERT_EQ(accepted_[0].roots.size(), 2U);
  EXPECT_NE(accepted_[0].roots[0], accepted_[0].roots[1]) << "although the bytes are equal";
}

TEST_F(EmbeddedTest, WaitsForPublishersBeforeTheFirstTick) {
  Open(store_);
  Submit({"ann", 1, Milliseconds(1)});
  Run(Milliseconds(9'999));
  EXPECT_EQ(Totals().account_fired, 0);
  Run(Milliseconds(1));
  EXPECT_EQ(Totals().account_fired, 1);
}

TEST_F(EmbeddedTest, TimeNeverGoesBack) {
  Open(store_);
  Submit({"ann", 1, Seconds(1)});
  Run();
  clock_.Set(Instant{0});
  Submit({"bob", 1, Seconds(1)});
  Run();
  engine_.reset();
  Open(store_);
  Submit({"cid", 1, Seconds(1)});
  Run();
  for (const LogEntry& entry : Entries(kInputTopic, -1)) EXPECT_EQ(entry.at, kStart);
}

TEST_F(EmbeddedTest, GoesOnWhereItStopped) {
  const ScratchDirectory directory;
  EventId first;
  {
    const auto store = OpenRocks(directory.path());
    Open(*store);
    Submit({"ann", 1, Seconds(60)});
    Run();
    first = accepted_[0].roots[0];
    engine_.reset();
  }
  const auto store = OpenRocks(directory.path());
  Open(*store);
  Run(Seconds(30));
  Submit({"ann", 1, Seconds(60)});
  Run();
  EXPECT_NE(accepted_[1].roots[0], first);
  Run(Seconds(31));
  EXPECT_EQ(Totals().account_fired, 1);
  EXPECT_EQ(Totals().account_jobs, 2);
  EXPECT_EQ(Read(Topic::kLeads).size(), 3U);
  EXPECT_EQ(engine_->status().meta.digest, FullDigest(*store));
  engine_.reset();
}

TEST_F(EmbeddedTest, FinishesATickThatWasCutOff) {
  EmbeddedSettings settings;
  settings.task.batch_rows = 10;
  FailingStore failing(store_);
  {
    SubmitQueue queue(clock_, 1000, 1 << 20);
    TopicWaiters waiters;
    EmbeddedLog log(failing, settings, clock_, queue, waiters);
    Tasks tasks;
    tasks.emplace(std::piecewise_construct, std::forward_as_tuple(),
                  std::forward_as_tuple(failing, settings.task, toy::Stages(), toy::Rules()));
    Request first, second;
    first.switch_to = toy::kRules;
    for (int i = 0; i < 100; ++i)
      second.submissions.push_back(AsSubmission({fmt::format("k{}", i), 1, Milliseconds(i + 1)}));
    ASSERT_TRUE(queue.Push(std::move(first)));
    ASSERT_TRUE(queue.Push(std::move(second)));
    std::stop_source stop;
    log.Begin(stop, false);
    ASSERT_TRUE(Drive(log, tasks, settings.batch, stop.get_token()).has_value());
    failing.left = 3;
    clock_.Advance(Seconds(10));
    std::stop_source again;
    log.Begin(again, false);
    EXPECT_FALSE(Drive(log, tasks, settings.batch, again.get_token()).has_value());
  }
  toy::Totals before;
  toy::AddTotals(store_, &before);
  EXPECT_GT(before.timers, 0);
  EXPECT_LT(before.timers, 100);
  Open(store_, settings);
  Run();
  EXPECT_EQ(Totals().account_fired, 100);
  EXPECT_EQ(Totals().timers, 0);
  EXPECT_EQ(Read(Topic::kLeads).size(), 200U) << "each timer published once";
}

TEST_F(EmbeddedTest, RefusesMoreThanItMayQueue) {
  EmbeddedSettings settings;
  settings.queue_records = 3;
  Open(store_, settings);
  Submit({"a"});
  Submit({"b"});
  EXPECT_EQ(engine_->Submit({AsSubmission({"c"})}, nullptr).error().code, kOverloaded);
  Run();
  EXPECT_TRUE(engine_->Submit({AsSubmission({"c"})}, nullptr).has_value());
  settings.queue_records = 1000;
  settings.queue_bytes = 10;
  MemoryStore other;
  Open(other, settings);
  EXPECT_EQ(engine_->Submit({AsSubmission({"c"})}, nullptr).error().code, kOverloaded);
}

TEST_F(EmbeddedTest, RefusesWhatIsTooLargeOrTooLate) {
  Open(store_);
  EXPECT_EQ(engine_->Submit({{std::string(kMaxValueBytes + 1, 'x'), "", Mode::kLive}}, nullptr)
                .error()
                .code,
            kTooLarge);
  engine_->Stop();
  EXPECT_EQ(engine_->Submit({AsSubmission({"a"})}, nullptr).error().code, kStopped);
}

TEST_F(EmbeddedTest, PutsPublishedRulesInForceAndKeepsThem) {
  Open(store_);
  Submit({"a"});
  bool done = false;
  ASSERT_TRUE(engine_->Publish(toy::kOtherRules, "rules: two", [&](const auto&) { done = true; },
                               {"published", "ann", "more reps"}));
  Submit({"a"});
  Run();
  EXPECT_TRUE(done);
  EXPECT_NE(Read(Topic::kLeads)[0].json.find(ToText(toy::kRules)), std::string::npos);
  EXPECT_NE(Read(Topic::kLeads)[1].json.find(ToText(toy::kOtherRules)), std::string::npos);
  EXPECT_EQ(ReadRulesDocument(store_, toy::kOtherRules), "rules: two");
  EXPECT_EQ(engine_->Publish(ContentHash{9, 9}, "", nullptr).error().code, kUnknownRules);
  const auto history = ReadRulesHistory(store_).switches;
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[0].rules, toy::kRules);
  EXPECT_EQ(history[0].how, "folder");
  EXPECT_EQ(history[1].rules, toy::kOtherRules);
  EXPECT_EQ(history[1].at, kStart);
  EXPECT_EQ(history[1].by + ": " + history[1].message, "ann: more reps");
}

TEST_F(EmbeddedTest, RetriesParkedRowsByARecordOfTheInput) {
  Open(store_);
  Submit({"ann", 1, Milliseconds(5), Do::kTimerWaits});
  Run(Seconds(11));
  ASSERT_EQ(engine_->status().parked, 1U);
  const std::string row = engine_->View()->NextKey("!", "").value().substr(1);
  ASSERT_TRUE(engine_->Publish(toy::kOtherRules, "", nullptr));
  int64_t position = 0;
  ASSERT_TRUE(engine_->Retry({row}, [&](const auto& a) { position = a.value().position; }));
  Run();
  const LogEntry entry = Entries(kInputTopic, position - 1).at(0);
  EXPECT_EQ(std::get<RetryRecord>(DecodeRecord(entry.bytes).value()).row, row);
  Run(Seconds(2));
  EXPECT_EQ(engine_->status().parked, 0U);
  EXPECT_EQ(Totals().account_fired, 1);
  engine_->Stop();
  EXPECT_EQ(engine_->Retry({row}, nullptr).error().code, kStopped);
}

TEST_F(EmbeddedTest, WakesReadersOfATopic) {
  Open(store_);
  std::vector<bool> woken;
  const auto note = [&](bool found) { woken.push_back(found); };
  engine_->WaitTopic(Topic::kLeads, -1, kNever, note);
  engine_->WaitTopic(Topic::kLeads, 0, kStart + Seconds(1), note);
  const uint64_t cancelled = engine_->WaitTopic(Topic::kLeads, -1, kNever, note);
  EXPECT_TRUE(engine_->CancelWait(cancelled));
  Run();
  EXPECT_TRUE(woken.empty());
  Submit({"a"});
  Run();
  EXPECT_EQ(woken, (std::vector<bool>{true}));
  engine_->WaitTopic(Topic::kLeads, -1, kNever, note);
  EXPECT_EQ(woken.size(), 2U) << "there already";
  Run(Seconds(1));
  EXPECT_EQ(woken, (std::vector<bool>{true, true, false})) << "its deadline came";
  engine_->WaitTopic(Topic::kSla, -1, kNever, note);
  engine_->Stop();
  EXPECT_EQ(woken.size(), 4U) << "nobody waits for an engine that has stopped";
  EXPECT_FALSE(engine_->CancelWait(cancelled));
}

TEST_F(EmbeddedTest, TrimsTopicsByAge) {
  EmbeddedSettings settings;
  settings.topics[0].age = Hours(2);
  settings.input.age = Hours(1);
  Open(store_, settings);
  for (int i = 0; i < 10; ++i) {
    Submit({"a"});
    Run(Minutes(30));
  }
  EXPECT_EQ(engine_->ReadTopic(0, -1, 100).error().code, kBelowFloor);
  const int64_t floor = engine_->View()->LogFloor(0);
  const auto kept = engine_->ReadTopic(0, floor - 1, 100);
  ASSERT_TRUE(kept.has_value());
  EXPECT_LE(clock_.Now() - kept->front().at, Hours(3)) << "two, and up to one between trims";
  EXPECT_GE(clock_.Now() - kept->front().at, Hours(1));
  EXPECT_GT(engine_->View()->LogFloor(kInputTopic), 0);
}

TEST_F(EmbeddedTest, TrimsTopicsBySize) {
  EmbeddedSettings settings;
  settings.topics[0].bytes = 3000;
  Open(store_, settings);
  for (int i = 0; i < 20; ++i) Submit({"a"});
  Run(Hours(2));
  const int64_t floor = engine_->View()->LogFloor(0);
  size_t bytes = 0;
  for (const LogEntry& entry : Entries(0, floor - 1)) bytes += entry.bytes.size();
  EXPECT_LE(bytes, 3000U);
  EXPECT_GT(bytes, 2000U);
}

TEST_F(EmbeddedTest, ServesManyThreadsAndStopsCleanly) {
  const ScratchDirectory directory;
  const auto store = OpenRocks(directory.path());
  const SystemClock clock;
  Embedded engine(*store, {}, toy::Stages(), toy::Rules(), clock, toy::kRules);
  engine.Start();
  std::atomic<int> answered = 0;
  {
    std::vector<std::jthread> publishers;
    for (int thread = 0; thread < 4; ++thread) {
      publishers.emplace_back([&engine, &answered, thread] {
        for (int i = 0; i < 50; ++i) {
          std::promise<void> durable;
          ASSERT_TRUE(engine.Submit({AsSubmission({fmt::format("k{}", thread), 1})},
                                    [&](const Result<Accepted>&) { durable.set_value(); }));
          durable.get_future().wait();
          ++answered;
          EXPECT_TRUE(engine.View()->Get(fmt::format("tk{}", thread)).has_value());
        }
      });
    }
  }
  EXPECT_EQ(answered, 200);
  ASSERT_TRUE(engine.Submit({AsSubmission({"last"})}, [&](const auto&) { ++answered; }));
  engine.Stop();
  EXPECT_EQ(answered, 201) << "what was taken is done";
  toy::Totals totals;
  toy::AddTotals(*store, &totals);
  EXPECT_EQ(totals.account_jobs, 201);
}

TEST_F(EmbeddedTest, TellsWhatCommitsTookAndWhatWaits) {
  FailingStore slow(store_);
  slow.slow = &clock_;
  Open(slow);
  for (int i = 0; i < 3; ++i) Submit({"ann", 1, Seconds(60)});
  Run();
  Embedded::Status status = engine_->status();
  EXPECT_EQ(status.commits.took_us.counts[4], 1U);
  EXPECT_EQ(status.commits.took_us.sum, 2000);
  EXPECT_EQ(status.commits.records.counts[3], 1U) << "the rules and three events";
  EXPECT_EQ(status.commits.records.sum, 4);
  EXPECT_EQ(status.meta.PendingOf(toy::Timer::kPrefix), 3);
  EXPECT_EQ(status.meta.PendingOf('?'), 0);
  Run(Seconds(61));
  status = engine_->status();
  EXPECT_EQ(status.meta.PendingOf(toy::Timer::kPrefix), 0);
  EXPECT_EQ(status.commits.records.sum, 5) << "one tick";
  EXPECT_EQ(status.commits.took_us.sum, 4000);
}

TEST_F(EmbeddedTest, AStorageErrorEndsTheProcess) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  FailingStore failing(store_);
  Open(failing);
  Submit({"a"});
  failing.left = 0;
  EXPECT_EXIT(engine_->RunUntilIdle(), testing::ExitedWithCode(74), "disk full");
}

}  // namespace
}  // namespace pm
