// Signals in the order in which they came, from its making on.
#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

namespace pm {

// Any thread.
class SignalQueue {
 public:
  void Push(int signal) {
    const std::lock_guard lock(mutex_);
    signals_.push_back(signal);
    came_.notify_one();
  }
  int Next() {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [this] { return !signals_.empty(); });
    return Take();
  }
  // Nothing when none has come by then.
  std::optional<int> NextBefore(std::chrono::steady_clock::time_point time) {
    std::unique_lock lock(mutex_);
    if (!came_.wait_until(lock, time, [this] { return !signals_.empty(); })) return std::nullopt;
    return Take();
  }

 private:
  int Take() {
    const int signal = signals_.front();
    signals_.pop_front();
    return signal;
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<int> signals_;
};

}  // namespace pm
