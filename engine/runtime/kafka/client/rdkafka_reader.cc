#include <fmt/format.h>

#include <functional>
#include <map>
#include <thread>

#include "engine/runtime/kafka/client/rdkafka_handle.h"

namespace pm {
namespace {

using MakeReader = std::function<Result<RdHandle>()>;

class RdReader final : public KafkaReader {
 public:
  RdReader(MakeReader make, RdHandle handle, KafkaLog log)
      : make_(std::move(make)), passing_(PassingTo(log)), handle_(std::move(handle)) {}

  Result<void> Assign(std::span<const PartitionOffset> from) override {
    held_.reset();
    next_.clear();
    if (from.empty()) {
      if (handle_ != nullptr)
        leaving_ = std::jthread([gone = std::move(handle_)]() mutable { gone.reset(); });
      return {};
    }
    if (handle_ == nullptr) {
      PM_TRY(handle_, make_());
    }
    for (const PartitionOffset& one : from) next_.emplace(one.partition, one.offset);
    const rd_kafka_resp_err_t failed = rd_kafka_assign(handle_.get(), ListOf(from).get());
    if (failed != RD_KAFKA_RESP_ERR_NO_ERROR)
      return std::unexpected(Failed("to assign", FaultOf(failed)));
    FindLeaders();
    return {};
  }

  Result<std::optional<KafkaRecord>> Poll(Duration wait) override {
    const RdDeadline end(wait);
    while (handle_ != nullptr) {
      held_.reset(rd_kafka_consumer_poll(handle_.get(), end.left_ms()));
      if (held_ == nullptr) return std::nullopt;
      if (held_->err != RD_KAFKA_RESP_ERR_NO_ERROR &&
          held_->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        Error error =
            Failed("to read", {.code = held_->err, .text = rd_kafka_message_errstr(held_.get())});
        // librdkafka tries again by itself.
        if (error.code == kKafkaRetry) {
          passing_->Note(error.text);
          continue;
        }
        return std::unexpected(std::move(error));
      }
      const auto reading = next_.find({rd_kafka_topic_name(held_->rkt), held_->partition});
      if (reading == next_.end() || held_->offset < reading->second) continue;
      reading->second = held_->offset;
      if (held_->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) return std::nullopt;
      ++reading->second;
      return RecordOf(*held_, reading->first);
    }
    return std::nullopt;
  }

  Result<int64_t> Position(const TopicPartition& partition) override {
    const auto found = next_.find(partition);
    PM_CHECK(found != next_.end());
    return found->second;
  }

  std::optional<int64_t> End(const TopicPartition& partition) override {
    return handle_ == nullptr ? std::nullopt : EndOf(handle_.get(), partition);
  }

  void Note(std::span<const PartitionOffset> next) override {
    constexpr int kNotWaitedFor = 1;
    if (handle_ == nullptr || next.empty()) return;
    rd_kafka_commit(handle_.get(), ListOf(next).get(), kNotWaitedFor);
  }

 private:
  // librdkafka looks but once a second whether there are topics that are new to it.
  void FindLeaders() {
    constexpr int kWaitMs = 200;
    const rd_kafka_metadata_t* found = nullptr;
    rd_kafka_metadata(handle_.get(), 0, nullptr, &found, kWaitMs);
    const RdMetadata metadata(found);
  }
  Error Failed(std::string_view what, const KafkaFault& fault) const {
    return KafkaError(KafkaCall::kOutside, what, FaultOf(handle_.get(), fault));
  }

  const MakeReader make_;
  const std::unique_ptr<PassingErrors> passing_;
  RdHandle handle_;
  std::jthread leaving_;  // ends the handle of before, which takes a moment
  std::map<TopicPartition, int64_t> next_;
  RdMessage held_;  // the record that was given last
};

// That the end is reached shows by a fetch that came back with nothing. Every take-over waits for
// it; who reads on for ever would ask, and cost, ten times as much.
constexpr char kToTheEndMs[] = "50", kForEverMs[] = "500";

Result<std::unique_ptr<KafkaReader>> Connect(const KafkaConnection& connection, KafkaLog log,
                                             const std::string& group, const char* isolation,
                                             const char* fetch_ms) {
  PM_TRY(std::vector<KafkaProperty> users, PropertiesOf(connection));
  users.insert(users.begin(), {"fetch.wait.max.ms", fetch_ms});
  std::vector<KafkaProperty> ours = {
      // librdkafka wants a name in any case.
      {"group.id", group.empty() ? fmt::format("{}-reader", connection.client_id) : group},
      {"isolation.level", isolation},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"enable.partition.eof", "true"},
      {"auto.offset.reset", "error"},
      {"allow.auto.create.topics", "false"}};
  MakeReader make = [users = std::move(users), ours = std::move(ours), log]() -> Result<RdHandle> {
    PM_TRY(RdConf conf, MakeConf(users, ours, log));
    PM_TRY(RdHandle handle, MakeHandle(RD_KAFKA_CONSUMER, std::move(conf)));
    rd_kafka_poll_set_consumer(handle.get());
    return handle;
  };
  PM_TRY(RdHandle handle, make());
  return std::make_unique<RdReader>(std::move(make), std::move(handle), log);
}

}  // namespace

Result<std::unique_ptr<KafkaReader>> ConnectKafkaReader(const KafkaConnection& connection,
                                                        KafkaLog log, const std::string& group) {
  return Connect(connection, log, group, "read_committed", kForEverMs);
}

Result<std::unique_ptr<KafkaReader>> ConnectRestoreReader(const KafkaConnection& connection,
                                                          KafkaLog log) {
  return Connect(connection, log, {}, "read_committed", kToTheEndMs);
}

Result<std::unique_ptr<KafkaReader>> ConnectUncommittedReader(const KafkaConnection& connection,
                                                              KafkaLog log) {
  return Connect(connection, log, {}, "read_uncommitted", kToTheEndMs);
}

}  // namespace pm
