// A state in the topics of a Kafka whose workers have stopped, for MoveState. One thread.
#pragma once
#include "engine/runtime/kafka/reshape/drain.h"
#include "engine/runtime/kafka/worker/rules_topic.h"
#include "engine/runtime/kafka/worker/worker.h"
#include "engine/runtime/memory_store.h"
#include "engine/runtime/state_move.h"

namespace pm {

struct KafkaSourceSettings {
  std::string name;
  KafkaPlace place;
  // Of the users' topics: whoever takes the state does not read these, so intake must have.
  std::vector<TopicPartition> must_be_read;
  Duration session = Seconds(10);  // a worker that has stopped stays in its group for so long
  DrainSettings drain;
};
// Waits; in tests time is fed.
using Waiter = std::function<void(Duration)>;

// What stands in the topics of rules, their documents in the store. Ends what a reshape that died
// has left open.
Result<Generation> LookAtRules(KafkaClient& client, KafkaReader& reader, const KafkaPlace& place,
                               Store& documents);
// Waits until nobody is in the group, for as long as a session lasts; else PM0552.
Result<void> AwaitNobody(KafkaAdmin& admin, const std::string& group, Duration session,
                         const Waiter& wait);

class KafkaSource final : public StateSource {
 public:
  // All outlive it. `copies` and `stores` are empty and on disk; `documents` gets the documents of
  // rules before `rules` is asked for any.
  KafkaSource(const KafkaClients& clients, KafkaSourceSettings settings, LocalStores& copies,
              LocalStores& stores, Store& documents, StageTable stages, RuleProvider rules,
              const Clock& clock, Waiter wait);

  std::string name() const override { return settings_.name; }
  Result<Generation> generation() override;
  Result<StillState> Read() override;
  Result<void> Leave(const std::string& to) override;
  Result<void> TakeBack() override;

 private:
  Result<void> Connect();
  Result<void> CheckNobody();
  Result<void> DrainIfNeeded();
  Result<void> Mark(const std::string& to);
  // Of changelogs and inputs: who has worked meanwhile has moved one of them.
  Result<std::vector<PartitionOffset>> Ends();

  const KafkaClients& clients_;
  const KafkaSourceSettings settings_;
  LocalStores& copies_;
  LocalStores& stores_;
  Store& documents_;
  const StageTable stages_;
  const RuleProvider rules_;
  const Clock& clock_;
  const Waiter wait_;
  std::unique_ptr<KafkaAdmin> admin_;
  std::unique_ptr<KafkaClient> looker_;
  std::unique_ptr<KafkaReader> reader_;
  std::optional<Generation> generation_;
  std::vector<PartitionOffset> read_to_;
};

}  // namespace pm
