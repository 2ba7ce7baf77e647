// A member of a consumer group: calls 1 to 3 of the port. For the rdkafka_*.cc files alone.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "engine/runtime/kafka/client/rdkafka_handle.h"

namespace pm {

class RdConsumer {
 public:
  // Joins its group. `passing` outlives it.
  static Result<std::unique_ptr<RdConsumer>> Make(std::span<const KafkaProperty> users,
                                                  const KafkaMember& member, KafkaLog log,
                                                  PassingErrors& passing);
  // Leaves it, unless it is a static member.
  ~RdConsumer();
  RdConsumer(const RdConsumer&) = delete;
  RdConsumer& operator=(const RdConsumer&) = delete;

  Result<KafkaEvent> Poll(Duration wait);
  Result<void> Assign(std::span<const PartitionOffset> from);
  Result<void> Pause(std::span<const TopicPartition> partitions);
  Result<void> Resume(std::span<const TopicPartition> partitions);
  Result<int64_t> Position(const TopicPartition& partition) const;
  std::optional<int64_t> End(const TopicPartition& partition) const;

  // Waits for an answer as long as the member does.
  Result<void> Commit(std::span<const PartitionOffset> next);
  // Whether what was read of all of them is still ours to commit.
  bool MayCommit(std::span<const PartitionOffset> next) const;
  rd_kafka_t* handle() const { return handle_.get(); }

 private:
  enum class Awaited : uint8_t { kNothing, kAssigned, kRevoked };
  using Place = std::pair<std::string_view, int32_t>;
  // Of an assigned partition. The key's text is the value's own.
  struct Reading {
    TopicPartition partition;
    int64_t next = 0;
  };

  RdConsumer(std::span<const KafkaProperty> users, KafkaMember member, KafkaLog log,
             PassingErrors& passing);
  Result<void> Join();
  bool IsItsOwnGhost(const Error& error) const;
  // nullopt: nothing that the caller is to know of.
  Result<std::optional<KafkaEvent>> Take(RdEvent event);
  KafkaEvent TakeRebalance(const rd_kafka_event_t* event);
  Result<std::optional<KafkaEvent>> TakeMessage(RdEvent event);
  Result<std::optional<KafkaEvent>> TakeError(rd_kafka_event_t* event);
  Reading* Find(std::string_view topic, int32_t partition);
  void Close();
  void ResumeAll();
  Result<void> AwaitStops();
  Result<void> Outcome(std::string_view what, rd_kafka_resp_err_t code) const;

  const std::vector<KafkaProperty> users_;
  const KafkaMember member_;
  const KafkaLog log_;
  PassingErrors& passing_;
  std::set<TopicPartition> granted_;                    // what the group gave
  std::map<Place, std::unique_ptr<Reading>> readings_;  // what is assigned of it
  std::set<TopicPartition> paused_;                     // of these
  Awaited awaited_ = Awaited::kNothing;
  bool lost_ = false;                   // what was granted may be another's by now
  std::optional<RdDeadline> troubled_;  // a broker was away not long ago
  bool fenced_ = false;                 // by itself: it has to join anew
  RdHandle handle_;
  RdQueue queue_;
  RdEvent held_;  // the record that was given last
};

}  // namespace pm
