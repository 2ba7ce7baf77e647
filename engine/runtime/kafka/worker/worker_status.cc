#include "engine/runtime/kafka/worker/worker_status.h"

#include <algorithm>

namespace pm {

bool WorkerStatus::is_ready() const {
  const bool run = std::ranges::all_of(stages.tasks, [](const TaskStatus& task) {
    return task.phase == TaskPhase::kRuns || task.phase == TaskPhase::kRefused;
  });
  return run && stages.is_given && !intake.awaits_rules;
}

std::set<ContentHash> WorkerStatus::awaited_rules() const {
  std::set<ContentHash> all;
  if (intake.awaits_rules) all.insert(*intake.awaits_rules);
  for (const TaskStatus& task : stages.tasks) {
    if (task.awaited) all.insert(*task.awaited);
  }
  return all;
}

}  // namespace pm
