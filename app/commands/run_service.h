// What `pointsman run` runs: the embedded engine, or a worker on a Kafka; and what both share.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "app/server/config.h"
#include "app/server/rule_publisher.h"
#include "engine/runtime/kafka/logs/stage_log.h"
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

std::unique_ptr<RunService> MakeEmbeddedService(Config config);
// `config` has `kafka`. `on_failure` is called by any thread when the worker cannot go on. Tests
// alone give other stages and a fail point.
std::unique_ptr<RunService> MakeWorkerService(Config config, uint32_t worker,
                                              std::function<void(const Error&)> on_failure,
                                              StageTable stages = RealStages(),
                                              FailPoint fail_point = {});

HttpServerSettings ServerSettingsOf(const HttpConfig& config);
void ReloadRules(RulePublisher& publisher, const std::string& folder);

}  // namespace pm
