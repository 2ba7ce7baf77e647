// Workers on a real broker ($PM_KAFKA), with small stages whose totals are known: a second worker
// joins, the first one leaves, and every event has had its effect once.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <set>

#include "engine/runtime/kafka/logs/rules_switch.h"
#include "engine/runtime/kafka/topics/topic_check.h"
#include "engine/runtime/kafka/worker/worker.h"
#include "engine/runtime/rocks/rocks_store.h"
#include "engine/runtime/testing_stages.h"
#include "tests/kafka/by_people.h"

namespace pm {
namespace {

constexpr Duration kPatience = Seconds(60);

template <class T>
T Must(Result<T> made) {
  if (!made) ADD_FAILURE() << made.error().text;
  return std::move(made).value();
}

class KafkaWorkers : public testing::Test {
 protected:
  KafkaWorkers() {
    const char* address = std::getenv("PM_KAFKA");
    connection_.brokers = {address == nullptr ? "127.0.0.1:9092" : address};
    needs_.prefix = "workers" + std::to_string(clock_.Now().ms);
    needs_.inputs = {"^" + needs_.prefix + "-in.*"};
    needs_.partitions = 4;
    needs_.replication = 1;
    MakeAll();
    outputs_ = Must(ConnectKafkaReader(connection_));
    std::vector<PartitionOffset> from;
    for (int32_t n = 0; n < needs_.partitions; ++n)
      from.push_back({{names().Output(Topic::kLeads), n}, 0});
    EXPECT_TRUE(outputs_->Assign(from).has_value());
  }
  ~KafkaWorkers() override {
    workers_.clear();
    std::filesystem::remove_all(folder_);
  }

  TopicNames names() const { return {needs_.prefix}; }
  void MakeAll() {
    const auto admin = Must(ConnectKafkaAdmin(connection_));
    Must(MakeTopics(*admin, Must(LookAtTopics(*admin, needs_))));
    MakeInput("-in");
    writer_ = Must(ConnectKafkaClient(connection_, {.group = needs_.prefix + "-test"}));
    EXPECT_TRUE(SwitchRules(*writer_, names(), 4, toy::kRules).has_value());
    EXPECT_TRUE(writer_->InitTransactions(needs_.prefix + "-publisher").has_value());
  }
  void MakeInput(const std::string& name) {
    const auto admin = Must(ConnectKafkaAdmin(connection_));
    EXPECT_TRUE(
        admin->Create({needs_.prefix + name, 3, 1, {{"retention.ms", "3600000"}}}).has_value());
  }
  void DeleteInput(const std::string& name) {
    const Result<void> deleted = DeleteTopic(connection_, needs_.prefix + name);
    EXPECT_TRUE(deleted.has_value()) << deleted.error().text;
  }
  Worker& Start(uint32_t number) {
    WorkerSettings settings;
    settings.directory = (folder_ / std::to_string(number)).string();
    settings.number = number;
    settings.topics = needs_;
    settings.session = Seconds(6);
    settings.tick = Milliseconds(200);
    settings.look_again = Seconds(2);
    settings.say = [=](std::string_view line) {
      std::cerr << fmt::format("worker {}: {}\n", number, line);
    };
    settings.on_failure = [=](const Error& error) {
      ADD_FAILURE() << "worker " << number << ": " << error.text;
    };
    const KafkaLog log = [](KafkaLogLevel, std::string_view line) { std::cerr << line << "\n"; };
    auto& worker = workers_[number];
    worker = std::make_unique<Worker>(ClientsOf(connection_, log), settings, toy::Stages(),
                                      toy::Rules(), clock_);
    const Result<void> started = worker->Start();
    EXPECT_TRUE(started.has_value()) << started.error().text;
    return *worker;
  }
  // Jobs, each with a timer, so that two outputs come of each.
  void Publish(int jobs, const std::string& name = "-in") {
    EXPECT_TRUE(writer_->Begin().has_value());
    for (int i = 0; i < jobs; ++i, ++published_) {
      const toy::Job job{.key = "key" + std::to_string(published_ % 53),
                         .delay = Milliseconds(300)};
      const std::string value = Encoded(job);
      EXPECT_TRUE(
          writer_->Produce({needs_.prefix + name, published_ % 3, job.key, value, {}}).has_value());
    }
    EXPECT_TRUE(writer_->Flush().has_value());
    EXPECT_TRUE(writer_->Commit().has_value());
  }
  // Reads outputs until it holds; false when it does not come to it.
  bool ReadUntil(const std::function<bool()>& holds) {
    const Instant end = clock_.Now() + kPatience;
    while (clock_.Now() < end && !testing::Test::HasFailure()) {
      if (holds()) return true;
      const auto record = Must(outputs_->Poll(Milliseconds(100)));
      if (record) Count(record->value);
    }
    return holds();
  }
  bool ReadAll() {
    return ReadUntil([this] { return seen_ >= 2 * published_; });
  }
  // Every task of the worker has got all that was on its way to it: ticks go behind everything, and
  // the second one behind what the first one's receivers sent back.
  bool Settle(const Worker& worker) {
    for (int round = 0; round < 2; ++round) {
      const Instant then = clock_.Now();
      const auto is_past = [&](const TaskStatus& task) { return task.tick > then; };
      if (!ReadUntil([&] { return std::ranges::all_of(worker.status().stages.tasks, is_past); }))
        return false;
    }
    return true;
  }
  void Count(std::string_view events) {
    constexpr std::string_view kId = R"("id":")";
    for (size_t at = events.find(kId); at != events.npos; at = events.find(kId, at + 1)) {
      ++seen_;
      const size_t from = at + kId.size();
      EXPECT_TRUE(ids_.emplace(events.substr(from, events.find('"', from) - from)).second);
    }
  }
  static size_t Running(const Worker& worker) {
    const WorkerStatus status = worker.status();
    return static_cast<size_t>(
        std::ranges::count(status.stages.tasks, TaskPhase::kRuns, &TaskStatus::phase));
  }
  // Of a worker that was stopped. Each copy's digest is the one its last commit says.
  toy::Totals Totals(uint32_t number) {
    toy::Totals totals;
    for (const auto& entry :
         std::filesystem::directory_iterator(folder_ / std::to_string(number) / "tasks")) {
      const auto store = Must(RocksStore::Open({.directory = entry.path().string()}));
      EXPECT_EQ(FullDigest(*store), ReadTaskMeta(*store).digest) << entry.path();
      toy::AddTotals(*store, &totals);
    }
    return totals;
  }

  const SystemClock clock_;
  KafkaConnection connection_;
  TopicNeeds needs_;
  std::unique_ptr<KafkaClient> writer_;
  std::unique_ptr<KafkaReader> outputs_;
  const std::filesystem::path folder_ = testing::TempDir() + "/workers" + std::to_string(getpid());
  std::map<uint32_t, std::unique_ptr<Worker>> workers_;
  int published_ = 0, seen_ = 0;
  std::set<std::string> ids_;
};

TEST_F(KafkaWorkers, ASecondOneJoinsTheFirstLeavesAndEveryEventCountsOnce) {
  Worker& first = Start(1);
  Publish(500);
  ASSERT_TRUE(ReadAll());
  EXPECT_EQ(Running(first), 12U);

  Worker& second = Start(2);
  Publish(500);
  ASSERT_TRUE(ReadUntil([&] { return Running(first) == 6 && Running(second) == 6; }));
  Publish(500);
  ASSERT_TRUE(ReadAll());

  Publish(250);
  first.Stop();
  Publish(250);
  ASSERT_TRUE(ReadAll());
  ASSERT_TRUE(Settle(second));
  EXPECT_EQ(Running(second), 12U);
  second.Stop();

  const toy::Totals totals = Totals(2);
  const int64_t jobs = published_;
  EXPECT_EQ(totals, (toy::Totals{.token_jobs = jobs,
                                 .account_jobs = jobs,
                                 .account_amount = jobs * 1'000'001,
                                 .account_fired = jobs,
                                 .desk_jobs = jobs,
                                 .desk_amount = jobs,
                                 .desk_fired = jobs}));
}

TEST_F(KafkaWorkers, InputsMayComeAndGo) {
  Worker& worker = Start(1);
  Publish(100);
  ASSERT_TRUE(ReadAll());
  // The pattern has come to mean it, too.
  MakeInput("-in2");
  Publish(100, "-in2");
  ASSERT_TRUE(ReadAll());
  EXPECT_EQ(worker.status().intake.inputs.size(), 6U);

  DeleteInput("-in");
  Publish(100, "-in2");
  ASSERT_TRUE(ReadAll());
  ASSERT_TRUE(Settle(worker));

  // With the topic the broker has forgotten how far it was read.
  MakeInput("-in");
  Publish(30);
  ASSERT_TRUE(ReadAll());
}

}  // namespace
}  // namespace pm
