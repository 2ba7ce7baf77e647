// The file log: records with their own times and a store in memory, as fast as the machine can.
// Before a record at time t every due before t fires at its own instant, by a tick of its own. One
// thread.
#pragma once
#include <deque>
#include <vector>

#include "engine/runtime/drive.h"
#include "engine/runtime/memory_store.h"
#include "engine/runtime/submit_queue.h"

namespace pm {

class Simulation {
 public:
  // `rules` come into force first, at time 0.
  Simulation(StageTable stages, RuleProvider provider, ContentHash rules,
             TaskSettings settings = {});

  // Each applies what comes before it in time first. A time before the last one counts as the last
  // one. Feed returns the root id that the effects carry as correlation id.
  EventId Feed(Submission submission, Instant at);
  void Switch(ContentHash rules, Instant at);
  // Fires every due before `until`.
  void AdvanceTo(Instant until);

  // Outputs since the last call, in order.
  std::vector<SealedOutput> TakeOutputs();
  Instant now() const { return now_; }
  const Store& rows() const { return store_; }
  const TaskMeta& meta() const { return task().meta(); }  // hash chain and digest
  TaskCounters counters() const { return task().counters(); }
  const std::set<std::string>& parked() const { return task().parked(); }

 private:
  class FileLog;
  const Task& task() const { return tasks_.begin()->second; }
  void Run(std::string record, Instant at);

  MemoryStore store_;
  Tasks tasks_;
  std::vector<SealedOutput> outputs_;
  Instant now_{0};
  int64_t position_ = 0;
  int64_t ordinal_ = 0;
};

}  // namespace pm
