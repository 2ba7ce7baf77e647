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

size_t WorkOf(const Tasks& tasks) {
  size_t bytes = 0;
  for (const auto& [id, task] : tasks) bytes += task.work_bytes();
  return bytes;
}

// Until the end, or until a commit within a tick was aborted. False: there is enough to commit, and
// what is left the log gives again.
Result<bool> ApplyAll(Log& log, Tasks& tasks, TaskId id, std::span<const Record> records,
                      const Bounds& bounds) {
  Task& task = tasks.at(id);
  const size_t of_others = WorkOf(tasks) - task.work_bytes();
  for (const Record& record : records) {
    while (!task.Apply(record)) {
      if (log.GivesAgain()) return false;
      PM_TRY(const bool committed, CommitAll(log, tasks));
      if (!committed) return true;
    }
    if (log.GivesAgain() && of_others + task.work_bytes() >= bounds.work) return false;
  }
  return true;
}

}  // namespace

Result<void> Drive(Log& log, Tasks& tasks, const Bounds& bounds, std::stop_token stop) {
  size_t records = 0, bytes = 0;
  while (!stop.stop_requested()) {
    TaskId id;
    PM_TRY(const std::span<const Record> polled, log.Poll(&id, bounds));
    bool goes_on = !polled.empty();
    if (goes_on) {
      PM_TRY(goes_on, ApplyAll(log, tasks, id, polled, bounds));
    }
    records += polled.size();
    for (const Record& record : polled) bytes += record.bytes.size();
    if (goes_on && records < bounds.records && bytes < bounds.bytes) continue;
    PM_TRY_VOID(CommitAll(log, tasks));
    records = bytes = 0;
  }
  PM_TRY_VOID(CommitAll(log, tasks));
  return {};
}

}  // namespace pm
