// Ends a process that was told to stop and waits for others who do not answer.
#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/time/instant.h"

namespace pm {

// Calls `act` from a thread of its own once `limit` is over, unless it ends before: then it waits
// for an `act` that has begun. Any thread.
class StopDeadline {
 public:
  StopDeadline(Duration limit, std::function<void()> act);

 private:
  std::mutex mutex_;
  std::condition_variable_any ended_;
  std::jthread thread_;
};

}  // namespace pm
