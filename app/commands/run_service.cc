#include "app/commands/run_service.h"

#include <fmt/format.h>

#include "app/server/logging.h"
#include "engine/runtime/kafka/client/kafka_client.h"

namespace pm {

HttpServerSettings ServerSettingsOf(const HttpConfig& config) {
  HttpServerSettings settings;
  settings.threads = static_cast<int>(config.threads);
  settings.max_connections = static_cast<size_t>(config.max_connections);
  settings.max_body_bytes = static_cast<size_t>(config.max_body_bytes);
  settings.read_timeout = config.read_timeout.of;
  settings.idle_timeout = config.idle_timeout.of;
  settings.write_timeout = config.write_timeout.of;
  return settings;
}

void ReloadRules(RulePublisher& publisher, const std::string& folder) {
  const Result<PublishAnswer> answer = publisher.PublishFolder(folder);
  if (!answer.has_value()) {
    const int code = answer.error().code;
    const bool by_kafka = code >= kKafkaRetry && code <= kKafkaRefused;
    return LogError(fmt::format("rules are {}, the old ones stay in force:\n{}",
                                by_kafka ? "not published" : "refused", answer.error().text));
  }
  if (!answer->warnings.empty()) LogWarning(answer->warnings);
  LogInfo(answer->published ? fmt::format("rules {} are in force", ToText(answer->version))
                            : "rules are unchanged");
}

}  // namespace pm
