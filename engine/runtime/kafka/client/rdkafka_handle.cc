#include "engine/runtime/kafka/client/rdkafka_handle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <future>
#include <thread>
#include <tuple>

namespace pm {
namespace {

constexpr size_t kErrorBytes = 512;
constexpr std::chrono::seconds kDestroy(5);
constexpr int kOneLeaderMs = 2000;  // for which one that does not answer is waited for

std::string_view ViewOf(const void* data, size_t bytes) {
  return data == nullptr ? std::string_view()
                         : std::string_view(static_cast<const char*>(data), bytes);
}

KafkaHeaders HeadersOf(const rd_kafka_message_t& message) {
  KafkaHeaders all;
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return all;
  const char* name = nullptr;
  const void* value = nullptr;
  size_t bytes = 0;
  for (size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &bytes) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    all.emplace_back(name, ViewOf(value, bytes));
  }
  return all;
}

void Log(const rd_kafka_t* handle, int level, const char* fact, const char* text) {
  const auto log = reinterpret_cast<KafkaLog>(rd_kafka_opaque(handle));
  if (log != nullptr)
    log(LogLevelOf(level, fact), fmt::format("kafka: {} {} {}", level, fact, text));
}

Result<void> Set(rd_kafka_conf_t* conf, const KafkaProperty& property) {
  std::array<char, kErrorBytes> text{};
  const rd_kafka_conf_res_t done = rd_kafka_conf_set(
      conf, property.name.c_str(), property.value.c_str(), text.data(), text.size());
  if (done == RD_KAFKA_CONF_OK) return {};
  if (done == RD_KAFKA_CONF_UNKNOWN) {
    return Fail(kKafkaRefused, fmt::format("librdkafka has no property `{}`", property.name));
  }
  // Its own text may hold the value.
  return Fail(kKafkaRefused,
              property.secret ? fmt::format("librdkafka refuses the value of `{}`", property.name)
                              : fmt::format("librdkafka: {}", text.data()));
}

}  // namespace

// librdkafka 2.0.2 waits for ever for a partition whose topic was deleted while it was read: such a
// handle is left to the end of the process.
void DestroyHandle(rd_kafka_t* handle) {
  auto destroyed = std::make_shared<std::promise<void>>();
  const std::future<void> ended = destroyed->get_future();
  std::thread([handle, destroyed = std::move(destroyed)] {
    rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    destroyed->set_value();
  }).detach();
  ended.wait_for(kDestroy);
}

int RdDeadline::left_ms() const {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, INT32_MAX));
}

Duration RdDeadline::past() const {
  const auto past = std::chrono::steady_clock::now() - end_;
  return {std::chrono::duration_cast<std::chrono::milliseconds>(past).count()};
}

Result<RdConf> MakeConf(std::span<const KafkaProperty> users, std::span<const KafkaProperty> ours,
                        KafkaLog log) {
  RdConf conf(rd_kafka_conf_new());
  PM_TRY_VOID(Set(conf.get(), {.name = "socket.nagle.disable", .value = "true"}));
  for (const KafkaProperty& property : users) PM_TRY_VOID(Set(conf.get(), property));
  for (const KafkaProperty& property : ours) {
    PM_CHECK(!WhyRefused(property.name).empty());
    PM_TRY_VOID(Set(conf.get(), property));
  }
  // Tokens of OAUTHBEARER are renewed without anybody polling.
  rd_kafka_conf_enable_sasl_queue(conf.get(), 1);
  rd_kafka_conf_set_log_cb(conf.get(), Log);
  rd_kafka_conf_set_opaque(conf.get(), reinterpret_cast<void*>(log));
  return conf;
}

Result<RdHandle> MakeHandle(rd_kafka_type_t type, RdConf conf) {
  std::array<char, kErrorBytes> text{};
  RdHandle handle(rd_kafka_new(type, conf.get(), text.data(), text.size()));
  if (handle == nullptr) return Fail(kKafkaRefused, fmt::format("librdkafka: {}", text.data()));
  std::ignore = conf.release();  // it is the handle's now
  const RdError without_callbacks(rd_kafka_sasl_background_callbacks_enable(handle.get()));
  return handle;
}

RdAdminOptions MakeOptions(rd_kafka_t* handle, rd_kafka_admin_op_t operation, Duration answer) {
  RdAdminOptions options(rd_kafka_AdminOptions_new(handle, operation));
  std::array<char, kErrorBytes> unused{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), static_cast<int>(answer.ms),
                                            unused.data(), unused.size());
  return options;
}

std::unique_ptr<PassingErrors> PassingTo(KafkaLog log) {
  static const SystemClock kClock;
  PassingErrors::Say say;
  if (log != nullptr) say = [log](std::string_view line) { log(KafkaLogLevel::kWarning, line); };
  return std::make_unique<PassingErrors>(say, kClock);
}

KafkaFault FaultOf(rd_kafka_resp_err_t code) { return {.code = code}; }

KafkaFault FaultOf(const rd_kafka_error_t* error) {
  return {.code = rd_kafka_error_code(error),
          .fatal = rd_kafka_error_is_fatal(error) != 0,
          .abortable = rd_kafka_error_txn_requires_abort(error) != 0,
          .text = rd_kafka_error_string(error)};
}

KafkaFault FaultOf(rd_kafka_t* handle, KafkaFault fault) {
  if (fault.code != RD_KAFKA_RESP_ERR__FATAL && !fault.fatal) return fault;
  std::array<char, kErrorBytes> text{};
  const rd_kafka_resp_err_t cause = rd_kafka_fatal_error(handle, text.data(), text.size());
  fault.fatal = true;
  if (cause == RD_KAFKA_RESP_ERR_NO_ERROR) return fault;
  return {.code = cause, .fatal = true, .text = text.data()};
}

RdPartitions ListOf(std::span<const TopicPartition> partitions) {
  RdPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const TopicPartition& one : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), one.topic.c_str(), one.partition);
  }
  return list;
}

RdPartitions ListOf(std::span<const PartitionOffset> offsets) {
  RdPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const auto& [partition, offset, note] : offsets) {
    rd_kafka_topic_partition_t* one =
        rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition);
    one->offset = offset;
    if (note.empty()) continue;
    one->metadata = rd_kafka_mem_malloc(nullptr, note.size());  // the list's own
    std::memcpy(one->metadata, note.data(), note.size());
    one->metadata_size = note.size();
  }
  return list;
}

std::vector<TopicPartition> PartitionsOf(const rd_kafka_topic_partition_list_t* list) {
  std::vector<TopicPartition> all;
  for (const rd_kafka_topic_partition_t& one :
       std::span(list->elems, static_cast<size_t>(list->cnt))) {
    all.push_back({one.topic, one.partition});
  }
  std::ranges::sort(all);
  return all;
}

KafkaRecord RecordOf(const rd_kafka_message_t& message, const TopicPartition& partition) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const int64_t at = rd_kafka_message_timestamp(&message, &type);
  return {.partition = &partition,
          .offset = message.offset,
          .at = {at},
          .at_log = type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME,
          .key = ViewOf(message.key, message.key_len),
          .value = ViewOf(message.payload, message.len),
          .tombstone = message.payload == nullptr,
          .headers = HeadersOf(message)};
}

std::optional<int64_t> EndOf(rd_kafka_t* handle, const TopicPartition& partition) {
  int64_t low = 0;
  int64_t high = 0;
  const rd_kafka_resp_err_t failed = rd_kafka_get_watermark_offsets(
      handle, partition.topic.c_str(), partition.partition, &low, &high);
  return failed == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0 ? std::optional(high) : std::nullopt;
}

namespace {

// What a partition's leader says; `which` is RD_KAFKA_OFFSET_BEGINNING or _END.
rd_kafka_resp_err_t AskLeader(rd_kafka_t* handle, const TopicPartition& partition, int64_t which,
                              int wait_ms, int64_t* offset) {
  const PartitionOffset asked[] = {{partition, which}};
  const RdPartitions list = ListOf(asked);
  const rd_kafka_resp_err_t failed = rd_kafka_offsets_for_times(handle, list.get(), wait_ms);
  *offset = list->elems[0].offset;
  return failed == RD_KAFKA_RESP_ERR_NO_ERROR ? list->elems[0].err : failed;
}

void FindLeader(rd_kafka_t* handle, const std::string& topic, int wait_ms) {
  const RdTopic one(rd_kafka_topic_new(handle, topic.c_str(), nullptr));
  const rd_kafka_metadata_t* found = nullptr;
  rd_kafka_metadata(handle, 0, one.get(), &found, wait_ms);
  const RdMetadata metadata(found);
}

}  // namespace

std::string WhatOffsets(std::string_view group) {
  return fmt::format("the offsets of group {}", group);
}

std::string WhatBounds(const TopicPartition& partition) {
  return fmt::format("the bounds of {}/{}", partition.topic, partition.partition);
}

// librdkafka 2.0.2 asks whom it knows as the leader, also when that one is gone, and
// rd_kafka_query_watermark_offsets does so for a minute whatever it is told. So nobody is asked for
// long, and the leader is looked up between two tries.
Result<std::pair<int64_t, int64_t>> QueryBounds(rd_kafka_t* handle, const TopicPartition& partition,
                                                Duration answer) {
  const RdDeadline end(answer);
  const std::string what = WhatBounds(partition);
  while (true) {
    const int wait_ms = std::min(end.left_ms(), kOneLeaderMs);
    int64_t low = 0;
    int64_t high = 0;
    rd_kafka_resp_err_t failed =
        AskLeader(handle, partition, RD_KAFKA_OFFSET_BEGINNING, wait_ms, &low);
    if (failed == RD_KAFKA_RESP_ERR_NO_ERROR)
      failed = AskLeader(handle, partition, RD_KAFKA_OFFSET_END, wait_ms, &high);
    if (failed == RD_KAFKA_RESP_ERR_NO_ERROR) return std::pair(low, high);
    Error error = KafkaError(KafkaCall::kOutside, what, FaultOf(handle, FaultOf(failed)));
    if (error.code != kKafkaRetry || end.left_ms() == 0) return std::unexpected(std::move(error));
    FindLeader(handle, partition.topic, wait_ms);
  }
}

}  // namespace pm
