// Clients, readers and an admin on the model of a broker (fake_broker.h): what KafkaClient
// promises, deterministic from the broker's seed. Nothing ever waits: a Poll with nothing to give
// gives Nothing. For tests and simulations only. One thread; the broker outlives them.
#pragma once
#include "engine/runtime/kafka/fake/fake_broker.h"

namespace pm {

class FakeClient final : public KafkaClient {
 public:
  FakeClient(FakeBroker& broker, std::string group, std::string instance,
             std::vector<std::string> topics);
  // A process that ended without a word: its session and its transaction go on until they time out.
  ~FakeClient() override;
  FakeClient(const FakeClient&) = delete;
  FakeClient& operator=(const FakeClient&) = delete;

  Result<KafkaEvent> Poll(Duration wait) override;
  Result<void> Assign(std::span<const PartitionOffset> from) override;
  Result<void> Pause(std::span<const TopicPartition> partitions) override;
  Result<void> Resume(std::span<const TopicPartition> partitions) override;
  Result<std::vector<PartitionOffset>> Committed(
      std::string_view group, std::span<const TopicPartition> partitions) override;
  Result<std::vector<PartitionOffset>> LastCommitted(
      std::string_view group, std::span<const TopicPartition> partitions) override;
  Result<void> CommitAlone(std::span<const PartitionOffset> next) override;
  Result<void> InitTransactions(std::string_view transactional_id) override;
  Result<void> Begin() override;
  Result<void> Produce(const Produced& record) override;
  Result<void> Flush() override;
  Result<void> SendOffsets(std::span<const PartitionOffset> next) override;
  Result<void> Commit() override;
  Result<void> Abort() override;
  Result<std::pair<int64_t, int64_t>> Bounds(const TopicPartition& partition) override;
  Result<int64_t> Position(const TopicPartition& partition) override;
  std::optional<int64_t> End(const TopicPartition& partition) override;
  std::optional<int64_t> Delivered(const TopicPartition& partition) override;
  void WaitAtMost(std::optional<Duration> answer) override { at_most_ = answer; }

  uint64_t number() const { return client_; }        // for Freeze
  Duration last_wait() const { return last_wait_; }  // that a Poll would have waited at most

 private:
  bool MayCommit(std::span<const PartitionOffset> next) const;
  std::unexpected<Error> Unanswered();

  struct Unsent {
    TopicPartition to;
    FakeEntry entry;
    bool remembered = false;
  };
  struct Source {
    int64_t position = 0;
    bool paused = false;
  };
  Result<KafkaEvent> Fetch();
  Result<KafkaEvent> Read(const TopicPartition& partition, Source* source);
  Result<void> CheckProducer();
  std::unexpected<Error> MustAbort(std::string_view why);
  void Write(Unsent record);

  FakeBroker& broker_;
  const std::string group_, instance_;
  const uint64_t client_;
  std::map<TopicPartition, Source> sources_;
  std::set<TopicPartition> lost_;  // told so, not answered yet
  FakeEntry given_;                // what the last record's views are of
  Duration last_wait_;
  std::string id_;
  uint64_t epoch_ = 0;
  bool producer_is_dead_ = true;  // until InitTransactions
  std::vector<Unsent> queue_;     // handed over, not sent yet
  std::map<TopicPartition, int64_t> delivered_;
  bool in_transaction_ = false;
  bool must_abort_ = false;
  int aborts_in_a_row_ = 0;
  std::optional<Duration> at_most_;
};

class FakeReader final : public KafkaReader {
 public:
  explicit FakeReader(FakeBroker& broker, std::string group = {})
      : broker_(broker), group_(std::move(group)) {}
  void ReadUncommitted() { is_uncommitted_ = true; }
  Result<void> Assign(std::span<const PartitionOffset> from) override;
  Result<std::optional<KafkaRecord>> Poll(Duration wait) override;
  Result<int64_t> Position(const TopicPartition& partition) override;
  std::optional<int64_t> End(const TopicPartition& partition) override;
  void Note(std::span<const PartitionOffset> next) override;

 private:
  FakeBroker& broker_;
  const std::string group_;
  bool is_uncommitted_ = false;
  std::map<TopicPartition, int64_t> positions_;
  FakeEntry given_;
};

inline std::unique_ptr<KafkaReader> UncommittedReader(FakeBroker& broker) {
  auto reader = std::make_unique<FakeReader>(broker);
  reader->ReadUncommitted();
  return reader;
}

class FakeAdmin final : public KafkaAdmin {
 public:
  explicit FakeAdmin(FakeBroker& broker) : broker_(broker) {}
  Result<std::vector<std::optional<TopicState>>> Describe(
      std::span<const std::string> topics, std::span<const std::string> settings) override;
  Result<std::vector<std::string>> List() override;
  Result<void> Create(const TopicState& topic) override;  // kKafkaRefused when it is there
  Result<GroupState> DescribeGroup(const std::string& group) override;

 private:
  FakeBroker& broker_;
};

}  // namespace pm
