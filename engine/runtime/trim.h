// Gives up the old end of a topic.
#pragma once
#include "engine/runtime/embedded_log.h"

namespace pm {

struct LogExtent {
  uint8_t topic = 0;
  int64_t end = 0;    // first offset that must stay, whatever its age
  int64_t bytes = 0;  // written to the topic in all
};
// Entries and bytes rise with the offset, so the first to keep is found by halving.
Result<void> TrimTopic(Store& store, LogExtent extent, const TopicKeep& keep, Instant now);

}  // namespace pm
