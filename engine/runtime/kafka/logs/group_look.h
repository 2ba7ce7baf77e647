// Who has what of a group, and how far behind that is; who follows whose tasks: as the brokers know
// it.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/runtime/commit_set.h"
#include "engine/runtime/kafka/client/kafka_client.h"
#include "engine/runtime/kafka/topics/topic_names.h"

namespace pm {

// Their instances; whoever has none is left out.
Result<std::set<std::string>> MembersOf(KafkaAdmin& admin, const std::string& group);

struct PartitionLook {
  TopicPartition partition;
  std::string owner;                 // its member's instance; empty: nobody's
  std::optional<int64_t> committed;  // absent: never, or a transaction was open all the time
  int64_t first = 0;                 // that is still there
  int64_t end = 0;                   // next offset
  // Records not committed yet. Where there are very many, the rest of them is counted by offsets,
  // with the markers of transactions in it.
  int64_t lag = 0;
  std::optional<Instant> tick;  // of a task: the last that it noted with what it committed
};
struct GroupLook {
  bool is_rebalancing = false;  // then nobody owns anything
  std::vector<PartitionLook> partitions;
};

// In order; `partitions` and whatever else somebody has. Errors of the port.
Result<GroupLook> LookAtGroup(KafkaAdmin& admin, KafkaClient& client, KafkaReader& reader,
                              const std::string& group, std::vector<TopicPartition> partitions);

// Who keeps the clock, and how far it has brought the tasks.
struct ClockLook {
  std::optional<TopicPartition> input;  // whoever reads it keeps the clock; absent: each worker
  std::string worker;                   // its instance; empty: nobody's, or each worker's
  std::optional<Instant> tick;          // of the task of identity that is furthest behind
};
// `inputs`: of intake, in order. `stage`: what identity reads.
ClockLook LookAtClock(const GroupLook& intake, const std::vector<TopicPartition>& inputs,
                      const GroupLook& tasks, const std::string& stage);

// A task that whoever takes it up must refuse, as far as the brokers know: of its input or its
// offset something is lost. What is damaged in a changelog only the worker that reads it knows.
struct LossLook {
  TaskId task;
  std::string worker;  // its instance; empty: nobody's
  std::string why;
};
// In order of tasks; `tasks` as LookAtGroup found them. Errors of the port.
Result<std::vector<LossLook>> LookForLosses(KafkaClient& client, KafkaReader& reader,
                                            const TopicNames& names, const GroupLook& tasks);

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
