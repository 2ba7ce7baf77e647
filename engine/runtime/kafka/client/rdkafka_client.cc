#include <fmt/format.h>

#include "engine/runtime/kafka/client/rdkafka_consumer.h"
#include "engine/runtime/kafka/client/rdkafka_producer.h"

namespace pm {

// Sees what is open and aborted, too.
class KafkaLooker {
 public:
  explicit KafkaLooker(RdHandle handle) : handle_(std::move(handle)) {}
  Result<std::pair<int64_t, int64_t>> Bounds(const TopicPartition& partition, Duration answer) {
    return QueryBounds(handle_.get(), partition, answer);
  }

 private:
  const RdHandle handle_;
};

namespace {

class RdClient final : public KafkaClient {
 public:
  RdClient(std::vector<KafkaProperty> users, KafkaMember member, KafkaLog log,
           std::unique_ptr<PassingErrors> passing, std::unique_ptr<RdConsumer> consumer,
           std::shared_ptr<KafkaLooker> looker)
      : users_(std::move(users)),
        member_(std::move(member)),
        log_(log),
        passing_(std::move(passing)),
        consumer_(std::move(consumer)),
        looker_(std::move(looker)) {}

  Result<KafkaEvent> Poll(Duration wait) override { return consumer_->Poll(wait); }
  Result<void> Assign(std::span<const PartitionOffset> from) override {
    return consumer_->Assign(from);
  }
  Result<void> Pause(std::span<const TopicPartition> partitions) override {
    return consumer_->Pause(partitions);
  }
  Result<void> Resume(std::span<const TopicPartition> partitions) override {
    return consumer_->Resume(partitions);
  }
  Result<std::vector<PartitionOffset>> Committed(
      std::string_view group, std::span<const TopicPartition> partitions) override {
    return Offsets(group, partitions, true);
  }
  Result<std::vector<PartitionOffset>> LastCommitted(
      std::string_view group, std::span<const TopicPartition> partitions) override {
    return Offsets(group, partitions, false);
  }

  Result<void> InitTransactions(std::string_view transactional_id) override {
    producer_.reset();
    PM_TRY(producer_, RdProducer::Make(users_, transactional_id, member_, log_, *passing_));
    return producer_->Init();
  }
  Result<void> Begin() override { return producer().Begin(); }
  Result<void> Produce(const Produced& record) override { return producer().Produce(record); }
  Result<void> Flush() override { return producer().Flush(); }
  Result<void> SendOffsets(std::span<const PartitionOffset> next) override {
    if (!consumer_->MayCommit(next)) {
      return Fail(kKafkaAborted, "to send offsets: of partitions that are not ours any more");
    }
    return producer().SendOffsets(consumer_->handle(), next);
  }
  Result<void> Commit() override { return producer().Commit(); }
  Result<void> Abort() override { return producer().Abort(); }

  Result<std::pair<int64_t, int64_t>> Bounds(const TopicPartition& partition) override {
    return Watched([&] { return looker_->Bounds(partition, member_.answer); },
                   [&] { return WhatBounds(partition); });
  }
  Result<int64_t> Position(const TopicPartition& partition) override {
    return consumer_->Position(partition);
  }
  std::optional<int64_t> End(const TopicPartition& partition) override {
    return consumer_->End(partition);
  }
  std::optional<int64_t> Delivered(const TopicPartition& partition) override {
    return producer().Delivered(partition);
  }

 private:
  Result<std::vector<PartitionOffset>> Offsets(std::string_view group,
                                               std::span<const TopicPartition> partitions,
                                               bool stable) {
    const std::string_view asked = group.empty() ? member_.group : group;
    return Watched([&] { return consumer_->Committed(asked, partitions, stable); },
                   [&] { return WhatOffsets(asked); });
  }
  // What does not succeed this time is told of once it lasts.
  template <class Call>
  std::invoke_result_t<Call> Watched(const Call& call, const auto& what) {
    const RdDeadline began({});
    auto result = call();
    if (result) {
      if (!passing_->empty()) passing_->Over(what());
    } else if (result.error().code == kKafkaRetry) {
      passing_->Note(result.error().text, began.past());
    }
    return result;
  }

  RdProducer& producer() const {
    PM_CHECK(producer_ != nullptr);
    return *producer_;
  }

  const std::vector<KafkaProperty> users_;
  const KafkaMember member_;
  const KafkaLog log_;
  const std::unique_ptr<PassingErrors> passing_;
  std::unique_ptr<RdConsumer> consumer_;
  const std::shared_ptr<KafkaLooker> looker_;
  std::unique_ptr<RdProducer> producer_;
};

}  // namespace

Result<std::shared_ptr<KafkaLooker>> ConnectKafkaLooker(const KafkaConnection& connection,
                                                        KafkaLog log) {
  PM_TRY(const std::vector<KafkaProperty> users, PropertiesOf(connection));
  const KafkaProperty all_of_it[] = {{"isolation.level", "read_uncommitted"}};
  PM_TRY(RdConf conf, MakeConf(users, all_of_it, log));
  PM_TRY(RdHandle handle, MakeHandle(RD_KAFKA_CONSUMER, std::move(conf)));
  return std::make_shared<KafkaLooker>(std::move(handle));
}

Result<std::unique_ptr<KafkaClient>> ConnectKafkaClient(const KafkaConnection& connection,
                                                        const KafkaMember& member, KafkaLog log,
                                                        std::shared_ptr<KafkaLooker> looker) {
  PM_TRY(std::vector<KafkaProperty> users, PropertiesOf(connection));
  if (looker == nullptr) {
    PM_TRY(looker, ConnectKafkaLooker(connection, log));
  }
  std::unique_ptr<PassingErrors> passing = PassingTo(log);
  PM_TRY(std::unique_ptr<RdConsumer> consumer, RdConsumer::Make(users, member, log, *passing));
  return std::make_unique<RdClient>(std::move(users), member, log, std::move(passing),
                                    std::move(consumer), std::move(looker));
}

}  // namespace pm
