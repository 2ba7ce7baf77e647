// For tests only: the model of a broker for a worker's two threads, under one lock. A poll that has
// nothing to give waits until somebody else has done something.
#pragma once
#include <condition_variable>
#include <mutex>

#include "engine/runtime/kafka/fake/fake_kafka.h"
#include "engine/runtime/kafka/worker/worker.h"

namespace pm {

class SharedBroker {
 public:
  explicit SharedBroker(FakeBroker& broker) : broker_(broker) {}

  template <class F>
  auto Do(const F& call) {
    const std::scoped_lock lock(mutex_);
    changed_.notify_all();
    return call(broker_);
  }
  void Wait(Duration wait) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(wait.ms));
  }
  // The flushes of this group's members are not answered until another is named here.
  void StallFlushesOf(std::string_view group) {
    const std::scoped_lock lock(mutex_);
    stalled_ = group;
    changed_.notify_all();
  }
  void AwaitAnswer(const std::string& group) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stalled_ != group; });
  }
  KafkaClients clients();

 private:
  FakeBroker& broker_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string stalled_;  // a group
};

class SharedClient final : public KafkaClient {
  template <class F>
  auto Do(const F& call) {
    return shared_.Do([&](FakeBroker&) { return call(*client_); });
  }
  SharedBroker& shared_;
  const std::string group_;
  std::optional<FakeClient> client_;

 public:
  SharedClient(SharedBroker& shared, const KafkaMember& member)
      : shared_(shared), group_(member.group) {
    shared_.Do([&](FakeBroker& broker) {
      client_.emplace(broker, member.group, member.instance_id, member.topics);
    });
  }
  ~SharedClient() override {
    shared_.Do([&](FakeBroker&) { client_.reset(); });
  }
  Result<KafkaEvent> Poll(Duration wait) override {
    auto event = Do([&](FakeClient& client) { return client.Poll({}); });
    if (wait.ms > 0 && event && std::holds_alternative<Nothing>(*event)) shared_.Wait(wait);
    return event;
  }
  Result<void> Assign(std::span<const PartitionOffset> from) override {
    return Do([&](FakeClient& client) { return client.Assign(from); });
  }
  Result<void> Pause(std::span<const TopicPartition> partitions) override {
    return Do([&](FakeClient& client) { return client.Pause(partitions); });
  }
  Result<void> Resume(std::span<const TopicPartition> partitions) override {
    return Do([&](FakeClient& client) { return client.Resume(partitions); });
  }
  Result<std::vector<PartitionOffset>> Committed(
      std::string_view group, std::span<const TopicPartition> partitions) override {
    return Do([&](FakeClient& client) { return client.Committed(group, partitions); });
  }
  Result<std::vector<PartitionOffset>> LastCommitted(
      std::string_view group, std::span<const TopicPartition> partitions) override {
    return Do([&](FakeClient& client) { return client.LastCommitted(group, partitions); });
  }
  Result<void> CommitAlone(std::span<const PartitionOffset> next) override {
    return Do([&](FakeClient& client) { return client.CommitAlone(next); });
  }
  Result<void> InitTransactions(std::string_view transactional_id) override {
    return Do([&](FakeClient& client) { return client.InitTransactions(transactional_id); });
  }
  void WaitAtMost(std::optional<Duration> answer) override {
    Do([&](FakeClient& client) { client.WaitAtMost(answer); });
  }
  Result<void> Begin() override {
    return Do([&](FakeClient& client) { return client.Begin(); });
  }
  Result<void> Produce(const Produced& record) override {
    return Do([&](FakeClient& client) { return client.Produce(record); });
  }
  Result<void> Flush() override {
    shared_.AwaitAnswer(group_);
    return Do([&](FakeClient& client) { return client.Flush(); });
  }
  Result<void> SendOffsets(std::span<const PartitionOffset> next) override {
    return Do([&](FakeClient& client) { return client.SendOffsets(next); });
  }
  Result<void> Commit() override {
    return Do([&](FakeClient& client) { return client.Commit(); });
  }
  Result<void> Abort() override {
    return Do([&](FakeClient& client) { return client.Abort(); });
  }
  Result<std::pair<int64_t, int64_t>> Bounds(const TopicPartition& partition) override {
    return Do([&](FakeClient& client) { return client.Bounds(partition); });
  }
  Result<int64_t> Position(const TopicPartition& partition) override {
    return Do([&](FakeClient& client) { return client.Position(partition); });
  }
  std::optional<int64_t> End(const TopicPartition& partition) override {
    return Do([&](FakeClient& client) { return client.End(partition); });
  }
  std::optional<int64_t> Delivered(const TopicPartition& partition) override {
    return Do([&](FakeClient& client) { return client.Delivered(partition); });
  }
};

class SharedReader final : public KafkaReader {
 public:
  explicit SharedReader(SharedBroker& shared, const std::string& group = {}) : shared_(shared) {
    shared_.Do([&](FakeBroker& broker) { reader_.emplace(broker, group); });
  }
  Result<void> Assign(std::span<const PartitionOffset> from) override {
    return shared_.Do([&](FakeBroker&) { return reader_->Assign(from); });
  }
  Result<std::optional<KafkaRecord>> Poll(Duration) override {
    return shared_.Do([&](FakeBroker&) { return reader_->Poll({}); });
  }
  Result<int64_t> Position(const TopicPartition& partition) override {
    return shared_.Do([&](FakeBroker&) { return reader_->Position(partition); });
  }
  std::optional<int64_t> End(const TopicPartition& partition) override {
    return shared_.Do([&](FakeBroker&) { return reader_->End(partition); });
  }
  void Note(std::span<const PartitionOffset> next) override {
    shared_.Do([&](FakeBroker&) { reader_->Note(next); });
  }

 private:
  SharedBroker& shared_;
  std::optional<FakeReader> reader_;
};

class SharedAdmin final : public KafkaAdmin {
 public:
  explicit SharedAdmin(SharedBroker& shared) : shared_(shared) {}
  Result<std::vector<std::optional<TopicState>>> Describe(
      std::span<const std::string> topics, std::span<const std::string> settings) override {
    return shared_.Do([&](FakeBroker& b) { return FakeAdmin(b).Describe(topics, settings); });
  }
  Result<std::vector<std::string>> List() override {
    return shared_.Do([](FakeBroker& b) { return FakeAdmin(b).List(); });
  }
  Result<void> Create(const TopicState& topic) override {
    return shared_.Do([&](FakeBroker& b) { return FakeAdmin(b).Create(topic); });
  }
  Result<GroupState> DescribeGroup(const std::string& group) override {
    return shared_.Do([&](FakeBroker& b) { return FakeAdmin(b).DescribeGroup(group); });
  }

 private:
  SharedBroker& shared_;
};

inline KafkaClients SharedBroker::clients() {
  return {.client = [this](const KafkaMember& member) -> Result<std::unique_ptr<KafkaClient>> {
            return std::make_unique<SharedClient>(*this, member);
          },
          .reader = [this]() -> Result<std::unique_ptr<KafkaReader>> {
            return std::make_unique<SharedReader>(*this);
          },
          .restorer = [this]() -> Result<std::unique_ptr<KafkaReader>> {
            return std::make_unique<SharedReader>(*this);
          },
          .follower = [this](const std::string& group) -> Result<std::unique_ptr<KafkaReader>> {
            return std::make_unique<SharedReader>(*this, group);
          },
          .admin = [this]() -> Result<std::unique_ptr<KafkaAdmin>> {
            return std::make_unique<SharedAdmin>(*this);
          }};
}

}  // namespace pm
