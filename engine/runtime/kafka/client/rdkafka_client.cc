#include <fmt/format.h>

#include <mutex>
#include <utility>

#include "engine/runtime/kafka/client/rdkafka_consumer.h"
#include "engine/runtime/kafka/client/rdkafka_producer.h"

namespace pm {

namespace {

// A handle is not given up before: who answers nothing may be slow, and it still connects.
constexpr Duration kYoung = Seconds(1), kSlow = Seconds(10);
constexpr int kLookMs = 1000;  // after which who waits looks whether it is to stop

using GroupRequest =
    RdOwner<rd_kafka_ListConsumerGroupOffsets_t, rd_kafka_ListConsumerGroupOffsets_destroy>;

// Those of one group's answer; the first error of it or of a partition.
KafkaFault ReadOffsets(rd_kafka_event_t* event, std::vector<PartitionOffset>* out) {
  if (event == nullptr) return FaultOf(RD_KAFKA_RESP_ERR__TIMED_OUT);
  if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return {.code = rd_kafka_event_error(event), .text = rd_kafka_event_error_string(event)};
  size_t count = 0;
  const rd_kafka_group_result_t** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(
      rd_kafka_event_ListConsumerGroupOffsets_result(event), &count);
  for (const rd_kafka_group_result_t* group : std::span(groups, count)) {
    const rd_kafka_error_t* failed = rd_kafka_group_result_error(group);
    if (failed != nullptr) return FaultOf(failed);
    const rd_kafka_topic_partition_list_t* list = rd_kafka_group_result_partitions(group);
    for (const rd_kafka_topic_partition_t& one :
         std::span(list->elems, static_cast<size_t>(list->cnt))) {
      if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR) return FaultOf(one.err);
      const auto* note = static_cast<const char*>(one.metadata);
      out->push_back({{one.topic, one.partition},
                      one.offset < 0 ? -1 : one.offset,
                      note == nullptr ? std::string() : std::string(note, one.metadata_size)});
    }
  }
  return {};
}

KafkaFault QueryOffsets(rd_kafka_t* handle, const std::string& group, bool stable,
                        std::span<const TopicPartition> partitions, Duration answer,
                        const std::stop_token& stop, std::vector<PartitionOffset>* out) {
  const RdAdminOptions options =
      MakeOptions(handle, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, kNeverInTime);
  const RdError unknown(
      rd_kafka_AdminOptions_set_require_stable_offsets(options.get(), stable ? 1 : 0));
  PM_CHECK(unknown == nullptr);
  const GroupRequest request(
      rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), ListOf(partitions).get()));
  const RdQueue queue(rd_kafka_queue_new(handle));
  rd_kafka_ListConsumerGroupOffsets_t* requests[] = {request.get()};
  rd_kafka_ListConsumerGroupOffsets(handle, requests, 1, options.get(), queue.get());
  RdEvent event;
  const RdDeadline end(answer);
  do {
    event.reset(rd_kafka_queue_poll(queue.get(), std::min(end.left_ms(), kLookMs)));
  } while (event == nullptr && end.left_ms() > 0 && !stop.stop_requested());
  return ReadOffsets(event.get(), out);
}

}  // namespace

// Sees what is open and aborted, too. Not rd_kafka_committed for offsets: where they wait for a
// transaction it answers only when that has ended.
class KafkaLooker {
 public:
  static Result<std::shared_ptr<KafkaLooker>> Make(std::vector<KafkaProperty> users,
                                                   const std::string& group, KafkaLog log) {
    std::shared_ptr<KafkaLooker> looker(new KafkaLooker(std::move(users), group, log));
    PM_TRY_VOID(looker->Handle());
    return looker;
  }
  Result<std::pair<int64_t, int64_t>> Bounds(const TopicPartition& partition, Duration answer) {
    PM_TRY(const auto handle, Handle());
    return QueryBounds(handle.get(), partition, answer);
  }
  // `stable`: kKafkaRetry while transactions are open.
  Result<std::vector<PartitionOffset>> Offsets(const std::string& group, bool stable,
                                               std::span<const TopicPartition> partitions,
                                               Duration answer, const std::stop_token& stop) {
    std::vector<PartitionOffset> offsets;
    if (partitions.empty()) return offsets;
    PM_TRY(const auto handle, Handle());
    const KafkaFault fault =
        QueryOffsets(handle.get(), group, stable, partitions, answer, stop, &offsets);
    if (fault.code == RD_KAFKA_RESP_ERR_NO_ERROR) return offsets;
    if (fault.code != RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT)
      GiveUp(handle, fault.code == RD_KAFKA_RESP_ERR__TIMED_OUT ? kSlow : kYoung);
    return std::unexpected(
        KafkaError(KafkaCall::kOutside, WhatOffsets(group), FaultOf(handle.get(), fault)));
  }

 private:
  KafkaLooker(std::vector<KafkaProperty> users, const std::string& group, KafkaLog log)
      : users_(std::move(users)),
        // librdkafka 2.0.2 dies of an answer that names another coordinator when its handle has no
        // group. Nobody joins it here.
        ours_{{"group.id", group},
              {"enable.auto.commit", "false"},
              {"isolation.level", "read_uncommitted"}},
        log_(log) {}

  Result<std::shared_ptr<rd_kafka_t>> Handle() {
    const std::scoped_lock lock(mutex_);
    if (handle_ == nullptr) {
      PM_TRY(RdConf conf, MakeConf(users_, ours_, log_));
      PM_TRY(handle_, MakeHandle(RD_KAFKA_CONSUMER, std::move(conf)));
      made_ = RdDeadline({});
    }
    return handle_;
  }
  // Its answer did not come, or it asks who is not the coordinator any more: see kNeverInTime.
  void GiveUp(const std::shared_ptr<rd_kafka_t>& handle, Duration young) {
    const std::scoped_lock lock(mutex_);
    if (handle_ == handle && made_.past() >= young) handle_.reset();
  }

  const std::vector<KafkaProperty> users_, ours_;
  const KafkaLog log_;
  std::mutex mutex_;
  std::shared_ptr<rd_kafka_t> handle_;
  RdDeadline made_{{}};  // it was at this time
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
  Result<void> CommitAlone(std::span<const PartitionOffset> next) override {
    return consumer_->Commit(next);
  }

  Result<void> InitTransactions(std::string_view transactional_id) override {
    transactional_id_ = transactional_id;
    producer_.reset();
    aborts_in_a_row_ = 0;
    KafkaMember member = member_;
    member.answer = answer();
    PM_TRY(producer_, RdProducer::Make(users_, transactional_id_, member, log_, *passing_));
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
  Result<void> Commit() override {
    PM_TRY_VOID(producer().Commit());
    aborts_in_a_row_ = 0;
    return {};
  }
  Result<void> Abort() override {
    PM_TRY_VOID(producer().Abort());
    // librdkafka 2.0.2 counts lost records as sent: what comes next is out of order for the broker,
    // or is not sent at all until the flush ends, 30 s later. And one that the brokers have
    // forgotten is given to them again and again.
    if (++aborts_in_a_row_ < kMostAborts && !producer().has_lost_records()) return {};
    const Result<void> made = InitTransactions(std::string(transactional_id_));
    if (made) return {};
    if (producer_ != nullptr) producer_->GiveUp();
    return Fail(kKafkaFatal, made.error().text);
  }

  Result<std::pair<int64_t, int64_t>> Bounds(const TopicPartition& partition) override {
    return Watched([&] { return looker_->Bounds(partition, answer()); },
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
  void WaitAtMost(std::optional<Duration> answer) override { at_most_ = answer; }

 private:
  Duration answer() const {
    return std::min(member_.Patience(), at_most_.value_or(member_.answer));
  }
  Result<std::vector<PartitionOffset>> Offsets(std::string_view group,
                                               std::span<const TopicPartition> partitions,
                                               bool stable) {
    const std::string asked(group.empty() ? member_.group : group);
    return Watched(
        [&] { return looker_->Offsets(asked, stable, partitions, answer(), member_.stop); },
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
  std::string transactional_id_;
  std::unique_ptr<RdProducer> producer_;
  int aborts_in_a_row_ = 0;  // of this producer
  std::optional<Duration> at_most_;
};

}  // namespace

Result<std::shared_ptr<KafkaLooker>> ConnectKafkaLooker(const KafkaConnection& connection,
                                                        const std::string& group, KafkaLog log) {
  PM_TRY(std::vector<KafkaProperty> users, PropertiesOf(connection));
  return KafkaLooker::Make(std::move(users), group, log);
}

Result<std::unique_ptr<KafkaClient>> ConnectKafkaClient(const KafkaConnection& connection,
                                                        const KafkaMember& member, KafkaLog log,
                                                        std::shared_ptr<KafkaLooker> looker) {
  PM_TRY(std::vector<KafkaProperty> users, PropertiesOf(connection));
  if (looker == nullptr) {
    PM_TRY(looker, ConnectKafkaLooker(connection, member.group, log));
  }
  std::unique_ptr<PassingErrors> passing = PassingTo(log);
  // What librdkafka refuses of a producer only shows once there is one, and the first that is kept
  // would come with the first task.
  PM_TRY_VOID(RdProducer::Make(users, member.group, member, log, *passing));
  PM_TRY(std::unique_ptr<RdConsumer> consumer, RdConsumer::Make(users, member, log, *passing));
  return std::make_unique<RdClient>(std::move(users), member, log, std::move(passing),
                                    std::move(consumer), std::move(looker));
}

}  // namespace pm
