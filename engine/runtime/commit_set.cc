#include "engine/runtime/commit_set.h"

namespace pm {

namespace {

struct StoredOutput {
  Topic topic = Topic::kLeads;
  std::string key, type, json;
  EventId id;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "topic", &StoredOutput::topic, "Topic.");
    v.Field(2, "key", &StoredOutput::key, "What it is about.");
    v.Field(3, "type", &StoredOutput::type, "Event type.");
    v.Field(4, "id", &StoredOutput::id, "Its identity.");
    v.Field(5, "json", &StoredOutput::json, "The CloudEvent.");
  }
};

}  // namespace

TaskMeta ReadTaskMeta(const StoreView& store) {
  TaskMeta meta;
  const std::optional<std::string> bytes = store.Meta(kTaskMetaName);
  if (bytes && !Decode(*bytes, &meta)) StorageFailed("the task's meta is damaged");
  return meta;
}

int64_t TaskMeta::PendingOf(char prefix) const {
  const auto kind = std::ranges::find(pending, static_cast<uint8_t>(prefix), &PendingDues::prefix);
  return kind == pending.end() ? 0 : kind->rows;
}

Result<void> WriteState(Store& store, const CommitSet& set) {
  const std::vector<MetaWrite> meta = {{kTaskMetaName, Encoded(set.meta)}};
  return store.Commit({set.rows, set.dues, {}, meta});
}

std::string EncodeOutput(const Output& output) {
  return Encoded(StoredOutput{output.topic, output.key, output.type, output.json, output.id});
}

bool DecodeOutput(std::string_view bytes, Output* output) {
  StoredOutput stored;
  if (!Decode(bytes, &stored) || static_cast<int>(stored.topic) >= kTopics) return false;
  *output = {stored.topic, std::move(stored.key), std::move(stored.type), stored.id,
             std::move(stored.json)};
  return true;
}

EventId ChainOutput(EventId chain, const Output& output) {
  std::string bytes;
  bytes.reserve(output.json.size() + output.key.size() + 32);
  EncodeId(chain, &bytes);
  bytes += static_cast<char>(output.topic);
  AppendVarint(&bytes, output.key.size());
  bytes += output.key;
  bytes += output.json;
  return HashEvent(bytes);
}

}  // namespace pm
