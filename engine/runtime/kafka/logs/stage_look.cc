// What a StageLog shows of its tasks.
#include <algorithm>

#include "engine/runtime/kafka/logs/stage_log.h"

namespace pm {

namespace {

TaskStatus StatusOf(const TakeOver& one, Duration now) {
  TaskStatus status;
  status.id = one.task;
  status.phase = one.phase;
  status.why = one.why;
  status.committed = one.committed;
  const std::optional<TaskMeta> meta = one.restore ? one.restore->meta() : std::nullopt;
  if (meta) status.rules = meta->rules;
  if (one.phase == TaskPhase::kAwaitsRules) status.awaited = status.rules;
  if (!one.bounded) return status;
  constexpr int64_t kSecond = 1000;
  status.records_left = std::max<int64_t>(0, one.high - one.read_to);
  const int64_t ms = std::max<int64_t>(1, (now - one.began).ms);
  status.records_per_second = (one.read_to - one.from) * kSecond / ms;
  if (status.records_per_second > 0)
    status.seconds_left = status.records_left / status.records_per_second;
  return status;
}

constexpr size_t kMostParked = 100;  // of a task, in a look that is copied often

// What is not committed yet is not in the store.
std::vector<std::pair<std::string, ParkedRow>> FirstParked(const Task& task, const Store& store) {
  std::vector<std::pair<std::string, ParkedRow>> rows;
  for (const std::string& key : task.parked()) {
    if (rows.size() == kMostParked) break;
    const auto bytes = store.Get(RowKey<ParkedRow>({key}));
    ParkedRow row;
    if (bytes && Decode(*bytes, &row)) rows.emplace_back(key, std::move(row));
  }
  return rows;
}

}  // namespace

std::vector<TaskStatus> StageLog::Look() const {
  std::vector<TaskStatus> all;
  const Duration now = clock_.Measure();
  for (const auto& [id, one] : take_overs_.all()) all.push_back(StatusOf(one, now));
  for (const auto& [id, owned] : owned_) {
    const Task& task = tasks_.at(id);
    TaskStatus& status = all.emplace_back();
    status.id = id;
    status.phase = owned.awaited ? TaskPhase::kAwaitsRules : TaskPhase::kRuns;
    status.awaited = owned.awaited;
    status.committed = owned.committed;
    status.tick = task.meta().tick;
    status.rules = task.meta().rules;
    status.parked = task.parked().size();
    status.parked_rows = FirstParked(task, *owned.store);
    status.pending = task.meta().pending;
    status.counters = task.counters();
    status.without_tick = std::max(Duration{}, task.meta().at - owned.ticked_at);
    if (needs_assign_ || needs_rewind_ || revoked_) continue;
    const std::optional<int64_t> end = client_.End(owned.input);
    if (end) {
      const auto position = client_.Position(owned.input);
      if (position)
        status.lag =
            std::max<int64_t>(0, *end - *position) + static_cast<int64_t>(owned.queue.size());
    }
    // Where all is read, its time is the present one.
    if (status.lag == 0) status.without_tick = std::max(Duration{}, clock_.Now() - owned.ticked_at);
  }
  std::ranges::sort(all, {}, &TaskStatus::id);
  return all;
}

}  // namespace pm
