// What `pointsman run` runs: the embedded engine, or a worker on a Kafka; and what both share.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "app/server/config.h"
#include "app/server/rule_publisher.h"
#include "engine/runtime/kafka/worker/worker.h"
#include "net/http_server.h"

namespace pm {

inline constexpr Duration kDrain = Seconds(10);  // that running requests have at the end

class RunService {
 public:
  virtual ~RunService() = default;
  virtual Result<void> Start() = 0;  // once; after an error it is of no use
  // Puts the folder in force; one that is refused leaves everything as it is.
  virtual void Reload() = 0;
  virtual void Stop() = 0;  // after Start went well
  virtual std::string address() const = 0;
};

// What tests alone change of a worker.
struct WorkerTrial {
  StageTable stages = RealStages();
  std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();
  std::function<void(WorkerSettings*)> change;  // of what the configuration says; none when empty
  FailPoint rules_fail_point;
};

std::unique_ptr<RunService> MakeEmbeddedService(Config config);
// `config` has `kafka`. `on_failure` is called by any thread when the worker cannot go on.
std::unique_ptr<RunService> MakeWorkerService(Config config, uint32_t worker,
                                              std::function<void(const Error&)> on_failure,
                                              WorkerTrial trial = {});

HttpServerSettings ServerSettingsOf(const HttpConfig& config);
void ReloadRules(RulePublisher& publisher, const std::string& folder);

}  // namespace pm
