// librdkafka's C API with owners: for the rdkafka_*.cc files alone.
#pragma once
#include <librdkafka/rdkafka.h>

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/runtime/kafka/client/connection.h"
#include "engine/runtime/kafka/client/kafka_client.h"
#include "engine/runtime/kafka/client/passing_errors.h"
#include "engine/runtime/kafka/client/rdkafka.h"
#include "engine/runtime/kafka/client/rdkafka_error.h"

namespace pm {

template <class T, void (*destroy)(T*)>
struct RdDelete {
  void operator()(T* it) const { destroy(it); }
};
template <class T, void (*destroy)(T*)>
using RdOwner = std::unique_ptr<T, RdDelete<T, destroy>>;

// A consumer is not closed by its owner's end: who wants that does it before.
void DestroyHandle(rd_kafka_t* handle);

using RdHandle = RdOwner<rd_kafka_t, DestroyHandle>;
using RdConf = RdOwner<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using RdError = RdOwner<rd_kafka_error_t, rd_kafka_error_destroy>;
using RdEvent = RdOwner<rd_kafka_event_t, rd_kafka_event_destroy>;
using RdMessage = RdOwner<rd_kafka_message_t, rd_kafka_message_destroy>;
using RdQueue = RdOwner<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using RdHeaders = RdOwner<rd_kafka_headers_t, rd_kafka_headers_destroy>;
using RdTopic = RdOwner<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using RdPartitions =
    RdOwner<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;

using RdAdminOptions = RdOwner<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;

inline void DestroyMetadata(const rd_kafka_metadata_t* metadata) {
  rd_kafka_metadata_destroy(metadata);
}
using RdMetadata = RdOwner<const rd_kafka_metadata_t, DestroyMetadata>;

// By when a call must have ended.
class RdDeadline {
 public:
  explicit RdDeadline(Duration wait)
      : end_(std::chrono::steady_clock::now() + std::chrono::milliseconds(wait.ms)) {}
  // Milliseconds left, not below 0.
  int left_ms() const;
  Duration past() const;  // below 0 before it

 private:
  std::chrono::steady_clock::time_point end_;
};

// A configuration with these properties; kKafkaRefused for one that librdkafka does not know, or
// its value. Users may not set what is among `ours` (WhyRefused): they would be overruled unheard.
Result<RdConf> MakeConf(std::span<const KafkaProperty> users, std::span<const KafkaProperty> ours,
                        KafkaLog log);
// kKafkaRefused when the properties do not go together. `opaque` is what callbacks are given.
Result<RdHandle> MakeHandle(rd_kafka_type_t type, RdConf conf);

// What librdkafka is given to ask a group's coordinator, as its admin: the longest there is. 2.0.2
// ends the process when a coordinator comes back after such a question has timed out. So none does
// before its handle is given up, which is what to do when no answer comes; and also when another
// than the coordinator answers, for it would be asked again.
inline constexpr Duration kNeverInTime = Minutes(60);
RdAdminOptions MakeOptions(rd_kafka_t* handle, rd_kafka_admin_op_t operation, Duration answer);

// What is tried again goes to the log; it may be null.
std::unique_ptr<PassingErrors> PassingTo(KafkaLog log);

KafkaFault FaultOf(rd_kafka_resp_err_t code);
KafkaFault FaultOf(const rd_kafka_error_t* error);
// A fault of code "fatal" names no cause: it is had from the handle.
KafkaFault FaultOf(rd_kafka_t* handle, KafkaFault fault);

RdPartitions ListOf(std::span<const TopicPartition> partitions);
RdPartitions ListOf(std::span<const PartitionOffset> offsets);
std::vector<TopicPartition> PartitionsOf(const rd_kafka_topic_partition_list_t* list);

// Views into the message.
KafkaRecord RecordOf(const rd_kafka_message_t& message, const TopicPartition& partition);

// These begin the errors of Committed and of the next.
std::string WhatOffsets(std::string_view group);
std::string WhatBounds(const TopicPartition& partition);
// First and next offset there are, as far as the handle's isolation lets it see.
Result<std::pair<int64_t, int64_t>> QueryBounds(rd_kafka_t* handle, const TopicPartition& partition,
                                                Duration answer);
// The next offset there is, as the last answer to a read said; nullopt before the first.
std::optional<int64_t> EndOf(rd_kafka_t* handle, const TopicPartition& partition);

}  // namespace pm
