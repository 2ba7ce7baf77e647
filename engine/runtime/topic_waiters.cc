#include "engine/runtime/topic_waiters.h"

#include <vector>

namespace pm {

uint64_t TopicWaiters::Wait(Topic topic, int64_t after, Instant deadline, Callback wake) {
  std::unique_lock lock(mutex_);
  const uint64_t number = next_++;
  const bool found = ends_[static_cast<size_t>(topic)] > after + 1;
  if (!found && !ended_) {
    waiters_.emplace(number, Waiter{topic, after, deadline, std::move(wake)});
    return number;
  }
  lock.unlock();
  wake(found);
  return number;
}

bool TopicWaiters::Cancel(uint64_t number) {
  const std::scoped_lock lock(mutex_);
  return waiters_.erase(number) > 0;
}

TopicEnds TopicWaiters::ends() const {
  const std::scoped_lock lock(mutex_);
  return ends_;
}

void TopicWaiters::Advance(const TopicEnds& ends) {
  {
    const std::scoped_lock lock(mutex_);
    ends_ = ends;
    if (waiters_.empty()) return;
  }
  Call([&](const Waiter& w) { return ends[static_cast<size_t>(w.topic)] > w.after + 1; }, true);
}

void TopicWaiters::Expire(Instant now) {
  Call([&](const Waiter& w) { return w.deadline <= now; }, false);
}

void TopicWaiters::End() {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
  }
  Call([](const Waiter&) { return true; }, false);
}

Instant TopicWaiters::NextDeadline() const {
  const std::scoped_lock lock(mutex_);
  Instant next = kNever;
  for (const auto& [number, waiter] : waiters_) next = std::min(next, waiter.deadline);
  return next;
}

void TopicWaiters::Call(const std::function<bool(const Waiter&)>& due, bool found) {
  std::vector<Callback> calls;
  {
    const std::scoped_lock lock(mutex_);
    for (auto it = waiters_.begin(); it != waiters_.end();) {
      if (!due(it->second)) {
        ++it;
        continue;
      }
      calls.push_back(std::move(it->second.wake));
      it = waiters_.erase(it);
    }
  }
  for (const Callback& call : calls) call(found);
}

}  // namespace pm
