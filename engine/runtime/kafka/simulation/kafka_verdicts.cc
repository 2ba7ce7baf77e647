// What a finished simulation is judged by.
#include "base/ids.h"
#include "engine/runtime/kafka/simulation/kafka_simulation.h"
#include "engine/runtime/kafka/state/task_replay.h"
#include "model/decode/json_tree.h"

namespace pm {

namespace {

Output OutputOf(Topic topic, const std::string& key, std::string_view json) {
  const Result<JsonNode> event = ParseJson(json);
  PM_CHECK(event.has_value());
  const Result<ContentHash> id = ParseContentHash(event->Text({"id"}));
  PM_CHECK(id.has_value());
  return {topic, key, std::string(event->Text({"type"})), EventId{id->hi, id->lo},
          std::string(json)};
}

}  // namespace

std::vector<Output> KafkaSimulation::Outputs() {
  std::vector<Output> outputs;
  for (int n = 0; n < kTopics; ++n) {
    const auto topic = static_cast<Topic>(n);
    for (const TopicNames& names : generations_) {
      const TopicPartition partition{names.Output(topic), 0};
      int64_t position = 0;
      for (; const FakeEntry* entry = broker_.NextCommitted(partition, &position); ++position) {
        const Result<std::vector<std::string_view>> events = SplitBatch(*entry->value);
        PM_CHECK(events.has_value());
        for (const std::string_view json : *events)
          outputs.push_back(OutputOf(topic, entry->key, json));
      }
    }
  }
  return outputs;
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
    Store& store = *begun_with_.Open(id).value();
    TaskReplay replay(store, settings, stages_, provider_, std::move(keys));
    const TopicPartition input{names_.Input(id.stage), number};
    position = 0;
    for (; const FakeEntry* entry = broker_.NextCommitted(input, &position); ++position)
      replay.Apply(entry->value.value_or(""), entry->offset, entry->at);
    replay.Finish();
    if (ReadTaskMeta(live) != replay.meta() || FullDigest(live) != FullDigest(store))
      unlike.push_back(id);
  });
  return unlike;
}

}  // namespace pm
