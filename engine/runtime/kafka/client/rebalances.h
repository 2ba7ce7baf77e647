// What the rebalances of a group cost a worker, and a line for each. One thread.
#pragma once
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "engine/runtime/commit_set.h"

namespace pm {

// `desk/3`, for people.
std::string ToText(TaskId task);

class Rebalances {
 public:
  using Say = std::function<void(std::string_view line)>;
  explicit Rebalances(Say say) : say_(std::move(say)) {}

  // Something of ours does not run any more. `now` as a clock measures, so that it never falls.
  void Begin(Duration now);
  // All that is ours runs, as far as it can. At once is good enough: nothing happens twice.
  void End(Duration now, const std::set<TaskId>& ours);
  bool has_ended() const { return !since_; }
  Duration lost() const { return lost_; }  // from Begin to End, over all

 private:
  const Say say_;
  std::optional<Duration> since_;
  std::set<TaskId> ours_;  // before
  Duration lost_;
};

}  // namespace pm
