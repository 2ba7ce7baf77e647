// One deadline that moves all the time, cheaply: the timer beneath is set again only for an earlier
// deadline; when it rings too early it is set anew. Internal to net; lives on the thread of its
// io_context.
#pragma once
#include <functional>
#include <memory>

#include "base/time/instant.h"

namespace boost::asio {
class io_context;  // NOLINT(readability-identifier-naming): Asio's
}

namespace pm {

class Deadline {
 public:
  Deadline(boost::asio::io_context& io, std::function<void()> on_passed);
  ~Deadline() { Cancel(); }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  // Replaces the former one.
  void Set(Duration from_now);
  // None until the next Set.
  void Clear();
  // None any more.
  void Cancel();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // shared with the wait under way
};

}  // namespace pm
