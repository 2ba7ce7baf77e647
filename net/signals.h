// Unix signals as calls on a thread, where a handler may do what it likes.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"

namespace pm {

// From Start until destruction these signals no longer do what they do by default. One watch a
// signal and process.
class SignalWatch {
 public:
  // `on_signal` gets the number (SIGTERM), on the watch's own thread, one call at a time. Several
  // of one kind in short order may come as one. PM0623 when a signal cannot be caught.
  static Result<std::unique_ptr<SignalWatch>> Start(const std::vector<int>& signals,
                                                    std::function<void(int)> on_signal);
  // Waits for a call under way; not from within one.
  ~SignalWatch();

 private:
  struct Impl;
  explicit SignalWatch(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pm
