// For tests of the Kafka runtime only: a model of a broker with the engine's topics, and workers on
// it, each with disks that outlive it. Time is fed.
#pragma once
#include <gtest/gtest.h>

#include "engine/runtime/kafka/logs/group_look.h"
#include "engine/runtime/kafka/simulation/kafka_simulation.h"
#include "engine/runtime/testing_stages.h"

namespace pm {

inline constexpr int kKilled = -1;  // of a fail point; not an error of the product

class KafkaTest : public testing::Test {
 protected:
  // A process; its disks are in `disks`, by instance.
  struct Worker {
    std::string instance;
    StageLogSettings settings;
    std::unique_ptr<FakeClient> client;
    std::unique_ptr<FakeReader> reader, standby_reader;
    Tasks tasks;
    std::unique_ptr<StageLog> log;
  };

  explicit KafkaTest(FakeSettings settings = {}) : broker_(settings) {
    for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk}) {
      broker_.CreateTopic({names_.Input(stage), kPartitions, 1, {}});
      broker_.CreateTopic({names_.Changelog(stage), kPartitions, 1, {}});
    }
    broker_.CreateTopic({names_.Directory(), 1, 1, {}});
    for (int topic = 0; topic < kTopics; ++topic)
      broker_.CreateTopic({names_.Output(static_cast<Topic>(topic)), 1, 1, {}});
    Advance(Seconds(1'000'000));
    Switch(toy::kRules);
  }

  std::unique_ptr<Worker> Start(const std::string& instance, FailPoint fail_point = {}) {
    auto worker = std::make_unique<Worker>();
    worker->instance = instance;
    worker->settings.take_over.transactional_id = names_.TransactionalId(instance);
    worker->settings.take_over.members = [this] {
      FakeAdmin admin(broker_);
      return MembersOf(admin, kGroup);
    };
    worker->settings.take_over.uncommitted = [this] { return UncommittedReader(broker_); };
    worker->settings.take_over.fail = [this](std::string_view l) { errors_.emplace_back(l); };
    worker->settings.address = fmt::format("{} process {}", instance, ++processes_);
    worker->settings.partitions = kPartitions;
    worker->settings.fail_point = std::move(fail_point);
    std::vector<std::string> topics;
    for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk})
      topics.push_back(names_.Input(stage));
    worker->client = std::make_unique<FakeClient>(broker_, kGroup, instance, topics);
    worker->reader = std::make_unique<FakeReader>(broker_);
    worker->standby_reader = std::make_unique<FakeReader>(broker_);
    worker->settings.standbys = standbys_;
    worker->settings.take_over.accept_lost = accept_lost_;
    worker->log = std::make_unique<StageLog>(
        *worker->client, StageReaders{*worker->reader, worker->standby_reader.get()},
        disks_[instance], worker->settings, stages_, rules_, clock_, worker->tasks);
    return worker;
  }
  // Kills the worker at the n-th time that it comes to the step.
  static FailPoint KillAt(CommitStep step, int nth = 1) {
    return [=, left = std::make_shared<int>(nth)](CommitStep at) -> Result<void> {
      if (at != step || --*left != 0) return {};
      return Fail(kKilled, "killed");
    };
  }
  // As if its session had timed out.
  void EndSessionOf(const Worker& worker) { broker_.EndSession(worker.client->number()); }
  void RunFor(Worker& worker, int rounds = 20) {
    for (int i = 0; i < rounds; ++i) {
      ASSERT_TRUE(Run(worker, 20).has_value());
      Advance(Milliseconds(500));
    }
  }
  // Polls and commits so many times; the error that ended it.
  Result<void> Run(Worker& worker, int polls = 40) {
    return DriveFor(*worker.log, worker.tasks, polls);
  }
  static Result<void> DriveFor(Log& log, Tasks& tasks, int polls,
                               const Bounds& bounds = {20, size_t{1} << 20}) {
    std::stop_source stop;
    Bounded bounded(log, polls, stop);
    return Drive(bounded, tasks, bounds, stop.get_token());
  }

  void Advance(Duration by) {
    clock_.Advance(by);
    broker_.Advance(clock_.Now());
  }
  // The wall clock of the workers. The brokers have their own.
  void SetClockBack(Duration by) { clock_.Set(clock_.Now() - by); }
  void Publish(Stage stage, uint32_t partition, std::string record) {
    broker_.Publish({names_.Input(stage), static_cast<int32_t>(partition)},
                    {.value = std::move(record)});
  }
  void Switch(ContentHash rules) {
    for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk})
      for (uint32_t n = 0; n < kPartitions; ++n)
        Publish(stage, n, EncodeRecord(SwitchRecord{rules}));
  }
  void Tick() {
    for (uint32_t n = 0; n < kPartitions; ++n)
      Publish(Stage::kIdentity, n, EncodeRecord(TickRecord{clock_.Now()}));
  }
  // As intake would send it on.
  void Send(const toy::Job& job) {
    Message message = RootMessage(Encoded(job), job.key, Mode::kLive, ++ordinal_);
    message.to = Stage::kIdentity;
    message.type = MessageType::kEvent;
    message.at = clock_.Now();
    Publish(Stage::kIdentity, static_cast<uint32_t>(Hash64(job.key) % kPartitions),
            EncodeMessageRecord(message));
  }
  // Values that a reader of committed records finds there.
  std::vector<std::string> Read(const std::string& topic) {
    std::vector<std::string> values;
    for (int32_t n = 0; n < broker_.topics.at(topic).state.partitions; ++n) {
      int64_t position = 0;
      while (const FakeEntry* entry = broker_.NextCommitted({topic, n}, &position)) {
        values.push_back(entry->value.value_or(""));
        position = entry->offset + 1;
      }
    }
    return values;
  }
  void Feed(int jobs = 4) {
    for (int i = 0; i < jobs; ++i) Send({.key = fmt::format("k{}", i)});
  }
  // What a stage reads there, unpacked.
  std::vector<std::string> ReadInput(Stage stage) {
    std::vector<std::string> parts;
    for (const std::string& record : Read(names_.Input(stage)))
      for (const PackedPart& part : Unpack(record, 0)) parts.emplace_back(part.bytes);
    return parts;
  }
  toy::Totals Totals(const Worker& worker) {
    toy::Totals totals;
    for (const auto& [id, task] : worker.tasks)
      toy::AddTotals(*disks_.at(worker.instance).stores.at(id), &totals);
    return totals;
  }
  std::vector<std::string> Outputs() { return Read(names_.Output(Topic::kLeads)); }

  static constexpr uint32_t kPartitions = 2;
  static constexpr char kGroup[] = "pointsman";
  TopicNames names_;
  FakeBroker broker_;
  ManualClock clock_{Instant{0}};
  RuleProvider rules_ = toy::Rules();
  StageTable stages_ = toy::Stages();
  std::map<std::string, MemoryStores> disks_;
  uint32_t standbys_ = 0;
  std::set<std::string> accept_lost_;
  std::vector<std::string> errors_;  // lines for people
  int64_t ordinal_ = 0;
  int processes_ = 0;

 private:
  // Ends the driver after some polls.
  class Bounded final : public Log {
   public:
    Bounded(Log& log, int polls, std::stop_source stop)
        : log_(log), polls_(polls), stop_(std::move(stop)) {}
    Result<std::span<const Record>> Poll(TaskId* task, const Bounds& bounds) override {
      if (--polls_ <= 0) stop_.request_stop();
      return log_.Poll(task, bounds);
    }
    Result<void> Commit(std::span<CommitSet> sets) override { return log_.Commit(sets); }
    bool GivesAgain() const override { return log_.GivesAgain(); }

   private:
    Log& log_;
    int polls_;
    std::stop_source stop_;
  };
};

}  // namespace pm
