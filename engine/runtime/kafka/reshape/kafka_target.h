// New topics of a Kafka that a state is to go into, for MoveState. One thread.
#pragma once
#include "engine/runtime/kafka/reshape/kafka_source.h"

namespace pm {

struct KafkaTargetSettings {
  std::string name;
  TopicNeeds topics;
  KafkaPlace place;
  std::vector<TopicPartition> inputs;  // of the users: what intake there reads
  std::string offsets_of;  // what this group has read of them, it does not; empty: it reads all
  Duration session = Seconds(10);
};

class KafkaTarget final : public StateTarget {
 public:
  // All outlive it. `stores` and `read_back` are empty and on disk.
  KafkaTarget(const KafkaClients& clients, KafkaTargetSettings settings, LocalStores& stores,
              LocalStores& read_back, Waiter wait);

  std::string name() const override { return settings_.name; }
  // Makes the topics that are missing.
  Result<Generation> Look(const std::string& from) override;
  Result<Generation> FindMark(const std::string& from) override;
  Result<void> Begin(const std::string& from) override;
  ReshapeLayout layout() const override { return {false, settings_.place.partitions, {}}; }
  Result<Store*> Open(TaskId task) override;
  Result<void> Write(const StateRules& rules) override;
  Result<std::map<TaskId, const StoreView*>> ReadBack() override;
  // Nobody begins where the mark is.
  Result<void> MayFinish() override { return {}; }
  Result<void> Finish() override;
  const std::vector<std::string>& made() const { return made_; }  // topics

 private:
  Result<void> Connect();
  Result<void> MakeMissing();
  Result<Generation> ReadMark(const std::string& from);
  Result<void> CheckEmpty();
  Result<void> WriteDocuments();

  const KafkaClients& clients_;
  const KafkaTargetSettings settings_;
  LocalStores& stores_;
  LocalStores& read_back_;
  const Waiter wait_;
  std::unique_ptr<KafkaAdmin> admin_;
  std::unique_ptr<KafkaClient> looker_;
  std::unique_ptr<KafkaReader> reader_;
  std::vector<std::string> made_;
  std::string from_;
  std::map<TaskId, Store*> tasks_;
  StateRules rules_;
};

}  // namespace pm
