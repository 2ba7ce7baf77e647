// Does what takes long on a thread of its own, one job after the other.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace pm {

// Any thread.
class JobQueue {
 public:
  // Called once, with whether it is to be done: not when the queue has stopped before its turn.
  using Job = std::function<void(bool is_its_turn)>;
  static constexpr size_t kMostWaiting = 8;

  JobQueue();
  ~JobQueue();  // Stop
  JobQueue(const JobQueue&) = delete;
  JobQueue& operator=(const JobQueue&) = delete;

  // False, and it is not called: too many wait, or it has stopped.
  bool Post(Job job);
  // Ends what is under way, and tells all that waits that it will not be done. Twice is harmless.
  void Stop();

 private:
  void Work();

  std::mutex mutex_;  // of what follows
  std::condition_variable came_;
  std::deque<Job> waiting_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace pm
