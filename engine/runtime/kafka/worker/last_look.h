// What a thread found when it last looked at itself, for all others. It looks between two calls,
// and a call may wait for brokers for as long as WorkerSettings::answer: how long nothing was
// committed is judged when somebody asks.
#pragma once
#include <mutex>
#include <optional>
#include <utility>

#include "engine/runtime/clock.h"
#include "engine/runtime/kafka/worker/worker_status.h"

namespace pm {

// `Status` has a `standstill`. Any thread.
template <class Status>
class LastLook {
 public:
  explicit LastLook(const Clock& clock) : clock_(clock) {}

  void Note(Status status) {
    const std::scoped_lock lock(mutex_);
    status_ = std::move(status);
    at_ = clock_.Measure();
  }
  // No other look is to come: what was found stays as it is.
  void End() {
    const std::scoped_lock lock(mutex_);
    at_.reset();
  }
  Status ByNow() const {
    const std::scoped_lock lock(mutex_);
    Status status = status_;
    if (at_) status.standstill = StandstillByNow(status.standstill, clock_.Measure() - *at_);
    return status;
  }

 private:
  const Clock& clock_;
  mutable std::mutex mutex_;
  Status status_;
  std::optional<Duration> at_;  // as the clock measures; nullopt: before the first, or at the end
};

}  // namespace pm
