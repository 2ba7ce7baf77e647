// What /metrics shows of a worker on Kafka (metrics_catalogue.h): what its status says. Any thread.
#pragma once
#include <memory>
#include <string>

#include "base/ids.h"
#include "engine/runtime/kafka/worker/worker_status.h"

namespace pm {

// What beside the status is to be shown.
struct WorkerScene {
  Instant now;
  ContentHash rules;  // in force
  bool rules_refused = false;
};

class WorkerMetrics {
 public:
  WorkerMetrics();
  ~WorkerMetrics();
  // Prometheus text exposition. A later status counts on from the one before.
  std::string Text(const WorkerStatus& status, const WorkerScene& scene);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pm
