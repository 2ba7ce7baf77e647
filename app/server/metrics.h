// What /metrics shows. Counters follow the output topics on the server's timer, gauges are read
// from the last commit when somebody asks; the stages know nothing of it. Labels are bounded:
// types, reasons, pools and milestones, never leads or reps.
#pragma once
#include <memory>
#include <string>

#include "app/server/rule_library.h"
#include "engine/runtime/embedded.h"
#include "net/http_server.h"

namespace pm {

class EngineMetrics {
 public:
  // All outlive the object. Counts what is put out from now on.
  EngineMetrics(Embedded& engine, const RuleLibrary& rules, HttpServer& server, const Clock& clock);
  ~EngineMetrics();
  void Start();        // after the server's
  std::string Text();  // Prometheus text exposition, any thread

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace pm
