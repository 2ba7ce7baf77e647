// The partitioned log of the split simulation, and the workers that read it. See split.h.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/random.h"
#include "engine/runtime/drive.h"
#include "engine/runtime/memory_store.h"
#include "engine/runtime/submit_queue.h"

namespace pm {

struct SplitSettings {
  uint64_t seed = 1;
  uint32_t partitions = 3;  // of each stage
  uint32_t workers = 3;
  uint32_t faults_per_mille = 100;  // of the commits
  uint32_t moves_per_mille = 20;    // of the scheduler's steps
  Duration tick = Seconds(1);
  TaskSettings task;  // what says which task it is, is set for each
};

// How often each thing happened: a run that met none of them tests little.
struct SplitFaults {
  int crashes_before = 0;          // nothing of the transaction is visible
  int aborts = 0;                  // the same, and the worker lives on
  int crashes_after = 0;           // the transaction stands, the stores are behind
  int crashes_between = 0;         // some of them are
  int crashes_unacknowledged = 0;  // all is written, nobody was told
  int moves = 0;
  int lost_disks = 0;
  int redeliveries = 0;
};

// One partition of one stage's input.
struct SplitPartition {
  struct Entry {
    std::string bytes;
    Instant at;
  };
  std::vector<Entry> records;
  int64_t committed = 0;               // offset of the consumer group
  std::vector<std::string> changelog;  // one commit set an entry
};

// A task's local copy of its rows, with how much of the changelog is in it.
struct LocalCopy {
  MemoryStore store;
  size_t applied = 0;
};
struct SplitWorker {
  Tasks tasks;
  std::map<TaskId, std::unique_ptr<LocalCopy>> copies;  // also of tasks that have moved away
  std::map<TaskId, int64_t> next;                       // fetch positions
};

class SplitLog {
 public:
  SplitLog(const SplitSettings& settings, StageTable stages, RuleProvider provider);

  SplitPartition& partition(TaskId id) { return partitions.at(id); }
  TaskId PartitionOf(Stage stage, std::string_view key) const;
  // Brings the worker's copy up to date from the changelog and starts the task on it.
  void StartTask(SplitWorker& worker, TaskId id);
  // A new process on the same disks.
  void Restart(SplitWorker& worker);
  // Some polls and commits; false: the worker crashed.
  bool Run(SplitWorker& worker, Instant now);

  std::map<TaskId, SplitPartition> partitions;
  std::vector<SealedOutput> outputs;
  SplitFaults faults;
  Random random;

 private:
  class Session;
  const SplitSettings& settings_;
  const StageTable stages_;
  const RuleProvider provider_;
};

}  // namespace pm
