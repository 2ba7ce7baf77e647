#include "engine/runtime/commit_set.h"

namespace pm {

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
  constexpr size_t kBeside = 64;  // topic, id, tags and lengths
  std::string bytes;
  bytes.reserve(output.key.size() + output.type.size() + output.json.size() + kBeside);
  Encode(output, &bytes);
  return bytes;
}

bool DecodeOutput(std::string_view bytes, Output* output) {
  *output = {};
  return Decode(bytes, output) && static_cast<int>(output->topic) < kTopics;
}

EventId ChainOutput(EventId chain, const Output& output) {
  static thread_local std::string bytes;  // its memory is kept: every output comes here
  bytes.clear();
  EncodeId(chain, &bytes);
  bytes += static_cast<char>(output.topic);
  AppendVarint(&bytes, output.key.size());
  bytes += output.key;
  bytes += output.json;
  return HashEvent(bytes);
}

}  // namespace pm
