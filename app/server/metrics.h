// What /metrics shows (metrics_catalogue.h). Events in are counted where they are taken; the rest
// follows the output topics on the server's timer, and gauges are read from the last commit when
// somebody asks: the stages know nothing of it. Safe from any thread.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "app/server/rule_library.h"
#include "engine/runtime/embedded.h"
#include "model/event_types.h"
#include "net/http_server.h"

namespace pm {

// What became of an event that somebody sent.
enum class EventResult : uint8_t { kAccepted, kIncomplete, kRefused, kUnavailable };

class EngineMetrics {
 public:
  // All outlive the object. Counts what is put out from now on.
  EngineMetrics(Embedded& engine, const RuleLibrary& rules, const Clock& clock);
  ~EngineMetrics();
  void Follow(HttpServer& server);  // looks at the topics each second; after the server's Start

  void CountIn(EventType type, EventResult result);  // kNone: none that is declared
  void CountProblem(std::string_view reason);        // a DecodeProblem's
  std::string Text();                                // Prometheus text exposition

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace pm
