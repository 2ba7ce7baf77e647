#include "tests/benchmark/kafka/chain.h"

#include <array>
#include <atomic>
#include <csignal>
#include <thread>

#include "base/ids.h"
#include "engine/runtime/kafka/rdkafka_handle.h"
#include "engine/runtime/kafka/topic_names.h"
#include "tests/benchmark/kafka/leads.h"

namespace pm::bench {

namespace {

constexpr int kAnswerMs = 60'000;
constexpr size_t kMostABatch = 10'000;  // records a poll
constexpr int kWaitMs = 200;

void Check(const RdError& error, std::string_view what) {
  if (error == nullptr) return;
  fmt::print(stderr, "{}: {}\n", what, rd_kafka_error_string(error.get()));
  std::exit(1);
}

// One thread: a consumer, a transactional producer, and what follows on each kind of record.
class Loop {
 public:
  Loop(const ChainPlan& plan, std::string_view name, const std::vector<std::string>& inputs)
      : plan_(plan) {
    MakeProducer(name);
    MakeConsumer(name, inputs);
    for (const ChainRecord& record : plan.records) Follow(record);
  }
  ~Loop() { rd_kafka_consumer_close(consumer_.get()); }

  void Run(const std::atomic<bool>& stop) {
    std::vector<rd_kafka_message_t*> batch(kMostABatch);
    const auto end_of_interval = [this] {
      return begun_ + std::chrono::milliseconds(plan_.commit.ms);
    };
    while (!stop) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(
          end_of_interval() - std::chrono::steady_clock::now());
      const int wait = dirty_ ? static_cast<int>(std::max<int64_t>(0, left.count())) : kWaitMs;
      // A batch waits until it is full: so what is there is taken, and one is waited for.
      ssize_t got = rd_kafka_consume_batch_queue(queue_.get(), 0, batch.data(), kMostABatch);
      if (got == 0) got = rd_kafka_consume_batch_queue(queue_.get(), wait, batch.data(), 1);
      for (ssize_t i = 0; i < got; ++i) Take(RdMessage(batch[static_cast<size_t>(i)]));
      if (dirty_ && std::chrono::steady_clock::now() >= end_of_interval()) Commit();
    }
  }

 private:
  struct Follower {
    ChainRecord record;
    RdTopic topic;
    int64_t owed = 0;  // thousandths
  };

  void MakeProducer(std::string_view name) {
    const KafkaProperty settings[] = {
        {"bootstrap.servers", plan_.address},
        {"transactional.id", fmt::format("{}-{}", plan_.prefix, name)},
        {"partitioner", "murmur2_random"},
        {"queue.buffering.max.messages", "1000000"}};
    RdConf conf = MakeConf(settings, {}, nullptr).value();
    producer_ = MakeHandle(RD_KAFKA_PRODUCER, std::move(conf)).value();
    Check(RdError(rd_kafka_init_transactions(producer_.get(), kAnswerMs)), "init");
  }

  void MakeConsumer(std::string_view name, const std::vector<std::string>& inputs) {
    const KafkaProperty settings[] = {{"bootstrap.servers", plan_.address},
                                      {"group.id", fmt::format("{}-{}", plan_.prefix, name)},
                                      {"isolation.level", "read_committed"},
                                      {"enable.auto.commit", "false"},
                                      {"enable.auto.offset.store", "false"},
                                      {"auto.offset.reset", "earliest"},
                                      {"queued.min.messages", "1000000"}};
    RdConf conf = MakeConf(settings, {}, nullptr).value();
    consumer_ = MakeHandle(RD_KAFKA_CONSUMER, std::move(conf)).value();
    rd_kafka_poll_set_consumer(consumer_.get());
    queue_.reset(rd_kafka_queue_get_consumer(consumer_.get()));
    std::vector<TopicPartition> topics;
    for (const std::string& topic : inputs) topics.push_back({topic, RD_KAFKA_PARTITION_UA});
    PM_CHECK(rd_kafka_subscribe(consumer_.get(), ListOf(topics).get()) ==
             RD_KAFKA_RESP_ERR_NO_ERROR);
  }

  void Follow(const ChainRecord& record) {
    const auto kind = static_cast<size_t>(record.from);
    if (followers_.size() <= kind) followers_.resize(kind + 1);
    RdTopic topic(rd_kafka_topic_new(producer_.get(), record.topic.c_str(), nullptr));
    // Else the first transaction to it takes a second.
    const rd_kafka_metadata_t* found = nullptr;
    rd_kafka_metadata(producer_.get(), 0, topic.get(), &found, kAnswerMs);
    const RdMetadata metadata(found);
    followers_[kind].push_back({record, std::move(topic)});
    most_bytes_ = std::max({most_bytes_, record.key_bytes, record.value_bytes});
    filler_.assign(static_cast<size_t>(most_bytes_) + 64, 'x');
  }

  void Take(RdMessage message) {
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    if (!dirty_) {
      Check(RdError(rd_kafka_begin_transaction(producer_.get())), "begin");
      begun_ = std::chrono::steady_clock::now();
      dirty_ = true;
    }
    const std::string_view value(static_cast<const char*>(message->payload), message->len);
    // Ours begin with their kind.
    const size_t kind = value.empty() || value[0] == '{' ? 0 : static_cast<size_t>(value[0]);
    int64_t lead = kind == 0 ? NumberIn(value, R"("first_name":"q)") : NumberIn(value, kLeadMark);
    next_[{rd_kafka_topic_name(message->rkt), message->partition}] = message->offset + 1;
    if (kind >= followers_.size()) return;
    for (Follower& one : followers_[kind]) {
      for (one.owed += one.record.per_mille; one.owed >= 1000; one.owed -= 1000)
        Write(one, lead, message->partition);
    }
  }

  void Write(const Follower& one, int64_t lead, int32_t same) {
    const ChainRecord& r = one.record;
    std::string head(1, static_cast<char>(r.kind));
    head += kLeadMark;
    fmt::format_to(std::back_inserter(head), "{}q\"", lead);
    const auto bytes = static_cast<size_t>(std::max<int64_t>(r.value_bytes, std::ssize(head)));
    filler_.replace(0, head.size(), head);
    key_ = fmt::format("{:x}", Hash64(std::to_string(lead)));
    key_.resize(static_cast<size_t>(r.key_bytes), 'k');
    const int32_t partition =
        r.where == Where::kByKey ? RD_KAFKA_PARTITION_UA
        : r.where == Where::kSame
            ? same % plan_.partitions
            : static_cast<int32_t>(Hash64(key_) % static_cast<uint64_t>(plan_.partitions));
    while (rd_kafka_produce(one.topic.get(), partition, RD_KAFKA_MSG_F_COPY, filler_.data(), bytes,
                            key_.data(), key_.size(), nullptr) != 0) {
      PM_CHECK(rd_kafka_last_error() == RD_KAFKA_RESP_ERR__QUEUE_FULL);
      rd_kafka_poll(producer_.get(), 10);
    }
  }

  void Commit() {
    const RdOwner<rd_kafka_consumer_group_metadata_t, rd_kafka_consumer_group_metadata_destroy>
        member(rd_kafka_consumer_group_metadata(consumer_.get()));
    std::vector<PartitionOffset> offsets;
    for (const auto& [partition, offset] : next_) offsets.push_back({partition, offset});
    PM_CHECK(rd_kafka_flush(producer_.get(), kAnswerMs) == RD_KAFKA_RESP_ERR_NO_ERROR);
    Check(RdError(rd_kafka_send_offsets_to_transaction(producer_.get(), ListOf(offsets).get(),
                                                       member.get(), kAnswerMs)),
          "offsets");
    Check(RdError(rd_kafka_commit_transaction(producer_.get(), kAnswerMs)), "commit");
    next_.clear();
    dirty_ = false;
  }

  const ChainPlan& plan_;
  RdHandle producer_, consumer_;
  RdQueue queue_;
  std::vector<std::vector<Follower>> followers_;  // by kind
  std::map<TopicPartition, int64_t> next_;
  std::chrono::steady_clock::time_point begun_;
  bool dirty_ = false;
  int64_t most_bytes_ = 0;
  std::string filler_, key_;
};

}  // namespace

int RunChain(const std::string& directory) {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  const ChainPlan plan = ChainIn(ReadWords(directory + "/chain.words"));
  const TopicNames names{plan.prefix};
  std::atomic<bool> stop = false;
  std::vector<std::jthread> threads;
  threads.emplace_back([&] { Loop(plan, "intake", {InputOf(plan.prefix)}).Run(stop); });
  threads.emplace_back([&] {
    Loop(plan, "stages",
         {names.Input(Stage::kIdentity), names.Input(Stage::kAccount), names.Input(Stage::kDesk)})
        .Run(stop);
  });
  int signal = 0;
  sigwait(&ending, &signal);
  stop = true;
  threads.clear();
  return 0;
}

}  // namespace pm::bench
