// What an IntakeLog shows of its inputs.
#include <algorithm>

#include "engine/runtime/kafka/logs/intake_log.h"

namespace pm {

bool IntakeLog::KnowsItsInputs() const {
  const auto is_known = [&](const auto& one) {
    return std::ranges::binary_search(ticks_.inputs(), one.first);
  };
  return std::ranges::all_of(committed_, is_known) && std::ranges::all_of(troubles_, is_known);
}

bool IntakeLog::KeepsTime() const {
  if (ticks_.inputs().empty()) return true;
  const TopicPartition& first = ticks_.inputs().front();
  return committed_.contains(first) || troubles_.contains(first);
}

std::vector<InputStatus> IntakeLog::Look() const {
  std::vector<InputStatus> all;
  for (const auto& [partition, offset] : committed_) {
    InputStatus& status = all.emplace_back(InputStatus{partition, offset, std::nullopt});
    if (assigned_ || revoked_) continue;
    const std::optional<int64_t> end = client_.End(partition);
    const auto position = end ? client_.Position(partition) : Result<int64_t>(0);
    if (end && position) status.lag = std::max<int64_t>(0, *end - *position);
  }
  return all;
}

void IntakeLog::Say(const std::string& line) const {
  if (settings_.say) settings_.say(line);
}

void IntakeLog::Warn(const std::string& line) const {
  if (settings_.warn) settings_.warn(line);
}

}  // namespace pm
