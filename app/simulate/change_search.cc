#include "app/simulate/change_search.h"

#include <algorithm>

namespace pm {
namespace {

constexpr uint64_t kMostWork = 20'000'000;  // of the solver
constexpr uint64_t kMostAsked = 4'000;
constexpr size_t kMostRefused = 16;  // changes that turn out not to do

}  // namespace

std::optional<Changes> ChangeSearch::Find(size_t count) { return Descend({}, count); }

std::optional<Changes> ChangeSearch::Descend(const Parts& parts, size_t more) {
  if (IsSpent()) return std::nullopt;
  const auto open_core = [&] {
    return std::ranges::find_if(cores_, [&](const Parts& core) {
      return std::ranges::none_of(core, [&](size_t part) { return parts.contains(part); });
    });
  };
  if (open_core() == cores_.end()) {
    if (auto changes = Try(parts)) return changes;
  }
  const auto core = open_core();
  if (more == 0 || core == cores_.end()) return std::nullopt;
  for (const size_t part : Parts(*core)) {
    Parts next = parts;
    next.insert(part);
    if (more == 1 && known_.contains(next)) continue;
    if (auto changes = Descend(next, more - 1)) return changes;
  }
  return std::nullopt;
}

std::optional<Changes> ChangeSearch::Try(const Parts& parts) {
  known_.insert(parts);
  while (!IsSpent()) {
    ++asked_;
    const LeadQuestion::Answer answer = question_->Ask(parts, refused_);
    if (answer.kind != LeadQuestion::Answer::Kind::kFound) {
      AddCore(parts, answer.kind == LeadQuestion::Answer::Kind::kNone);
      return std::nullopt;
    }
    if (confirm_(answer.changes)) return answer.changes;
    refused_.push_back(answer.changes);
    if (refused_.size() >= kMostRefused) break;
  }
  AddCore(parts, false);
  return std::nullopt;
}

// All other parts; of them those are left out without which there is no way, either.
void ChangeSearch::AddCore(const Parts& parts, bool proved) {
  Parts shut = parts, core;
  for (size_t part = 0; part < question_->parts(); ++part) {
    if (parts.contains(part)) continue;
    if (proved && !IsSpent()) {
      Parts with = shut;
      with.insert(part);
      ++asked_;
      if (question_->Ask(with, {}).kind == LeadQuestion::Answer::Kind::kNone) {
        shut = std::move(with);
        continue;
      }
    }
    core.insert(part);
  }
  cores_.push_back(std::move(core));
}

bool ChangeSearch::IsSpent() const {
  return asked_ >= kMostAsked || question_->work() >= kMostWork || refused_.size() >= kMostRefused;
}

}  // namespace pm
