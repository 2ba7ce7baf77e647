// The model of a broker is for one thread: clients and readers of it for several, under a lock.
#pragma once
#include <mutex>

#include "engine/runtime/kafka/fake/fake_kafka.h"

namespace pm {

class LockedClient final : public KafkaClient {
  std::mutex& mutex_;
  std::unique_ptr<KafkaClient> client_;

  auto Locked(auto method, const auto&... values) {
    const std::lock_guard lock(mutex_);
    return ((*client_).*method)(values...);
  }

 public:
  LockedClient(std::mutex& mutex, FakeBroker& broker) : mutex_(mutex) {
    const std::lock_guard lock(mutex_);
    client_ = std::make_unique<FakeClient>(broker, "rules", "", std::vector<std::string>{});
  }
  ~LockedClient() override {
    const std::lock_guard lock(mutex_);
    client_.reset();
  }
  Result<KafkaEvent> Poll(Duration wait) override { return Locked(&KafkaClient::Poll, wait); }
  Result<void> Assign(std::span<const PartitionOffset> from) override {
    return Locked(&KafkaClient::Assign, from);
  }
  Result<void> Pause(std::span<const TopicPartition> which) override {
    return Locked(&KafkaClient::Pause, which);
  }
  Result<void> Resume(std::span<const TopicPartition> which) override {
    return Locked(&KafkaClient::Resume, which);
  }
  Result<std::vector<PartitionOffset>> Committed(std::string_view group,
                                                 std::span<const TopicPartition> which) override {
    return Locked(&KafkaClient::Committed, group, which);
  }
  Result<std::vector<PartitionOffset>> LastCommitted(
      std::string_view group, std::span<const TopicPartition> which) override {
    return Locked(&KafkaClient::LastCommitted, group, which);
  }
  Result<void> CommitAlone(std::span<const PartitionOffset> next) override {
    return Locked(&KafkaClient::CommitAlone, next);
  }
  Result<void> InitTransactions(std::string_view id) override {
    return Locked(&KafkaClient::InitTransactions, id);
  }
  Result<void> Begin() override { return Locked(&KafkaClient::Begin); }
  Result<void> Produce(const Produced& record) override {
    return Locked(&KafkaClient::Produce, record);
  }
  Result<void> Flush() override { return Locked(&KafkaClient::Flush); }
  Result<void> SendOffsets(std::span<const PartitionOffset> next) override {
    return Locked(&KafkaClient::SendOffsets, next);
  }
  Result<void> Commit() override { return Locked(&KafkaClient::Commit); }
  Result<void> Abort() override { return Locked(&KafkaClient::Abort); }
  Result<std::pair<int64_t, int64_t>> Bounds(const TopicPartition& partition) override {
    return Locked(&KafkaClient::Bounds, partition);
  }
  Result<int64_t> Position(const TopicPartition& partition) override {
    return Locked(&KafkaClient::Position, partition);
  }

  std::optional<int64_t> End(const TopicPartition& partition) override {
    return Locked(&KafkaClient::End, partition);
  }
  std::optional<int64_t> Delivered(const TopicPartition& partition) override {
    return Locked(&KafkaClient::Delivered, partition);
  }
  void WaitAtMost(std::optional<Duration> answer) override {
    Locked(&KafkaClient::WaitAtMost, answer);
  }
};

class LockedReader final : public KafkaReader {
 public:
  LockedReader(std::mutex& mutex, FakeBroker& broker) : mutex_(mutex), reader_(broker) {}
  Result<void> Assign(std::span<const PartitionOffset> from) override {
    const std::lock_guard lock(mutex_);
    return reader_.Assign(from);
  }
  Result<std::optional<KafkaRecord>> Poll(Duration wait) override {
    const std::lock_guard lock(mutex_);
    return reader_.Poll(wait);
  }
  Result<int64_t> Position(const TopicPartition& partition) override {
    const std::lock_guard lock(mutex_);
    return reader_.Position(partition);
  }
  std::optional<int64_t> End(const TopicPartition& partition) override {
    const std::lock_guard lock(mutex_);
    return reader_.End(partition);
  }
  void Note(std::span<const PartitionOffset> next) override {
    const std::lock_guard lock(mutex_);
    reader_.Note(next);
  }

 private:
  std::mutex& mutex_;
  FakeReader reader_;
};

}  // namespace pm
