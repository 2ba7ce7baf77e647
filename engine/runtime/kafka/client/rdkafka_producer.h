// A transactional producer: calls 5 to 11 of the port. For the rdkafka_*.cc files alone.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/runtime/kafka/client/rdkafka_handle.h"

namespace pm {

class RdProducer {
 public:
  // Not until Init does it speak to a broker. `passing` outlives it.
  static Result<std::unique_ptr<RdProducer>> Make(std::span<const KafkaProperty> users,
                                                  std::string_view transactional_id,
                                                  const KafkaMember& member, KafkaLog log,
                                                  PassingErrors& passing);
  ~RdProducer();
  RdProducer(const RdProducer&) = delete;
  RdProducer& operator=(const RdProducer&) = delete;

  // Fences, and learns where the member's outputs are.
  Result<void> Init();
  Result<void> Begin();
  Result<void> Produce(const Produced& record);
  Result<void> Flush();
  // `consumer` is the member whose records they are.
  Result<void> SendOffsets(rd_kafka_t* consumer, std::span<const PartitionOffset> next);
  Result<void> Commit();
  Result<void> Abort();
  std::optional<int64_t> Delivered(const TopicPartition& partition) const;
  // Of the last transaction.
  bool has_lost_records() const { return undelivered_.code != 0; }
  void GiveUp() { gone_ = true; }

 private:
  RdProducer(KafkaMember member, PassingErrors& passing)
      : member_(std::move(member)), passing_(passing) {}
  static void OnDelivered(rd_kafka_t* handle, const rd_kafka_message_t* message, void* opaque);
  Result<void> Try(KafkaCall call, std::string_view what, auto ask);
  std::unexpected<Error> Failed(KafkaCall call, std::string_view what, const KafkaFault& fault);
  void Warm();
  rd_kafka_topic_t* Topic(std::string_view name);
  RdError Hand(const Produced& record);

  // What a record's delivery report is for.
  struct Report {
    RdProducer* producer;
    bool remembered;
  };

  Report to_check_{this, false}, to_remember_{this, true};
  const KafkaMember member_;
  PassingErrors& passing_;
  KafkaFault undelivered_;                       // why a record of the transaction was not
  std::map<TopicPartition, int64_t> delivered_;  // of remembered ones, the last
  bool in_transaction_ = false;
  bool gone_ = false;  // fatal or unknown: it answers nothing more
  RdHandle handle_;    // ends before the others: callbacks may still come
  std::map<std::string, RdTopic, std::less<>> topics_;  // of the handle, so they end first
};

}  // namespace pm
