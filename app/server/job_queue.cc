#include "app/server/job_queue.h"

#include <utility>

namespace pm {

JobQueue::JobQueue() : thread_([this] { Work(); }) {}

JobQueue::~JobQueue() { Stop(); }

bool JobQueue::Post(Job job) {
  const std::lock_guard lock(mutex_);
  if (stopped_ || waiting_.size() >= kMostWaiting) return false;
  waiting_.push_back(std::move(job));
  came_.notify_one();
  return true;
}

void JobQueue::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    came_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  for (const Job& job : std::exchange(waiting_, {})) job(false);
}

void JobQueue::Work() {
  for (;;) {
    Job next;
    {
      std::unique_lock lock(mutex_);
      came_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
      if (stopped_) return;
      next = std::move(waiting_.front());
      waiting_.pop_front();
    }
    next(true);
  }
}

}  // namespace pm
