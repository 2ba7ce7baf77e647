#include "engine/runtime/trim.h"

namespace pm {

Result<void> TrimTopic(Store& store, LogExtent extent, const TopicKeep& keep, Instant now) {
  const int64_t floor = store.LogFloor(extent.topic);
  int64_t low = floor, high = extent.end;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    PM_TRY(const auto found, store.ReadLog(extent.topic, middle - 1, 1, 0));
    PM_CHECK(!found.empty());
    const bool keeps =
        now - found[0].at <= keep.age && extent.bytes - found[0].before <= keep.bytes;
    (keeps ? high : low) = keeps ? middle : middle + 1;
  }
  if (low == floor) return {};
  return store.TrimLog(extent.topic, low);
}

}  // namespace pm
