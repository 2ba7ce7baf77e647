#include "engine/runtime/drive.h"

namespace pm {

namespace {

// False: the log took nothing, and everything since the last commit is forgotten.
Result<bool> CommitAll(Log& log, Tasks& tasks) {
  std::vector<CommitSet> sets;
  for (auto& [id, task] : tasks) {
    if (task.HasWork()) sets.push_back(task.Seal());
  }
  if (sets.empty()) return true;
  const Result<void> committed = log.Commit(sets);
  if (!committed && committed.error().code != kCommitAborted)
    return std::unexpected(committed.error());
  for (const CommitSet& set : sets) {
    const auto task = tasks.find(set.task);
    if (task == tasks.end()) continue;
    if (committed)
      task->second.Committed();
    else
      task->second.Abandon();
  }
  return committed.has_value();
}

// Applies until the end or until a commit in the middle of a tick was aborted.
Result<void> ApplyAll(Log& log, Tasks& tasks, TaskId id, std::span<const Record> records) {
  Task& task = tasks.at(id);
  for (const Record& record : records) {
    for (bool whole = task.Apply(record); !whole; whole = task.Resume()) {
      PM_TRY(const bool committed, CommitAll(log, tasks));
      if (!committed) return {};
    }
  }
  return {};
}

}  // namespace

Result<void> Drive(Log& log, Tasks& tasks, const Bounds& bounds, std::stop_token stop) {
  size_t records = 0, bytes = 0;
  while (!stop.stop_requested()) {
    TaskId id;
    PM_TRY(const std::span<const Record> polled, log.Poll(&id, bounds));
    if (!polled.empty()) PM_TRY_VOID(ApplyAll(log, tasks, id, polled));
    records += polled.size();
    for (const Record& record : polled) bytes += record.bytes.size();
    if (!polled.empty() && records < bounds.records && bytes < bounds.bytes) continue;
    PM_TRY_VOID(CommitAll(log, tasks));
    records = bytes = 0;
  }
  PM_TRY_VOID(CommitAll(log, tasks));
  return {};
}

}  // namespace pm
