// Timers that stand still on a Kafka (engine/runtime/task.h, ParkedRow), tried again: what says so
// goes into the input of their task, behind what is queued there.
#pragma once
#include <span>
#include <string>

#include "engine/runtime/kafka/client/kafka_client.h"
#include "engine/runtime/kafka/topics/topic_names.h"
#include "engine/runtime/task.h"

namespace pm {

struct ParkedPlace {
  TaskId task;
  std::string row;  // its whole key
  auto operator<=>(const ParkedPlace&) const = default;
};

// In one transaction, with a client of its own; `instance` is the worker's. Doing it twice does no
// harm: what is parked no more is left alone. On an error of a code other than kKafkaUnknown
// nothing was done.
Result<void> RetryParked(KafkaClient& client, const TopicNames& names, std::string_view instance,
                         std::span<const ParkedPlace> rows);

}  // namespace pm
