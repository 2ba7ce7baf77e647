#include "engine/runtime/kafka/worker/worker.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <future>

#include "engine/runtime/kafka/logs/rules_switch.h"
#include "engine/runtime/kafka/state/rocks_stores.h"
#include "engine/runtime/kafka/topics/topic_check.h"
#include "engine/runtime/kafka/worker/testing_worker.h"
#include "engine/runtime/rocks/rocks_store.h"
#include "engine/runtime/testing_stages.h"

namespace pm {
namespace {

constexpr int kPartitions = 2;
constexpr std::chrono::seconds kPatience(60);

class WorkerTest : public testing::Test {
 protected:
  WorkerTest() {
    settings_.directory = folder_.string();
    settings_.topics = {
        .prefix = "pm", .inputs = {"events"}, .partitions = kPartitions, .replication = 1};
    settings_.say = [this](std::string_view line) { Say(line); };
    settings_.on_failure = [this](const Error& error) { failed_.set_value(error); };
    FakeAdmin admin(broker_);
    EXPECT_TRUE(MakeTopics(admin, LookAtTopics(admin, settings_.topics).value()).has_value());
    broker_.CreateTopic({"events", 2, 1, {{"cleanup.policy", "delete"}, {"retention.ms", "1000"}}});
    FakeClient client(broker_, "rules", "rules", {});
    EXPECT_TRUE(SwitchRules(client, {"pm"}, kPartitions, toy::kRules).has_value());
  }
  ~WorkerTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Worker> Make() {
    return std::make_unique<Worker>(shared_.clients(), settings_, toy::Stages(), toy::Rules(),
                                    clock_);
  }
  // Until the worker is so; false when it does not come to it.
  bool Await(const Worker& worker, const std::function<bool(const WorkerStatus&)>& holds) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < end) {
      if (holds(worker.status())) return true;
      clock_.Advance(Milliseconds(100));
      shared_.Do([&](FakeBroker& broker) { broker.Advance(clock_.Now()); });
      shared_.Wait(Milliseconds(1));
    }
    return false;
  }
  void Say(std::string_view line) {
    const std::scoped_lock lock(mutex_);
    lines_.emplace_back(line);
  }
  bool HasSaid(std::string_view text) {
    const std::scoped_lock lock(mutex_);
    return std::ranges::any_of(lines_, [&](const auto& line) { return line.contains(text); });
  }
  static bool IsUnready(const WorkerStatus& status, Unready reason) {
    return std::ranges::any_of(status.not_ready(),
                               [=](const UnreadyReason& one) { return one.reason == reason; });
  }
  static bool Runs(const WorkerStatus& status) {
    return status.is_ready() && status.stages.tasks.size() == 3 * kPartitions;
  }

  FakeBroker broker_{{}};
  SharedBroker shared_{broker_};
  ManualClock clock_{Instant{1'000'000'000}};
  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / fmt::format("worker{}", getpid());
  WorkerSettings settings_;
  std::promise<Error> failed_;
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

TEST_F(WorkerTest, EventsGoThroughBothThreadsAndTheCopiesHoldWhatCameOfThem) {
  const auto worker = Make();
  ASSERT_TRUE(worker->Start().has_value());
  ASSERT_TRUE(Await(*worker, Runs));
  EXPECT_TRUE(HasSaid("6 tasks are ours; came identity 0-1, account 0-1, desk 0-1"));
  constexpr int64_t kJobs = 20;
  for (int i = 0; i < kJobs; ++i) {
    const std::string value = Encoded(toy::Job{.key = fmt::format("k{}", i)});
    shared_.Do([&](FakeBroker& broker) { broker.Publish({"events", i % 2}, {.value = value}); });
  }
  const auto jobs_at = [](const WorkerStatus& status, Stage stage) {
    uint64_t steps = 0;
    for (const TaskStatus& task : status.stages.tasks)
      if (task.id.stage == stage) steps += task.counters.steps;
    return steps;
  };
  // The desk answers each; the answers are account's second half.
  ASSERT_TRUE(Await(*worker, [&](const WorkerStatus& status) {
    return jobs_at(status, Stage::kAccount) == 2 * kJobs;
  }));
  ASSERT_TRUE(Await(*worker, [&](const WorkerStatus& status) {
    return status.intake.ticks > 3 && status.stages.tasks.back().tick > Instant{1'000'000'000} &&
           std::ranges::all_of(status.stages.tasks, [](const auto& task) { return task.lag == 0; });
  }));
  worker->Stop();
  const WorkerStatus status = worker->status();
  EXPECT_TRUE(status.intake.keeps_time);
  EXPECT_EQ(status.intake.counters.events, static_cast<uint64_t>(kJobs));
  EXPECT_EQ(status.intake.inputs.size(), 2U);
  EXPECT_GT(status.stages.commits.us.sum + status.stages.commits.records.sum, 0);
  toy::Totals totals;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "tasks")) {
    const auto store = RocksStore::Open({.directory = entry.path().string()}).value();
    EXPECT_EQ(FullDigest(*store), ReadTaskMeta(*store).digest);
    toy::AddTotals(*store, &totals);
  }
  EXPECT_EQ(totals.account_amount, kJobs * 1'000'001);
  EXPECT_EQ(totals.desk_jobs, kJobs);
}

TEST_F(WorkerTest, ACopyThatIsNoTasksOfItGoesAndItsOwnStay) {
  clock_.Set(SystemClock().Now() + kUnusedKept + Hours(1));
  const std::filesystem::path copies = folder_ / "tasks";
  ASSERT_TRUE(RocksStore::Open({.directory = (copies / "desk-009").string()}).has_value());
  ASSERT_TRUE(RocksStore::Open({.directory = (copies / "desk-001").string()}).has_value());
  const auto worker = Make();
  ASSERT_TRUE(worker->Start().has_value());
  ASSERT_TRUE(Await(*worker, Runs));
  ASSERT_TRUE(Await(*worker, [&](const WorkerStatus&) {
    return HasSaid("desk/9: its local copy is removed") &&
           !std::filesystem::exists(copies / "desk-009");
  }));
  worker->Stop();
  EXPECT_TRUE(std::filesystem::exists(copies / "desk-001"));
  EXPECT_FALSE(HasSaid("desk/1: its local copy is removed"));
}

TEST_F(WorkerTest, DoesNotStartOnTopicsThatTheStateCannotLiveWith) {
  auto& settings = broker_.topics.at("pm.changelog.desk").state.settings;
  std::ranges::find(settings, "cleanup.policy", [](const auto& one) { return one.first; })->second =
      "delete";
  EXPECT_EQ(Make()->Start().error().code, kTopicCleanup);
  broker_.DeleteTopic("pm.changelog.desk");
  EXPECT_EQ(Make()->Start().error().code, kTopicMissing);
}

TEST_F(WorkerTest, TombstonesThatGoEarlyAreOnlySaidAsTheDigestFindsWhatWasMissed) {
  settings_.warn = settings_.say;
  for (auto& [name, value] : broker_.topics.at("pm.changelog.desk").state.settings)
    if (name == "delete.retention.ms") value = "1000";
  const auto worker = Make();
  ASSERT_TRUE(worker->Start().has_value());
  EXPECT_TRUE(
      HasSaid("pm.changelog.desk: who reads it may miss what was deleted: "
              "`delete.retention.ms` is 1000, not at least 86400000 (PM0546)"));
}

TEST_F(WorkerTest, AnInputThatIsNotThereYetIsOnlySaid) {
  settings_.topics.inputs = {"events", "later"};
  const auto worker = Make();
  ASSERT_TRUE(worker->Start().has_value());
  EXPECT_TRUE(HasSaid("later: this input is not there"));
  ASSERT_TRUE(Await(*worker, Runs));
}

TEST_F(WorkerTest, IsNotReadyWhileNoneOfItsInputsCanBeRead) {
  const auto worker = Make();
  ASSERT_TRUE(worker->Start().has_value());
  ASSERT_TRUE(Await(*worker, Runs));
  shared_.Do([](FakeBroker& broker) { broker.DeleteTopic("events"); });
  ASSERT_TRUE(Await(*worker, [](const WorkerStatus& status) {
    return IsUnready(status, Unready::kCannotRead) && status.intake.troubles.size() == 2 &&
           status.intake.inputs.empty();
  }));
  shared_.Do([](FakeBroker& broker) { broker.CreateTopic({"events", 2, 1, {}}); });
  ASSERT_TRUE(Await(*worker, Runs));
}

TEST_F(WorkerTest, IsNotReadyWhileNothingCanBeCommitted) {
  const auto worker = Make();
  ASSERT_TRUE(worker->Start().has_value());
  ASSERT_TRUE(Await(*worker, Runs));
  shared_.Do([](FakeBroker& broker) {
    broker.RefuseWrites(Minutes(1));
    broker.Publish({"events", 0}, {.value = Encoded(toy::Job{.key = "k"})});
  });
  ASSERT_TRUE(Await(*worker, [](const WorkerStatus& status) {
    return IsUnready(status, Unready::kCannotCommit) && status.intake.standstill &&
           status.intake.standstill->why.contains("not delivered");
  }));
  ASSERT_TRUE(Await(*worker, Runs));
  EXPECT_TRUE(Await(*worker, [](const WorkerStatus& status) {
    return status.intake.counters.commits > 0 && !status.intake.standstill;
  }));
}

TEST_F(WorkerTest, IsNotReadyWhileACommitWaitsForAnAnswer) {
  const auto worker = Make();
  ASSERT_TRUE(worker->Start().has_value());
  for (const std::string group : {"pm", "pm.intake"}) {
    SCOPED_TRACE(group);
    ASSERT_TRUE(Await(*worker, Runs));
    shared_.StallFlushesOf(group);
    shared_.Do([](FakeBroker& broker) {
      broker.Publish({"events", 0}, {.value = Encoded(toy::Job{.key = "k"})});
    });
    const auto whose = group == "pm" ? "the tasks could not" : "intake could not";
    EXPECT_TRUE(Await(*worker, [&](const WorkerStatus& status) {
      return std::ranges::any_of(status.not_ready(), [&](const UnreadyReason& one) {
        return one.reason == Unready::kCannotCommit && one.text.starts_with(whose) &&
               one.text.contains("has not come to its end");
      });
    }));
    shared_.StallFlushesOf("");
  }
  EXPECT_TRUE(Await(*worker, Runs));
}

// Another process reads the first input, and sends no ticks.
TEST_F(WorkerTest, IsNotReadyWhenWhoKeepsTheClockDoesNot) {
  const auto worker = Make();
  ASSERT_TRUE(worker->Start().has_value());
  ASSERT_TRUE(Await(*worker, Runs));
  const KafkaMember member{.group = "pm.intake", .instance_id = "a", .topics = {"events"}};
  auto other = std::make_unique<SharedClient>(shared_, member);
  const auto listen = [&] {
    const KafkaEvent event = other->Poll({}).value();
    const auto* given = std::get_if<Assigned>(&event);
    std::vector<PartitionOffset> from;
    for (const TopicPartition& one : given ? given->partitions : std::vector<TopicPartition>{})
      from.push_back({one, 0});
    if (given != nullptr || std::holds_alternative<Revoked>(event)) {
      EXPECT_TRUE(other->Assign(from).has_value());
    }
  };
  ASSERT_TRUE(Await(*worker, [&](const WorkerStatus& status) {
    listen();
    return IsUnready(status, Unready::kClockStands) && !status.intake.keeps_time;
  }));
  const WorkerStatus found = worker->status();
  EXPECT_GT(found.stages.without_tick(), Seconds(90));
  EXPECT_EQ(found.intake.held, Duration{}) << "it holds back none";
  other.reset();
  ASSERT_TRUE(Await(*worker, [](const WorkerStatus& status) {
    return Runs(status) && status.intake.keeps_time;
  })) << "once that one is out of the group";
}

TEST_F(WorkerTest, AnotherProcessOfItsNumberEndsIt) {
  const auto worker = Make();
  ASSERT_TRUE(worker->Start().has_value());
  ASSERT_TRUE(Await(*worker, Runs));
  KafkaMember other{.group = "pm", .instance_id = InstanceOf(0), .topics = {"pm.desk"}};
  const SharedClient second(shared_, other);
  auto failed = failed_.get_future();
  ASSERT_EQ(failed.wait_for(kPatience), std::future_status::ready);
  EXPECT_EQ(failed.get().code, kKafkaFenced);
  worker->Stop();
}

TEST_F(WorkerTest, ARulesVersionThatIsNotCompiledHereIsNamed) {
  const auto worker = Make();
  ASSERT_TRUE(worker->Start().has_value());
  ASSERT_TRUE(Await(*worker, Runs));
  constexpr ContentHash kUnknown{7, 7};
  const auto switched = shared_.Do([&](FakeBroker& broker) {
    FakeClient client(broker, "rules", "rules", {});
    return SwitchRules(client, {"pm"}, kPartitions, kUnknown);
  });
  ASSERT_TRUE(switched.has_value());
  ASSERT_TRUE(Await(*worker, [&](const WorkerStatus& status) {
    return status.awaited_rules().contains(kUnknown) && !status.is_ready();
  }));
}

}  // namespace
}  // namespace pm
