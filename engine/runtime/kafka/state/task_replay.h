// A task's input, applied once more from what the task began with. State, digest and hash chain
// follow from the input alone, wherever commits fell and whoever died: so all of it must be as it
// is where the task lives. One thread.
#pragma once
#include <set>

#include "engine/runtime/kafka/topics/pack.h"
#include "engine/runtime/task.h"

namespace pm {

class TaskReplay {
 public:
  // `store` outlives it. `keys` are those of the changelog: some say what was set aside.
  TaskReplay(Store& store, const TaskSettings& settings, const StageTable& stages,
             const RuleProvider& rules, std::set<std::string> keys)
      : store_(store),
        task_(store, settings, stages, rules),
        keys_(std::move(keys)),
        at_(task_.meta().at) {}

  // A record of the input, in order; of its parts those up to the position `last`. A storage error
  // is a broken invariant.
  void Apply(std::string_view record, int64_t offset, Instant at, int64_t last = INT64_MAX);
  void Finish();  // behind the last one: all of it is in the store then
  const TaskMeta& meta() const { return task_.meta(); }

 private:
  void Commit();
  std::string AsApplied(const PackedPart& part) const;

  Store& store_;
  Task task_;
  const std::set<std::string> keys_;
  Instant at_;
};

}  // namespace pm
