// What a finished simulation is judged by.
#include "base/ids.h"
#include "engine/runtime/kafka/kafka_simulation.h"

namespace pm {

std::vector<std::string> KafkaSimulation::Outputs(Topic topic) {
  std::vector<std::string> values;
  const std::string name = names_.Output(topic);
  for (int32_t n = 0; n < broker_.topics.at(name).state.partitions; ++n) {
    int64_t position = 0;
    while (const FakeEntry* entry = broker_.NextCommitted({name, n}, &position)) {
      values.push_back(entry->value.value_or(""));
      position = entry->offset + 1;
    }
  }
  return values;
}

std::vector<TaskId> KafkaSimulation::UnlikeTheirReplay() {
  std::vector<TaskId> unlike;
  VisitStores([&](TaskId id, const Store& live) {
    const auto number = static_cast<int32_t>(id.partition);
    std::set<std::string> keys;
    int64_t position = 0;
    const TopicPartition changelog{names_.Changelog(id.stage), number};
    for (; const FakeEntry* entry = broker_.NextCommitted(changelog, &position); ++position)
      keys.insert(entry->key);
    TaskSettings settings = settings_.task;
    settings.id = id;
    settings.fused = {id.stage};
    settings.partitions = settings_.partitions;
    settings.upstream = id.stage > Stage::kIdentity ? settings_.partitions : 1;
    MemoryStore store;
    Task task(store, settings, stages_, provider_);
    const auto commit = [&] {
      PM_CHECK(WriteState(store, task.Seal()).has_value());
      task.Committed();
    };
    const TopicPartition input{names_.Input(id.stage), number};
    Instant at{0};
    position = 0;
    for (; const FakeEntry* entry = broker_.NextCommitted(input, &position); ++position) {
      at = std::max(at, entry->at);
      std::string bytes = entry->value.value_or("");
      if (keys.contains(SkipKey(entry->offset))) bytes = EncodeRecord(SkipRecord{bytes});
      for (bool whole = task.Apply({bytes, entry->offset, at}); !whole; whole = task.Resume())
        commit();
    }
    if (task.HasWork()) commit();
    if (ReadTaskMeta(live) != task.meta() || FullDigest(live) != FullDigest(store))
      unlike.push_back(id);
  });
  return unlike;
}

KafkaSimulationCounts KafkaSimulation::counts() const {
  KafkaSimulationCounts counts = counts_;
  counts.broker = broker_.counts;
  for (const auto& host : hosts_) counts.wiped += host->disks.wiped;
  return counts;
}

}  // namespace pm
