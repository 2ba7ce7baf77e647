// Readers that wait for the next entry of a topic. Safe from any thread; each callback is called
// exactly once, outside the lock, unless it is cancelled before.
#pragma once
#include <array>
#include <functional>
#include <map>
#include <mutex>

#include "base/time/instant.h"
#include "model/outputs/output.h"

namespace pm {

// The first offset of each topic that is not durable yet.
using TopicEnds = std::array<int64_t, kTopics>;

class TopicWaiters {
 public:
  // True: an entry is there. False: the deadline has passed, or the engine stops.
  using Callback = std::function<void(bool)>;

  // `wake` is called as soon as the topic holds an entry behind `after`, perhaps within this call.
  // Returns a number for Cancel.
  uint64_t Wait(Topic topic, int64_t after, Instant deadline, Callback wake);
  // False: it was called or will be.
  bool Cancel(uint64_t number);

  TopicEnds ends() const;
  void Advance(const TopicEnds& ends);
  void Expire(Instant now);  // calls those whose deadline has come
  void End();                // calls all, and later ones at once
  Instant NextDeadline() const;

 private:
  struct Waiter {
    Topic topic;
    int64_t after;
    Instant deadline;
    Callback wake;
  };
  // Takes out those that `due` names and calls them.
  void Call(const std::function<bool(const Waiter&)>& due, bool found);

  mutable std::mutex mutex_;
  std::map<uint64_t, Waiter> waiters_;
  uint64_t next_ = 1;
  TopicEnds ends_{};
  bool ended_ = false;
};

}  // namespace pm
