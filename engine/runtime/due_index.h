// The next due row: the store's index merged with what is not committed. Reads ahead a little from
// a cursor up to a bound, so that neither a million pending timers nor those that have fired cost
// anything; the cursor drops to any earlier due that is set. One thread.
#pragma once
#include <deque>
#include <optional>
#include <set>
#include <vector>

#include "engine/runtime/store.h"

namespace pm {

class DueIndex {
 public:
  explicit DueIndex(const Store& store, size_t read_ahead = 256)
      : store_(store), read_ahead_(read_ahead) {}

  void Add(DueKey key);
  void Remove(DueKey key);  // also when it is not there
  // The least (due, row) with due < before.
  std::optional<DueKey> First(Instant before);

  // Changes since the last commit, in order.
  std::vector<DueChange> Changes() const;
  void Committed();
  void Abandon();

 private:
  std::optional<DueKey> FirstStored(Instant before);

  const Store& store_;
  const size_t read_ahead_;
  std::set<DueKey> added_, removed_;       // on top of the store, disjoint
  std::deque<DueKey> ahead_;               // stored entries from the cursor on
  DueKey cursor_{Instant{INT64_MIN}, {}};  // nothing is stored before it
  Instant read_to_{INT64_MIN};             // `ahead_` has all from the cursor to here
};

}  // namespace pm
