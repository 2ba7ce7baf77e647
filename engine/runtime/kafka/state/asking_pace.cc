#include "engine/runtime/kafka/state/asking_pace.h"

namespace pm {

bool AskingPace::MayAsk(const std::string& whom) const {
  const Duration now = clock_.Measure();
  const auto silent = silent_.find(whom);
  return now >= works_until_ && (silent == silent_.end() || now >= silent->second.until);
}

void AskingPace::Note(const std::string& whom, bool answered, Duration took) {
  const Duration now = clock_.Measure();
  if (answered) {
    // Who is back may not be alone: whatever was away was asked about by others, too.
    if (silent_.erase(whom) > 0)
      for (auto& [other, silence] : silent_) silence.until = now;
    return;
  }
  Silence& silence = silent_[whom];
  silence.took = took;
  Duration all;
  for (const auto& [other, one] : silent_) all = all + one.took;
  silence.until = now + Duration{all.ms * kParts - took.ms};
  works_until_ = now + took;
}

}  // namespace pm
