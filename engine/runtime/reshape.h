// Divides the state of an engine that stands still among the tasks of another layout: more or fewer
// partitions, from one machine to Kafka, or back. The source is only read. What lies in messages
// between tasks is not state: the source must have worked off all that was sent.
#pragma once
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/runtime/commit_set.h"

namespace pm {

inline constexpr int kCannotReshape = 514;

struct ReshapeLayout {
  bool fused = false;              // one task, (intake, 0), has all stages; else one each
  uint32_t partitions = 1;         // of each stage
  std::vector<std::string> desks;  // that the rules name
};

// Of a stage, each row once however many partitions have it; rows that need not last do not count.
struct StageDigest {
  int64_t rows = 0;
  Digest digest;
  bool operator==(const StageDigest&) const = default;
};
struct ReshapeCounts {
  int64_t rows = 0;  // of the source
  int64_t dues = 0;
  int64_t written = 0;  // rows; some go to every partition
  std::map<Stage, StageDigest> stages;
};

// An empty store for each task of the layout. What intake knows goes to (intake, 0).
using ReshapeTarget = std::function<Result<Store*>(TaskId)>;

// Timers go on where they stood; the hash chain over the outputs begins anew. Both sides are held
// against their digests. After an error the target is of no use. PM0514: the source is not still,
// or has a desk that the rules do not name; PM0512: a side is damaged. Memory: the timers of one
// task of the source.
Result<ReshapeCounts> Reshape(std::span<const StoreView* const> from, const ReshapeLayout& layout,
                              const ReshapeTarget& target);

// Of stores in such a layout, to be held against the counts. PM0514 for rows of a desk that is none
// of `desks`.
Result<std::map<Stage, StageDigest>> DigestsOf(const std::map<TaskId, const StoreView*>& stores,
                                               std::span<const std::string> desks);

}  // namespace pm
