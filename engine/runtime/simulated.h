// The file log: records with their own times and a store in memory, as fast as the machine can. It
// puts tick{d+1} for each due d before the next record, so that every timer fires on its instant.
// What `simulate`, scenarios and replays run on. One thread. Same input, same outputs.
#pragma once
#include <deque>
#include <functional>

#include "engine/runtime/drive.h"
#include "engine/runtime/memory_store.h"
#include "engine/runtime/submit_queue.h"

namespace pm {

class Simulation {
 public:
  // Called from whatever runs the records; either may be empty.
  struct Observer {
    std::function<void(const Output&)> output;  // in order, when its commit is done
    std::function<void(const Record&)> record;  // before it is applied, ticks included
  };
  Simulation(StageTable stages, RuleProvider provider, Observer observer,
             TaskSettings settings = {});

  // Each is put behind what came before; the first of all is a Switch. A time before the last one
  // counts as the last one. They are carried out in batches: at the latest by Run.

  // Returns the root id that the effects carry as correlation id.
  EventId Feed(Submission submission, Instant at);
  void Switch(ContentHash rules, Instant at, bool propagate = false);
  void AdvanceTo(Instant until);       // fires what is due before `until` ...
  void AdvanceThrough(Instant until);  // ... and what is due at it, if time was not past it
  void Jump(Instant until);            // as after an outage: all that is due in one tick
  void Replay(const Record& record);   // of a recorded input, as it stands: no ticks of its own
  void Run();

  // As of the last Run.
  Instant now() const { return now_; }  // kNever before the first record
  const Store& store() const { return store_; }
  const TaskMeta& meta() const { return task().meta(); }  // hash chain and digest
  TaskCounters counters() const { return task().counters(); }
  const std::set<std::string>& parked() const { return task().parked(); }

 private:
  class FileLog;
  struct Planned {
    std::string record;                  // empty: only time goes on
    Instant at;                          // of the record, and where time stands behind it
    std::optional<Instant> fire_before;  // ticks for these dues come first
    int64_t position = -1;               // of a record that is replayed
  };
  const Task& task() const { return tasks_.begin()->second; }
  void Plan(Planned next);

  const Observer observer_;
  MemoryStore store_;
  Tasks tasks_;
  std::deque<Planned> planned_;
  Instant now_ = kNever;
  int64_t position_ = 0;
  int64_t ordinal_ = 0;
};

}  // namespace pm
