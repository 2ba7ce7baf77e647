#include "engine/runtime/kafka/state/task_replay.h"

#include "engine/runtime/kafka/state/changelog.h"

namespace pm {

void TaskReplay::Commit() {
  PM_CHECK(WriteState(store_, task_.Seal()).has_value());
  task_.Committed();
}

// With what was set aside of it, when it was its turn.
std::string TaskReplay::AsApplied(const PackedPart& part) const {
  std::string bytes(part.bytes);
  const std::string skip = SkipKey(part.position);
  auto key = keys_.lower_bound(skip);
  if (key == keys_.end() || !key->starts_with(skip)) return bytes;
  SkipRecord skips{bytes, {}};
  for (; key != keys_.end() && key->starts_with(skip); ++key)
    if (key->size() > skip.size()) skips.rows.push_back(key->substr(skip.size()));
  return EncodeRecord(skips);
}

void TaskReplay::Apply(std::string_view record, int64_t offset, Instant at, int64_t last) {
  at_ = std::max(at_, at);
  for (const PackedPart& part : Unpack(record, offset)) {
    if (part.position > last) return;
    const std::string bytes = AsApplied(part);
    while (!task_.Apply({bytes, part.position, at_})) Commit();
  }
}

void TaskReplay::Finish() {
  if (task_.HasWork()) Commit();
}

}  // namespace pm
