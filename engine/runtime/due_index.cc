#include "engine/runtime/due_index.h"

#include <algorithm>

namespace pm {

void DueIndex::Add(DueKey key) {
  if (removed_.erase(key) == 0) {
    added_.insert(std::move(key));
    return;
  }
  // It is still stored, and First may have dropped it from what was read.
  if (!(key < cursor_)) return;
  const auto place = std::ranges::lower_bound(ahead_, key);
  if (place == ahead_.end() || key < *place) ahead_.insert(place, std::move(key));
}

void DueIndex::Remove(DueKey key) {
  if (added_.erase(key) == 0) removed_.insert(std::move(key));
}

std::optional<DueKey> DueIndex::First(Instant before) {
  const std::optional<DueKey> stored = FirstStored(before);
  if (!added_.empty() && added_.begin()->due < before && (!stored || *added_.begin() < *stored))
    return *added_.begin();
  return stored;
}

std::optional<DueKey> DueIndex::FirstStored(Instant before) {
  for (;;) {
    while (!ahead_.empty() && removed_.contains(ahead_.front())) ahead_.pop_front();
    if (!ahead_.empty()) {
      if (ahead_.front().due >= before) return std::nullopt;
      return ahead_.front();
    }
    if (read_to_ >= before) return std::nullopt;
    std::vector<DueKey> found = store_.Dues(cursor_, before, read_ahead_);
    if (found.size() < read_ahead_) {
      read_to_ = before;
      cursor_ = std::max(cursor_, DueKey{before, {}});
    } else {
      // Behind the last of them; a zero byte is the least that a longer key can add.
      cursor_ = {found.back().due, found.back().row + '\0'};
    }
    ahead_.assign(std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  }
}

std::vector<DueChange> DueIndex::Changes() const {
  std::vector<DueChange> changes;
  changes.reserve(added_.size() + removed_.size());
  for (const DueKey& key : removed_) changes.push_back({key, false});
  for (const DueKey& key : added_) changes.push_back({key, true});
  std::ranges::sort(changes, {}, &DueChange::key);
  return changes;
}

void DueIndex::Committed() {
  if (!ahead_.empty()) cursor_ = ahead_.front();
  if (!added_.empty()) cursor_ = std::min(cursor_, *added_.begin());
  read_to_ = std::min(read_to_, cursor_.due);
  ahead_.clear();
  added_.clear();
  removed_.clear();
}

void DueIndex::Abandon() {
  if (!ahead_.empty()) cursor_ = ahead_.front();
  if (!removed_.empty()) cursor_ = std::min(cursor_, *removed_.begin());
  read_to_ = std::min(read_to_, cursor_.due);
  ahead_.clear();
  added_.clear();
  removed_.clear();
}

}  // namespace pm
