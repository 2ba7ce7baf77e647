// The HTTP API of the engine (README, "The first ten minutes"). Handlers run on the server's
// threads and answer later where they must wait for a commit.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "app/server/metrics.h"
#include "app/server/rule_library.h"
#include "app/server/rule_publisher.h"
#include "engine/runtime/embedded.h"
#include "net/http_server.h"

namespace pm {

// What the routes of rules reach. All of it outlives the server.
struct RulesApi {
  HttpServer& server;
  RulesKeeper& keeper;
  RulePublisher& publisher;
};

// What handlers reach. All of it outlives the server.
struct ApiContext {
  Embedded& engine;
  HttpServer& server;
  const RuleLibrary& rules;
  std::function<std::shared_ptr<const RuleBook>()> rules_in_force;  // never null
  const Clock& clock;
  EngineMetrics& metrics;
  std::function<bool()> ready;
  RulesApi rules_api;
};

// Errors of code range 06xx that the API adds to the server's own.
inline constexpr int kBadEvent = 650;      // the event or the body cannot be understood
inline constexpr int kBadParameter = 651;  // a query parameter
inline constexpr int kNoSuchTopic = 652;
inline constexpr int kWrongMediaType = 653;
inline constexpr int kBeyondEnd = 654;  // a position that a topic has not reached
inline constexpr int kNotParked = 655;

// Registers every route; before Start.
void AddApi(ApiContext& context);

// The parts, one file each.
void AddEventRoutes(ApiContext& context);   // POST /v1/events
void AddTopicRoutes(ApiContext& context);   // GET /v1/topics/{topic}
void AddStateRoutes(ApiContext& context);   // leads, queues
void AddRulesRoutes(RulesApi& context);     // versions, other rules
void AddHealthRoutes(ApiContext& context);  // metrics, healthz, readyz

// A whole number of low..high from a query parameter; `fallback` when it is absent. PM0651.
Result<int64_t> QueryNumber(const HttpRequest& request, std::string_view name, int64_t fallback,
                            int64_t low, int64_t high);
Result<int64_t> WholeNumber(std::string_view text, std::string_view name, int64_t low,
                            int64_t high);
// `2s`, or a plain number of seconds; at most a minute. PM0651.
Result<Duration> QueryDuration(const HttpRequest& request, std::string_view name,
                               Duration fallback);
HttpResponse JsonResponse(int status, std::string body);
bool WantsText(const HttpRequest& request);          // Accept: text/plain
HttpResponse TextResponse(std::string body);         // 200
HttpResponse EngineTookNothing(const Error& error);  // 503 with Retry-After

}  // namespace pm
