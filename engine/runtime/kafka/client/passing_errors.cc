#include "engine/runtime/kafka/client/passing_errors.h"

#include <fmt/format.h>

#include <algorithm>

namespace pm {

namespace {

constexpr Duration kSayEvery = Seconds(10);
constexpr size_t kMostCauses = 100;

// librdkafka puts into parentheses how long and how often it was.
std::string_view CauseOf(std::string_view text) { return text.substr(0, text.find(" (")); }

}  // namespace

void PassingErrors::Note(std::string_view text, Duration took) {
  const Duration now = clock_.Measure();
  ForgetOld(now - took);
  Cause& cause = causes_[std::string(CauseOf(text))];
  if (cause.times++ == 0) cause.since = now - took;
  cause.last = now;
  cause.text = text;
  const Duration lasted = now - cause.since;
  const bool was_said = cause.said && now - *cause.said < kSayEvery;
  if (lasted < from_ || was_said || !say_) return;
  cause.said = now;
  say_(lasted == Duration{} ? fmt::format("to be tried again: {}", text)
                            : fmt::format("tried again for {} s, {} times: {}",
                                          lasted.ms / Seconds(1).ms, cause.times, text));
}

void PassingErrors::ForgetOld(Duration now) {
  std::erase_if(causes_, [&](const auto& one) { return now - one.second.last > over_; });
  if (causes_.size() < kMostCauses) return;
  causes_.erase(
      std::ranges::min_element(causes_, {}, [](const auto& one) { return one.second.last; }));
}

void PassingErrors::Over(std::string_view what) {
  std::erase_if(causes_, [&](const auto& one) {
    const std::string_view cause = one.first;
    return cause.starts_with(what) && cause.substr(what.size()).starts_with(':');
  });
}

std::optional<PassingErrors::Longest> PassingErrors::longest() const {
  const auto first =
      std::ranges::min_element(causes_, {}, [](const auto& one) { return one.second.since; });
  if (first == causes_.end()) return std::nullopt;
  return Longest{first->second.text, clock_.Measure() - first->second.since};
}

}  // namespace pm
