#include "engine/runtime/kafka/worker/worker_status.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ids.h"
#include "base/text/diagnostic.h"

namespace pm {

namespace {

// Brokers that change places take a few seconds, and nothing is wrong.
constexpr Duration kStandsStill = Seconds(10);
constexpr Duration kLate = Seconds(2);  // of a look

constexpr int64_t kSecondMs = 1000;

void AddJoins(const WorkerStatus& status, std::vector<UnreadyReason>* to) {
  if (!status.stages.is_given)
    to->push_back({Unready::kJoins, "the group has not said yet which tasks are ours"});
  if (!status.intake.is_given)
    to->push_back({Unready::kJoins, "the group has not said yet which inputs are ours"});
}

void AddRestores(const StagesStatus& stages, std::vector<UnreadyReason>* to) {
  const auto restoring = std::ranges::count_if(stages.tasks, [](const TaskStatus& task) {
    return task.phase == TaskPhase::kBegins || task.phase == TaskPhase::kRestores ||
           task.phase == TaskPhase::kRestored;
  });
  if (restoring > 0)
    to->push_back(
        {Unready::kRestores, fmt::format("tasks that are not restored yet: {}", restoring)});
}

// One task that is refused is for people, and the others go on: but timers of all wait for the
// ticks that identity and account pass on.
void AddRefused(const StagesStatus& stages, std::vector<UnreadyReason>* to) {
  const auto refused = std::ranges::find(stages.tasks, TaskPhase::kRefused, &TaskStatus::phase);
  if (refused == stages.tasks.end()) return;
  if (refused->id.stage != Stage::kDesk) {
    to->push_back({Unready::kRefused, fmt::format("{} is refused, and timers of later stages stand "
                                                  "still: {}",
                                                  ToText(refused->id), refused->why)});
  } else if (std::ranges::find(stages.tasks, TaskPhase::kRuns, &TaskStatus::phase) ==
             stages.tasks.end()) {
    to->push_back({Unready::kRefused, fmt::format("none of our tasks runs, {} is refused: {}",
                                                  ToText(refused->id), refused->why)});
  }
}

void AddCannotRead(const IntakeStatus& intake, std::vector<UnreadyReason>* to) {
  if (!intake.is_given || intake.awaits_rules) return;
  if (!intake.is_reading) {
    to->push_back({Unready::kCannotRead,
                   "where to begin in the inputs is not known: there are no rules yet, or a "
                   "transaction is open"});
  } else if (intake.inputs.empty() && !intake.troubles.empty()) {
    to->push_back({Unready::kCannotRead,
                   fmt::format("none of our {} inputs can be read: {}", intake.troubles.size(),
                               intake.troubles.begin()->second.text)});
  }
}

void AddStandstill(std::string_view whose, const std::optional<Standstill>& standstill,
                   std::vector<UnreadyReason>* to) {
  if (!standstill || standstill->lasts < kStandsStill) return;
  to->push_back(
      {Unready::kCannotCommit, fmt::format("{} could not commit anything for {} s: {}", whose,
                                           standstill->lasts.ms / kSecondMs, standstill->why)});
}

}  // namespace

std::string_view UnreadyName(Unready reason) {
  switch (reason) {
    case Unready::kJoins:
      return "joins";
    case Unready::kAwaitsRules:
      return "awaits_rules";
    case Unready::kRestores:
      return "restores";
    case Unready::kRefused:
      return "refused";
    case Unready::kCannotRead:
      return "cannot_read";
    case Unready::kCannotCommit:
      return "cannot_commit";
    case Unready::kClockStands:
      return "clock_stands";
  }
  return "";
}

std::string_view PhaseName(TaskPhase phase) {
  switch (phase) {
    case TaskPhase::kBegins:
      return "begins";
    case TaskPhase::kRestores:
    case TaskPhase::kRestored:
      return "restores";
    case TaskPhase::kAwaitsRules:
      return "awaits_rules";
    case TaskPhase::kRefused:
      return "refused";
    case TaskPhase::kRuns:
      return "runs";
  }
  return "";
}

std::optional<Standstill> StandstillWatch::Look(Duration now, const std::optional<Error>& failure,
                                                bool has_work) {
  if (!failure || !has_work) {
    since_.reset();
    return std::nullopt;
  }
  if (!since_) since_ = now;
  return Standstill{now - *since_, fmt::format("{} ({})", failure->text, CodeName(failure->code))};
}

std::optional<Standstill> StandstillByNow(const std::optional<Standstill>& found, Duration ago) {
  if (found) return Standstill{found->lasts + ago, found->why};
  if (ago < kLate) return std::nullopt;
  return Standstill{ago, "what was begun then has not come to its end"};
}

Duration StagesStatus::without_tick() const {
  Duration longest;
  for (const TaskStatus& task : tasks) {
    if (task.id.stage == Stage::kIdentity && task.phase == TaskPhase::kRuns)
      longest = std::max(longest, task.without_tick);
  }
  return longest;
}

std::vector<UnreadyReason> WorkerStatus::not_ready() const {
  std::vector<UnreadyReason> reasons;
  AddJoins(*this, &reasons);
  for (const ContentHash rules : awaited_rules())
    reasons.push_back(
        {Unready::kAwaitsRules, fmt::format("rules {} are not compiled here", ToText(rules))});
  AddRestores(stages, &reasons);
  AddRefused(stages, &reasons);
  AddCannotRead(intake, &reasons);
  AddStandstill("the tasks", stages.standstill, &reasons);
  AddStandstill("intake", intake.standstill, &reasons);
  if (const Duration without = stages.without_tick(); without > clock_patience) {
    reasons.push_back({Unready::kClockStands,
                       fmt::format("no word of the clock has come for {} s, timers wait: whoever "
                                   "reads the first input keeps it",
                                   without.ms / kSecondMs)});
  }
  return reasons;
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
