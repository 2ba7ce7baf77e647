#include "engine/runtime/kafka/client/rdkafka_producer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <thread>
#include <tuple>

namespace pm {
namespace {

// Between two tries of what may be tried again; librdkafka mostly waits by itself.
constexpr std::chrono::milliseconds kPause(20);
constexpr int kSettleMs = 2000;  // for which an abort waits for what is under way
constexpr int kRoomMs = 100;     // for which a full queue is waited at a time
constexpr int kLookMs = 1000;    // after which a flush looks whether it is to stop
// Each commit flushes, which waits for nothing; until then batches had better be large.
constexpr std::string_view kLingerMs = "50";

std::vector<KafkaProperty> ProducerProperties(std::string_view transactional_id,
                                              const KafkaMember& member) {
  return {{"transactional.id", std::string(transactional_id)},
          {"transaction.timeout.ms", fmt::format("{}", member.transaction.ms)},
          {"enable.idempotence", "true"},
          {"partitioner", "murmur2_random"}};
}

// Ours to free unless librdkafka takes them.
RdHeaders MakeHeaders(std::span<const std::pair<std::string, std::string>> headers) {
  if (headers.empty()) return nullptr;
  RdHeaders made(rd_kafka_headers_new(headers.size()));
  for (const auto& [name, value] : headers) {
    rd_kafka_header_add(made.get(), name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  return made;
}

// It was still to be sent when another was refused.
bool IsPurged(int code) {
  return code == RD_KAFKA_RESP_ERR__PURGE_QUEUE || code == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
}

rd_kafka_vu_t Bytes(rd_kafka_vtype_t type, std::optional<std::string_view> bytes) {
  rd_kafka_vu_t part{};
  part.vtype = type;
  if (!bytes.has_value()) return part;
  // No bytes are something else than none at all.
  const char* data = bytes->empty() ? "" : bytes->data();
  part.u.mem = {.ptr = const_cast<char*>(data), .size = bytes->size()};
  return part;
}

}  // namespace

Result<std::unique_ptr<RdProducer>> RdProducer::Make(std::span<const KafkaProperty> users,
                                                     std::string_view transactional_id,
                                                     const KafkaMember& member, KafkaLog log,
                                                     PassingErrors& passing) {
  std::vector<KafkaProperty> properties = {{"linger.ms", std::string(kLingerMs)},
                                           {"queue.buffering.max.kbytes", "65536"}};
  properties.insert(properties.end(), users.begin(), users.end());
  PM_TRY(RdConf conf, MakeConf(properties, ProducerProperties(transactional_id, member), log));
  rd_kafka_conf_set_dr_msg_cb(conf.get(), OnDelivered);
  std::unique_ptr<RdProducer> made(new RdProducer(member, passing));
  PM_TRY(made->handle_, MakeHandle(RD_KAFKA_PRODUCER, std::move(conf)));
  return made;
}

RdProducer::~RdProducer() {
  if (handle_ == nullptr) return;  // librdkafka refused its properties
  // What is under way has nobody left to want it.
  rd_kafka_purge(handle_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                    RD_KAFKA_PURGE_F_NON_BLOCKING);
}

void RdProducer::OnDelivered(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  const auto& [producer, remembered] = *static_cast<const Report*>(message->_private);
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (remembered && message->offset >= 0)
      producer->delivered_[{rd_kafka_topic_name(message->rkt), message->partition}] =
          message->offset;
    return;
  }
  if (producer->undelivered_.code != 0 && !IsPurged(producer->undelivered_.code)) return;
  // Not rd_kafka_message_errstr: of a record that was produced it gives the record's own value.
  producer->undelivered_ = {.code = message->err,
                            .text = fmt::format("{}: {}", rd_kafka_topic_name(message->rkt),
                                                rd_kafka_err2str(message->err))};
}

std::unexpected<Error> RdProducer::Failed(KafkaCall call, std::string_view what,
                                          const KafkaFault& fault) {
  Error error = KafkaError(call, what, FaultOf(handle_.get(), fault));
  gone_ = gone_ || error.code == kKafkaFatal || error.code == kKafkaFenced ||
          error.code == kKafkaUnknown;
  return std::unexpected(std::move(error));
}

// `ask(milliseconds left)` gives librdkafka's error, or null; again while it may be.
Result<void> RdProducer::Try(KafkaCall call, std::string_view what, auto ask) {
  if (gone_) return Fail(kKafkaFatal, fmt::format("{}: the producer is of no use any more", what));
  const RdDeadline end(member_.Patience());
  while (true) {
    const RdDeadline asked({});
    const RdError error(ask(end.left_ms()));
    if (error == nullptr) {
      if (!passing_.empty()) passing_.Over(what);
      return {};
    }
    const bool again = rd_kafka_error_is_retriable(error.get()) != 0;
    if (again) passing_.Note(KafkaError(call, what, FaultOf(error.get())).text, asked.past());
    if (!again || end.left_ms() == 0) return Failed(call, what, FaultOf(error.get()));
    std::this_thread::sleep_for(kPause);
  }
}

Result<void> RdProducer::Init() {
  PM_TRY_VOID(Try(KafkaCall::kOutside, "to take over the transactional id",
                  [&](int left_ms) { return rd_kafka_init_transactions(handle_.get(), left_ms); }));
  Warm();
  return {};
}

void RdProducer::Warm() {
  for (const std::string& name : member_.outputs) {
    const rd_kafka_metadata_t* found = nullptr;
    // A topic that is not there shows when it is written to.
    rd_kafka_metadata(handle_.get(), 0, Topic(name), &found,
                      static_cast<int>(member_.Patience().ms));
    const RdMetadata metadata(found);
  }
}

Result<void> RdProducer::Begin() {
  PM_CHECK(!in_transaction_ || gone_);
  PM_TRY_VOID(Try(KafkaCall::kOutside, "to begin a transaction",
                  [&](int) { return rd_kafka_begin_transaction(handle_.get()); }));
  in_transaction_ = true;
  undelivered_ = {};
  delivered_.clear();
  return {};
}

std::optional<int64_t> RdProducer::Delivered(const TopicPartition& partition) const {
  const auto found = delivered_.find(partition);
  return found == delivered_.end() ? std::nullopt : std::optional(found->second);
}

Result<void> RdProducer::Produce(const Produced& record) {
  PM_CHECK(in_transaction_ || gone_);
  if (!gone_ && Hand(record) == nullptr) return {};
  const RdDeadline end(member_.Patience());
  return Try(KafkaCall::kInside, "a record", [&](int) -> rd_kafka_error_t* {
    while (true) {
      RdError error = Hand(record);
      if (error == nullptr) return nullptr;
      const bool full = rd_kafka_error_code(error.get()) == RD_KAFKA_RESP_ERR__QUEUE_FULL;
      if (!full || end.left_ms() == 0) return error.release();
      rd_kafka_poll(handle_.get(), kRoomMs);
    }
  });
}

RdError RdProducer::Hand(const Produced& record) {
  RdHeaders headers = MakeHeaders(record.headers);
  std::array<rd_kafka_vu_t, 7> parts{};
  parts[0].vtype = RD_KAFKA_VTYPE_RKT;
  parts[0].u.rkt = Topic(record.topic);
  parts[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  parts[1].u.i32 = record.partition < 0 ? RD_KAFKA_PARTITION_UA : record.partition;
  parts[2] = Bytes(RD_KAFKA_VTYPE_VALUE, record.value);
  parts[3] = record.key.empty() ? Bytes(RD_KAFKA_VTYPE_KEY, std::nullopt)
                                : Bytes(RD_KAFKA_VTYPE_KEY, record.key);
  parts[4].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  parts[4].u.i = RD_KAFKA_MSG_F_COPY;
  parts[5].vtype = RD_KAFKA_VTYPE_OPAQUE;
  parts[5].u.ptr = record.remembered ? &to_remember_ : &to_check_;
  parts[6].vtype = RD_KAFKA_VTYPE_HEADERS;
  parts[6].u.headers = headers.get();
  RdError error(rd_kafka_produceva(handle_.get(), parts.data(),
                                   headers == nullptr ? parts.size() - 1 : parts.size()));
  if (error == nullptr) std::ignore = headers.release();
  return error;
}

// By name librdkafka would search its topics for each record, under a lock.
rd_kafka_topic_t* RdProducer::Topic(std::string_view name) {
  auto found = topics_.find(name);
  if (found == topics_.end()) {
    std::string own(name);
    RdTopic topic(rd_kafka_topic_new(handle_.get(), own.c_str(), nullptr));
    found = topics_.emplace(std::move(own), std::move(topic)).first;
  }
  return found->second.get();
}

Result<void> RdProducer::Flush() {
  PM_CHECK(in_transaction_ || gone_);
  PM_TRY_VOID(Try(KafkaCall::kInside, "to flush", [&](int left_ms) -> rd_kafka_error_t* {
    rd_kafka_resp_err_t failed = RD_KAFKA_RESP_ERR__TIMED_OUT;
    const RdDeadline end(Milliseconds(left_ms));
    do {
      failed = rd_kafka_flush(handle_.get(), std::min(end.left_ms(), kLookMs));
    } while (failed == RD_KAFKA_RESP_ERR__TIMED_OUT && end.left_ms() > 0 &&
             !member_.stop.stop_requested());
    return failed == RD_KAFKA_RESP_ERR_NO_ERROR
               ? nullptr
               : rd_kafka_error_new(failed, "%s", rd_kafka_err2str(failed));
  }));
  if (undelivered_.code == 0) return {};
  return Failed(KafkaCall::kInside, "a record was not delivered", undelivered_);
}

Result<void> RdProducer::SendOffsets(rd_kafka_t* consumer, std::span<const PartitionOffset> next) {
  PM_CHECK(in_transaction_ || gone_);
  const RdPartitions offsets = ListOf(next);
  return Try(KafkaCall::kInside, "to send offsets", [&](int left_ms) {
    // Afresh: it holds the member's generation.
    const RdOwner<rd_kafka_consumer_group_metadata_t, rd_kafka_consumer_group_metadata_destroy>
        member(rd_kafka_consumer_group_metadata(consumer));
    return rd_kafka_send_offsets_to_transaction(handle_.get(), offsets.get(), member.get(),
                                                left_ms);
  });
}

Result<void> RdProducer::Commit() {
  PM_CHECK(in_transaction_ || gone_);
  Result<void> done = Try(KafkaCall::kCommit, "the commit", [&](int left_ms) {
    return rd_kafka_commit_transaction(handle_.get(), left_ms);
  });
  if (done.has_value()) in_transaction_ = false;
  return done;
}

Result<void> RdProducer::Abort() {
  PM_CHECK(in_transaction_ || gone_);
  // An abort that overtakes the transaction's first records is answered INVALID_TXN_STATE, which
  // librdkafka takes for fatal.
  if (!gone_) rd_kafka_flush(handle_.get(), kSettleMs);
  Result<void> done = Try(KafkaCall::kAbort, "to abort", [&](int left_ms) {
    return rd_kafka_abort_transaction(handle_.get(), left_ms);
  });
  if (done.has_value()) in_transaction_ = false;
  return done;
}

}  // namespace pm
