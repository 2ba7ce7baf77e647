// The only clock. It stamps records when they are first taken in, and measures what the program
// shows of itself; nothing behind a log asks it.
#pragma once
#include <atomic>
#include <chrono>

#include "base/time/instant.h"

namespace pm {

// Safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  // May go back; whoever needs it not to takes the maximum. Not for how long something takes.
  virtual Instant Now() const = 0;
  // Microseconds since some start; never falls. For differences only.
  virtual int64_t MeasureUs() const = 0;
  Duration Measure() const { return {MeasureUs() / kUsAMs}; }  // the same in milliseconds

 protected:
  static constexpr int64_t kUsAMs = 1000;
};

class SystemClock final : public Clock {
 public:
  Instant Now() const override {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return Instant{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
  }
  int64_t MeasureUs() const override {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
  }
};

// Stands still until it is set: for tests. Set by one thread at a time.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant now) : ms_(now.ms), measured_us_(now.ms * kUsAMs) {}
  Instant Now() const override { return Instant{ms_.load()}; }
  int64_t MeasureUs() const override { return measured_us_.load(); }
  void Set(Instant now) {
    const int64_t went_ms = now.ms - ms_.exchange(now.ms);
    if (went_ms > 0) measured_us_.fetch_add(went_ms * kUsAMs);
  }
  void Advance(Duration by) { Set(Now() + by); }

 private:
  std::atomic<int64_t> ms_, measured_us_;
};

}  // namespace pm
