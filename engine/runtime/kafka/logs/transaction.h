// One transaction of a worker after the other, and what a failure of one means. One thread.
#pragma once
#include <functional>
#include <map>
#include <optional>

#include "engine/runtime/commit_set.h"
#include "engine/runtime/kafka/client/kafka_client.h"
#include "engine/runtime/kafka/topics/pack.h"
#include "engine/runtime/kafka/topics/topic_names.h"

namespace pm {

using Counts = std::map<std::string, uint64_t, std::less<>>;

struct ProducedCounters {
  // Records that were handed over, committed or not.
  uint64_t messages = 0, outputs = 0, changelog = 0;
  // Events that were committed, by type, and dead letters, by reason.
  Counts events, dead_letters;
};

// What is to be done after a failure, before anything else.
enum class AfterFailure : uint8_t {
  kReadAgain,  // nothing was committed, the producer lives on
  kAskTheLog,  // a new producer; what was committed, the log says
};

class Transactions {
 public:
  Transactions(KafkaClient& client, const TopicNames& names, uint32_t partitions)
      : client_(client), names_(names), partitions_(partitions) {}

  // A call that did nothing is made again, a few times; the client's time-outs are the pauses.
  Result<void> Begin();
  Result<void> Put(const Produced& record);
  // To the partition of its key, or to all; what goes to intake is for the directory. What goes to
  // one partition is packed, and handed over by PutPacked or Flush at the latest.
  Result<void> Put(const Send& send);
  Result<void> PutPacked();
  // Neighbours of one key, as one cause has them, share a record a topic: a batch of CloudEvents.
  // The order in each topic stays.
  Result<void> Put(std::span<const SealedOutput> outputs);
  Result<void> Flush();
  Result<void> SendOffsets(std::span<const PartitionOffset> next);
  Result<void> Commit();

  // Why the last one was not committed; nullopt once one was.
  const std::optional<Error>& failure() const { return failure_; }
  // There is no producer to begin one with.
  void Lacks(const Error& error) { failure_ = error; }

  // Of the first error of the calls above; ends the transaction. Errors that no transaction of ours
  // can get over are given back.
  Result<AfterFailure> Failed(const Error& error);

  // One of a client that writes nothing else: what `put` puts, committed, or nothing. Its first
  // error is given back.
  Result<void> Transact(const std::function<Result<void>()>& put);

  ProducedCounters counters;

 private:
  Result<void> AddToPack(const TopicPartition& partition, const std::string& record);
  Result<void> PutPack(const TopicPartition& partition, RecordPack* pack);
  Result<void> PutRun(Topic topic, std::span<const SealedOutput> run);
  void Count(const Output& output);

  KafkaClient& client_;
  const TopicNames& names_;
  const uint32_t partitions_;
  std::map<TopicPartition, RecordPack> packs_;
  Counts events_, dead_letters_;  // of the transaction
  bool is_open_ = false;
  std::optional<Error> failure_;
};

}  // namespace pm
