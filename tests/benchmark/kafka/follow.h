// Reads the assignments as a user would, committed ones only, and notes when each lead's comes.
#pragma once
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "engine/runtime/kafka/client/kafka_client.h"

namespace pm::bench {

using Moment = std::chrono::steady_clock::time_point;

class Follower {
 public:
  // Of so many leads from `first` on, known by their number behind kLeadMark, from the topic's
  // present end on.
  Follower(const std::string& address, const std::string& topic, int32_t partitions, int64_t first,
           int64_t leads);
  ~Follower();  // stops

  int64_t found() const { return found_; }  // leads, any thread
  // False: `patience` went by without another lead.
  bool AwaitAll(std::chrono::seconds patience) const;
  // When the lead came; to be asked once the follower has stopped or found it.
  Moment of(int64_t lead) const { return moments_[static_cast<size_t>(lead - first_)]; }
  // When that share of them had come, 0 to 1.
  Moment ByRank(double rank) const;

 private:
  void Run(const std::stop_token& stop);

  const int64_t first_;
  std::unique_ptr<KafkaReader> reader_;
  std::vector<Moment> moments_;
  std::atomic<int64_t> found_ = 0;
  std::jthread thread_;
};

}  // namespace pm::bench
