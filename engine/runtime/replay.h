// Runs a recorded input again, with its own times, ticks and rule switches, and compares. The same
// input must give the same hash chain over the outputs and the same digest over the rows.
#pragma once
#include <functional>

#include "engine/runtime/commit_set.h"
#include "engine/runtime/task.h"

namespace pm {

struct ReplayResult {
  int64_t records = 0;
  TaskMeta recorded;  // what the data directory holds
  TaskMeta replayed;
  TaskCounters counters;
  bool Same() const { return recorded == replayed; }
};
using OutputVisitor = std::function<void(const SealedOutput&)>;

// In memory; `recorded` only gives the input. PM0511 when the beginning was trimmed. `visit` may be
// null.
Result<ReplayResult> Replay(const StoreView& recorded, StageTable stages, RuleProvider rules,
                            const OutputVisitor& visit = nullptr, TaskSettings settings = {});

// Calls `visit` with each record of the recorded input up to what was applied, in order. PM0511.
Result<void> VisitInput(const StoreView& recorded, const std::function<void(const Record&)>& visit);

}  // namespace pm
