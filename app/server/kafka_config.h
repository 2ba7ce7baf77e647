// The `kafka` part of the configuration: how to reach one, and which topics.
#pragma once
#include <string>
#include <vector>

#include "engine/runtime/kafka/connection.h"

namespace pm {

struct KafkaConfig : KafkaConnection {
  static constexpr std::string_view kYamlName = "kafka";
  std::string prefix = "pointsman";
  std::vector<std::string> inputs;
  int64_t partitions = 16;
  int64_t replication = 3;
  template <class V>
  static void Describe(V& v) {
    KafkaConnection::DescribeAs<KafkaConfig>(v);
    v.Field("prefix", &KafkaConfig::prefix, "Names of the engine's own topics begin so.");
    v.Field("inputs", &KafkaConfig::inputs,
            "Your topics with events: names, or patterns that begin with `^`.",
            {.max_items = 1000, .or_one = true});
    v.Field("partitions", &KafkaConfig::partitions, "Of each stage; fixed once there is state.",
            {.min = 1, .max = 1024});
    v.Field("replication", &KafkaConfig::replication, "Copies of each topic, at least.",
            {.min = 1, .max = 16});
  }
};

}  // namespace pm
