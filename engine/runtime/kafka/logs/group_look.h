// Who has what of a group, and how far behind that is; who follows whose tasks: as the brokers know
// it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "engine/runtime/commit_set.h"
#include "engine/runtime/kafka/client/kafka_client.h"
#include "engine/runtime/kafka/topics/topic_names.h"

namespace pm {

struct PartitionLook {
  TopicPartition partition;
  std::string owner;                 // its member's instance; empty: nobody's
  std::optional<int64_t> committed;  // absent: never, or a transaction was open all the time
  int64_t end = 0;                   // next offset
  // Records not committed yet. Where there are very many, the rest of them is counted by offsets,
  // with the markers of transactions in it.
  int64_t lag = 0;
};
struct GroupLook {
  bool is_rebalancing = false;  // then nobody owns anything
  std::vector<PartitionLook> partitions;
};

// In order; `partitions` and whatever else somebody has. Errors of the port.
Result<GroupLook> LookAtGroup(KafkaAdmin& admin, KafkaClient& client, KafkaReader& reader,
                              const std::string& group, std::vector<TopicPartition> partitions);

// A worker that keeps a warm copy of another's task.
struct StandbyLook {
  TaskId task;
  std::string worker;           // its instance
  std::optional<int64_t> read;  // of the task's changelog, as it noted some seconds ago
  int64_t end = 0;              // next offset
  int64_t lag = 0;              // offsets not read yet, markers of transactions included
};

// In order of tasks, where each worker keeps copies for so many deaths of others. None while the
// group rebalances. Errors of the port.
Result<std::vector<StandbyLook>> LookAtStandbys(KafkaAdmin& admin, KafkaClient& client,
                                                const TopicNames& names, uint32_t partitions,
                                                uint32_t standbys);

}  // namespace pm
