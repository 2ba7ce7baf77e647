#include "tests/benchmark/kafka/chain.h"

#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <thread>

#include "base/ids.h"
#include "engine/runtime/kafka/client/rdkafka_handle.h"
#include "engine/runtime/kafka/topics/topic_names.h"
#include "tests/benchmark/kafka/leads.h"

namespace pm::bench {

namespace {

constexpr int kAnswerMs = 60'000;
constexpr size_t kMostABatch = 10'000;  // records a poll
constexpr int kWaitMs = 200;
constexpr int64_t kMillion = 1'000'000;
constexpr char kEnd = ';';  // of the leads in a message

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
    while (!stop) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(
          EndOfInterval() - std::chrono::steady_clock::now());
      const int wait = dirty_ ? static_cast<int>(std::max<int64_t>(0, left.count())) : kWaitMs;
      // A batch waits until it is full: so what is there is taken, and one is waited for.
      ssize_t got = rd_kafka_consume_batch_queue(queue_.get(), 0, batch.data(), kMostABatch);
      if (got == 0) got = rd_kafka_consume_batch_queue(queue_.get(), wait, batch.data(), 1);
      if (got == 0) CommitIfDue();
      // A batch of messages may be more than an interval's work.
      for (ssize_t i = 0; i < got; ++i) {
        Take(RdMessage(batch[static_cast<size_t>(i)]));
        CommitIfDue();
      }
    }
  }

 private:
  struct Follower {
    ChainRecord record;
    RdTopic topic;
    int64_t owed = 0;                                // millionths
    std::map<int32_t, std::vector<int64_t>> packed;  // of a message: leads by partition
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
    followers_[kind].push_back({record, std::move(topic), 0, {}});
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
    next_[{rd_kafka_topic_name(message->rkt), message->partition}] = message->offset + 1;
    if (kind >= followers_.size()) return;
    for (const int64_t lead : LeadsIn(kind, value))
      for (Follower& one : followers_[kind]) Follow(one, lead, message->partition);
  }

  static std::vector<int64_t> LeadsIn(size_t kind, std::string_view value) {
    if (kind == 0) return {NumberIn(value, R"("first_name":"q)")};
    std::vector<int64_t> leads;
    const char* at = value.data() + 1;
    const char* const end = value.data() + value.size();
    for (int64_t lead = 0; at < end && *at != kEnd; ++at) {
      at = std::from_chars(at, end, lead).ptr;
      leads.push_back(lead);
    }
    return leads;
  }

  void Follow(Follower& one, int64_t lead, int32_t same) {
    const ChainRecord& r = one.record;
    if (r.kind != 0) {
      const int32_t partition = PartitionOf(r, lead, same);
      std::vector<int64_t>& leads = one.packed[partition];
      leads.push_back(lead);
      if (std::ssize(leads) >= r.leads) WritePacked(one, partition, &leads);
      return;
    }
    for (one.owed += r.per_million; one.owed >= kMillion; one.owed -= kMillion) {
      std::string head(1, '\0');
      head += kLeadMark;
      fmt::format_to(std::back_inserter(head), "{}q\"", lead);
      Write(one, head, lead, PartitionOf(r, lead, same), r.value_bytes);
    }
  }

  void WritePacked(const Follower& one, int32_t partition, std::vector<int64_t>* leads) {
    const ChainRecord& r = one.record;
    const std::string head =
        fmt::format("{}{},{}", static_cast<char>(r.kind), fmt::join(*leads, ","), kEnd);
    Write(one, head, leads->front(), partition, r.value_bytes * std::ssize(*leads) / r.leads);
    leads->clear();
  }

  std::string_view KeyOf(const ChainRecord& r, int64_t lead) {
    key_ = fmt::format("{:x}", Hash64(std::to_string(lead)));
    key_.resize(static_cast<size_t>(r.key_bytes), 'k');
    return key_;
  }

  int32_t PartitionOf(const ChainRecord& r, int64_t lead, int32_t same) {
    switch (r.where) {
      case Where::kByKey:
        return RD_KAFKA_PARTITION_UA;
      case Where::kSame:
        return same % plan_.partitions;
      case Where::kSpread:
        break;
    }
    return static_cast<int32_t>(Hash64(std::to_string(lead)) %
                                static_cast<uint64_t>(plan_.partitions));
  }

  void Write(const Follower& one, std::string_view head, int64_t lead, int32_t partition,
             int64_t value_bytes) {
    const auto bytes = static_cast<size_t>(std::max<int64_t>(value_bytes, std::ssize(head)));
    if (filler_.size() < bytes) filler_.resize(bytes, 'x');
    filler_.replace(0, head.size(), head);
    const std::string_view key = KeyOf(one.record, lead);
    while (rd_kafka_produce(one.topic.get(), partition, RD_KAFKA_MSG_F_COPY, filler_.data(), bytes,
                            key.data(), key.size(), nullptr) != 0) {
      PM_CHECK(rd_kafka_last_error() == RD_KAFKA_RESP_ERR__QUEUE_FULL);
      rd_kafka_poll(producer_.get(), 10);
    }
  }

  std::chrono::steady_clock::time_point EndOfInterval() const {
    return begun_ + std::chrono::milliseconds(plan_.commit.ms);
  }

  void CommitIfDue() {
    if (dirty_ && std::chrono::steady_clock::now() >= EndOfInterval()) Commit();
  }

  void Commit() {
    const RdOwner<rd_kafka_consumer_group_metadata_t, rd_kafka_consumer_group_metadata_destroy>
        member(rd_kafka_consumer_group_metadata(consumer_.get()));
    for (std::vector<Follower>& followers : followers_)
      for (Follower& one : followers)
        for (auto& [partition, leads] : one.packed)
          if (!leads.empty()) WritePacked(one, partition, &leads);
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
