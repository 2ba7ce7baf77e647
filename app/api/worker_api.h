// The HTTP API of a worker on Kafka: health, metrics, its tasks, what they have parked, and rules.
// Events come and go by topics; what only an embedded engine answers is refused with where to look
// instead.
#pragma once
#include <functional>
#include <string>

#include "app/api/api.h"
#include "app/api/parked.h"
#include "engine/runtime/kafka/worker/worker_status.h"

namespace pm {

inline constexpr int kNotOnKafka = 657;

// What handlers reach. All of it outlives the server.
struct WorkerApi {
  HttpServer& server;
  uint32_t worker = 0;
  std::string prefix;                    // of the topics
  std::function<WorkerStatus()> status;  // any thread
  std::function<std::string()> metrics;  // the text of /metrics; any thread
  std::function<bool()> stopping;
  RulesApi rules;
  RulesInForce rules_in_force;  // null: not compiled here
  ParkedApi::Retry retry;       // of rows of its tasks
};

void AddWorkerApi(WorkerApi& context);  // before Start

// Bodies of GET /v1/workers and /readyz. Pure.
std::string WorkerBody(uint32_t worker, const WorkerStatus& status);
std::string ReadinessBody(const WorkerStatus& status, bool stops = false);

}  // namespace pm
