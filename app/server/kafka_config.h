// The `kafka` part of the configuration: how to reach one, and which topics.
#pragma once
#include <string>
#include <vector>

#include "engine/runtime/kafka/client/connection.h"
#include "rules/documents/scalars.h"

namespace pm {

inline constexpr int64_t kMostWorker = 999;  // instances are numbered by three digits
inline constexpr int64_t kMostStandbys = 16;

struct KafkaConfig : KafkaConnection {
  static constexpr std::string_view kYamlName = "kafka";
  std::string prefix = "pointsman";
  std::vector<std::string> inputs;
  int64_t partitions = 16;
  int64_t replication = 3;
  int64_t worker = 0;
  Duration commit = Milliseconds(20);
  Duration session = Seconds(10);
  int64_t standbys = 0;
  std::vector<std::string> accept_lost;
  Duration max_hold = Minutes(10);
  template <class V>
  static void Describe(V& v) {
    KafkaConnection::DescribeAs<KafkaConfig>(v);
    v.Field("prefix", &KafkaConfig::prefix, "Names of the engine's own topics begin so.");
    v.Field("inputs", &KafkaConfig::inputs,
            "Your topics with events: names, or patterns (POSIX extended regular expressions) that "
            "begin with `^`.",
            {.max_items = 1000, .or_one = true});
    v.Field("partitions", &KafkaConfig::partitions, "Of each stage; fixed once there is state.",
            {.min = 1, .max = 1024});
    v.Field("replication", &KafkaConfig::replication, "Copies of each topic, at least.",
            {.min = 1, .max = 16});
    v.Field("worker", &KafkaConfig::worker,
            "Number of this process among those that share the work; `run --worker` and the "
            "environment's POINTSMAN_WORKER come before it.",
            {.min = 0, .max = kMostWorker});
    v.Field("commit", &KafkaConfig::commit,
            "The least time from one commit to the next: 1ms to 10s. Less is quicker, more costs "
            "less.");
    v.Field("session", &KafkaConfig::session,
            "A worker that is silent for so long is taken for dead, and its tasks go to others: 1s "
            "to 30m, within the brokers' bounds (6s at least by default). Restart within it, and "
            "nothing moves.");
    v.Field("standbys", &KafkaConfig::standbys,
            "Deaths of other workers for which this one is prepared: it keeps warm copies of the "
            "tasks that would come to it, so that taking them over costs `session` and not a "
            "restore. The same in all workers.",
            {.min = 0, .max = kMostStandbys});
    v.Field("accept_lost", &KafkaConfig::accept_lost,
            "What a task was to read next and what is gone, as its refusal names it "
            "(TOPIC/PARTITION@OFFSET): it goes on with what is left behind that. The same in all "
            "workers.",
            {.max_items = 1000, .or_one = true});
    v.Field(
        "max_hold", &KafkaConfig::max_hold,
        "While intake reads nothing that is there, timers wait, but not for longer: 10s to 1d.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;  // PM0745, and its connection's
};

// Which worker this process is: `--worker` (empty: not given), else the environment's
// POINTSMAN_WORKER, else the configuration. A number, or a name that ends in one, as a
// StatefulSet's pods have: pointsman-3. PM0746.
Result<uint32_t> WorkerNumber(std::string_view option, const KafkaConfig& config);

}  // namespace pm
