// The program's log, on stderr: lines for people on a terminal, one JSON object a line otherwise.
// No personal field above debug level: what leads are called is in the topics, not here. Any
// thread.
#pragma once
#include <string_view>

#include "engine/runtime/kafka/client/rdkafka.h"

namespace pm {

void StartLogging(bool terminal);      // once, before anything logs
void LogDebug(std::string_view text);  // what somebody asked librdkafka for by `debug`
void LogInfo(std::string_view text);
void LogWarning(std::string_view text);
void LogError(std::string_view text);
void LogKafka(KafkaLogLevel level, std::string_view line);

}  // namespace pm
