#include "app/server/logging.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "base/text/json_writer.h"
#include "base/time/text.h"
#include "engine/runtime/clock.h"

namespace pm {
namespace {

// One JSON object a line.
class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    std::string line;
    JsonWriter w(&line);
    w.BeginObject();
    w.Field("time", FormatInstant(SystemClock().Now()));
    const auto level = spdlog::level::to_string_view(message.level);
    w.Field("level", std::string_view(level.data(), level.size()));
    w.Field("message", std::string_view(message.payload.data(), message.payload.size()));
    w.EndObject();
    line += '\n';
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};

void Log(spdlog::level::level_enum level, std::string_view text) {
  spdlog::log(level, spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace

void StartLogging(bool terminal) {
  auto logger = std::make_shared<spdlog::logger>(
      "pointsman", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  if (terminal) {
    logger->set_pattern("%H:%M:%S %^%l%$ %v");
  } else {
    logger->set_formatter(std::make_unique<JsonFormatter>());
  }
  logger->set_level(spdlog::level::debug);
  logger->flush_on(spdlog::level::debug);
  spdlog::set_default_logger(std::move(logger));
}

void LogDebug(std::string_view text) { Log(spdlog::level::debug, text); }
void LogInfo(std::string_view text) { Log(spdlog::level::info, text); }
void LogWarning(std::string_view text) { Log(spdlog::level::warn, text); }
void LogError(std::string_view text) { Log(spdlog::level::err, text); }

void LogKafka(KafkaLogLevel level, std::string_view line) {
  switch (level) {
    case KafkaLogLevel::kDebug:
      return LogDebug(line);
    case KafkaLogLevel::kInfo:
      return LogInfo(line);
    case KafkaLogLevel::kWarning:
      return LogWarning(line);
    case KafkaLogLevel::kError:
      return LogError(line);
  }
}

}  // namespace pm
