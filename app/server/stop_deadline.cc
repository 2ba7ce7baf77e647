#include "app/server/stop_deadline.h"

#include <chrono>

namespace pm {

StopDeadline::StopDeadline(Duration limit, std::function<void()> act)
    : thread_([this, limit, act = std::move(act)](const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        ended_.wait_for(lock, stop, std::chrono::milliseconds(limit.ms), [] { return false; });
        if (!stop.stop_requested()) act();
      }) {}

}  // namespace pm
