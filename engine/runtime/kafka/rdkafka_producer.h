// A transactional producer: calls 5 to 11 of the port. For the rdkafka_*.cc files alone.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/runtime/kafka/rdkafka_handle.h"

namespace pm {

class RdProducer {
 public:
  // Not until Init does it speak to a broker.
  static Result<std::unique_ptr<RdProducer>> Make(std::span<const KafkaProperty> users,
                                                  std::string_view transactional_id,
                                                  const KafkaMember& member, KafkaLog log);
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

 private:
  RdProducer(Duration answer, std::vector<std::string> outputs)
      : answer_(answer), outputs_(std::move(outputs)) {}
  static void OnDelivered(rd_kafka_t* handle, const rd_kafka_message_t* message, void* opaque);
  Result<void> Try(KafkaCall call, std::string_view what, auto ask);
  std::unexpected<Error> Failed(KafkaCall call, std::string_view what, const KafkaFault& fault);
  void Warm();

  const Duration answer_;
  const std::vector<std::string> outputs_;
  KafkaFault undelivered_;  // of the first record of the transaction that was not
  bool in_transaction_ = false;
  bool gone_ = false;  // fatal or unknown: it answers nothing more
  RdHandle handle_;    // last: it ends first, while callbacks may still come
};

}  // namespace pm
