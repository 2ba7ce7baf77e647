// GET /v1/parked and POST /v1/parked/{id}/retry, /v1/parked/retry: timers that stand still since
// their step failed, and their second try, which is a record in the input like any other.
#pragma once
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "app/views/parked_rows.h"
#include "engine/runtime/embedded.h"
#include "engine/runtime/kafka/logs/parked_retry.h"
#include "engine/runtime/kafka/worker/worker_status.h"
#include "net/http_server.h"

namespace pm {

using RulesInForce = std::function<std::shared_ptr<const RuleBook>()>;

// What the routes ask, on any thread.
struct ParkedApi {
  using Done = std::function<void(const Result<void>&)>;
  using Retry = std::function<Result<void>(std::vector<ParkedPlace> rows, Done done)>;
  std::function<Result<ParkedList>(size_t most)> list;
  // Those with this id; without one as many as one request has tried again.
  std::function<std::vector<ParkedPlace>(std::string_view id)> find;
  // `done` is called once they are durable in the input, on another thread; of what is refused at
  // once, not at all.
  Retry retry;
};
// What they are given outlives the server.
ParkedApi ParkedOfEngine(Embedded& engine, RulesInForce rules);
// Of the tasks of a worker on Kafka, as it last looked at them.
ParkedApi ParkedOfTasks(std::function<WorkerStatus()> status, RulesInForce rules,
                        ParkedApi::Retry retry);

void AddParkedRoutes(HttpServer& server, ParkedApi parked);  // before Start

}  // namespace pm
