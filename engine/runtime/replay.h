// Runs the recorded input of an embedded engine again, with its own times, ticks and rule switches,
// and compares: the same input must give the same outputs and the same rows.
#pragma once
#include <functional>
#include <optional>

#include "engine/runtime/simulated.h"

namespace pm {

// The first output that is not the recorded one.
struct OutputDifference {
  Topic topic = Topic::kLeads;
  int64_t offset = 0;              // in its topic
  std::string recorded, replayed;  // JSON; empty: there is none
};
struct ReplayResult {
  int64_t records = 0;
  TaskMeta recorded;  // what the data directory holds
  TaskMeta replayed;
  TaskCounters counters;
  // Unknown also when the chains differ, if the output stood in a part of its topic that was
  // trimmed; and when only rows differ.
  std::optional<OutputDifference> first;
  bool Same() const { return recorded == replayed; }
};

// In memory; `recorded` only gives the input and what to compare with. PM0511: the beginning was
// trimmed, an entry is missing, or the last tick was cut off; PM0509: the provider does not know
// rules that came into force.
Result<ReplayResult> Replay(const StoreView& recorded, StageTable stages, RuleProvider rules,
                            Simulation::Observer observer = {}, TaskSettings settings = {});

// Calls `visit` with each record of the recorded input up to what was applied, in order, until it
// returns an error. PM0511 as above.
Result<void> VisitInput(const StoreView& recorded,
                        const std::function<Result<void>(const Record&)>& visit);

}  // namespace pm
