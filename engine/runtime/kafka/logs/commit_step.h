// The steps of a commit, as DESIGN section 8 counts them, and what tests let happen behind them.
#pragma once
#include <cstdint>
#include <functional>

#include "base/result.h"

namespace pm {

enum class CommitStep : uint8_t {
  kApplied = 1,   // by the tasks
  kProduced = 2,  // messages, outputs and changelog were handed over
  kFlushed = 3,   // and all delivered
  kOffsetsSent = 4,
  kCommitted = 5,
  kStored = 6,  // in the local store of one of the tasks; behind each of them
  // Of other transactions, when all is in them and nothing is committed:
  kClaimed = 7,  // by which an owner claims tasks
  kSwitched = 8  // that puts rules in force
};
inline constexpr CommitStep kCommitSteps[] = {CommitStep::kApplied,   CommitStep::kProduced,
                                              CommitStep::kFlushed,   CommitStep::kOffsetsSent,
                                              CommitStep::kCommitted, CommitStep::kStored};
// For tests: an error ends the worker there, as if it had been killed. Never set in production.
using FailPoint = std::function<Result<void>(CommitStep)>;

}  // namespace pm
