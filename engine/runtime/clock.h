// The only clock. It stamps records when they are first taken in, and measures what the program
// shows of itself; nothing behind a log asks it.
#pragma once
#include <atomic>
#include <chrono>

#include "base/time/instant.h"

namespace pm {

// Safe from any thread. May go back; whoever needs it not to takes the maximum.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant Now() const = 0;
  // Microseconds since some start; never falls. For differences only.
  virtual int64_t MeasureUs() const = 0;
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

// Stands still until it is set: for tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant now) : ms_(now.ms) {}
  Instant Now() const override { return Instant{ms_.load()}; }
  int64_t MeasureUs() const override { return ms_.load() * 1000; }
  void Set(Instant now) { ms_.store(now.ms); }
  void Advance(Duration by) { ms_.fetch_add(by.ms); }

 private:
  std::atomic<int64_t> ms_;
};

}  // namespace pm
