// A consumer group of the model of a broker (fake_broker.h): static members, eager rebalances,
// assignment by range. For tests and simulations only.
#pragma once
#include <functional>
#include <map>
#include <set>

#include "engine/runtime/kafka/client/kafka_client.h"

namespace pm {

class FakeGroup {
 public:
  using PartitionCount = std::function<int32_t(const std::string& topic)>;
  explicit FakeGroup(PartitionCount count, Duration session)
      : count_(std::move(count)), session_(session) {}

  // A process known as `instance`. One that comes back within the session time-out gets what it
  // had, nothing moves, and the process before it is fenced. `client` is never used again.
  void Join(const std::string& instance, uint64_t client, std::vector<std::string> topics,
            Instant now);
  // What the client hears next; kKafkaFenced when its instance is another process now. One that was
  // put out hears that it lost all, and is in again.
  Result<KafkaEvent> Hear(const std::string& instance, uint64_t client, Instant now);
  // It answered. kKafkaRefused: partitions that it was not given.
  Result<void> Answer(const std::string& instance, uint64_t client,
                      std::span<const PartitionOffset> from);
  // Between an event and its answer nothing may be read.
  bool MayRead(const std::string& instance, uint64_t client) const;
  // It may commit offsets of these.
  bool MayCommit(const std::string& instance, uint64_t client,
                 std::span<const PartitionOffset> next) const;
  void Commit(std::span<const PartitionOffset> next);
  // A sign of life; then those who were silent for the session time-out are put out.
  void Beat(uint64_t client, Instant now);
  void PutOut(Instant now);
  void Silence(uint64_t client);  // as if it had been silent for that long

  GroupState Describe() const;
  std::vector<uint64_t> clients() const;  // of its members

  // -1 where nothing was committed.
  std::vector<PartitionOffset> Committed(std::span<const TopicPartition> partitions) const;

  std::map<TopicPartition, int64_t> committed;
  std::map<TopicPartition, std::string> notes;
  int rebalances() const { return rebalances_; }

 private:
  enum class State : uint8_t { kWaits, kHearsRevoked, kRevokes, kHearsAssigned, kAssigns, kReads };
  struct Member {
    uint64_t client = 0;
    std::vector<std::string> topics;
    std::vector<TopicPartition> partitions;
    State state = State::kWaits;
    Instant seen;
  };

  Member* Find(const std::string& instance, uint64_t client);
  const Member* Find(const std::string& instance, uint64_t client) const;
  void Rebalance();
  void AssignWhenAllWait();
  void AssignByRange(const std::string& topic);

  const PartitionCount count_;
  const Duration session_;
  std::map<std::string, Member> members_;  // by instance: the order that range goes by
  // Clients that were put out, with what they had.
  std::map<uint64_t, Member> put_out_;
  bool rebalancing_ = false;
  int rebalances_ = 0;
};

}  // namespace pm
