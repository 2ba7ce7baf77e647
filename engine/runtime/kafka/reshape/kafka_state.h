// The state of workers that stand still, out of their topics and into new ones (engine/runtime/
// state_move.h). One thread; all outlive the calls.
#pragma once
#include <functional>
#include <map>

#include "engine/runtime/generation.h"
#include "engine/runtime/kafka/state/changelog.h"
#include "engine/runtime/kafka/topics/topic_names.h"
#include "engine/runtime/reshape.h"
#include "engine/runtime/rules_history.h"

namespace pm {

struct KafkaPlace {
  TopicNames names;
  uint32_t partitions = 16;  // of each stage
  StateRows rows;
  Duration patience = Minutes(2);  // for open transactions of the dead to time out
  // For tests: called in each transaction before its commit and behind it; an error ends it there.
  std::function<Result<void>()> fail_point;

  std::string tasks_group() const { return names.prefix; }
  std::string intake_group() const { return names.prefix + ".intake"; }
  std::string transactional_id() const { return names.prefix + "-reshape"; }
  std::vector<TopicPartition> inputs() const;  // of all tasks
  std::vector<TopicPartition> changelogs() const;
};

// What a reader meets first and what comes after everything, by partition.
Result<std::vector<PartitionOffset>> EndsOf(KafkaClient& client,
                                            const std::vector<TopicPartition>& partitions,
                                            Duration patience);
// PM0514 with how many records a group has not worked off.
Result<void> CheckWorkedOff(KafkaClient& client, KafkaReader& reader, const std::string& group,
                            const std::vector<TopicPartition>& partitions, Duration patience);

// Each task into its store, what intake knows of companies into that of (intake, 0). `client` need
// not be a member of any group. PM0514: a transaction stays open; PM0512: a changelog is not what
// its meta says.
Result<void> ReadKafkaState(KafkaClient& client, KafkaReader& reader, const KafkaPlace& from,
                            const ReshapeTarget& target);

// The other way. What there was in the changelogs before, of a try that came to no end, is gone
// afterwards. `client` is the only member of the tasks' group, with all its topics: PM0552 when
// another joins. A changelog that was not written to its end is refused by whoever would take the
// task.
Result<void> WriteKafkaState(KafkaClient& client, KafkaReader& reader, const KafkaPlace& to,
                             const std::map<TaskId, Store*>& stores);

// Where intake is to read on in these partitions of the users' topics: as the group `from` did.
// `client` is the only member of the intake group that takes over, with the same topics.
Result<void> CopyOffsets(KafkaClient& client, const KafkaPlace& to, const std::string& from,
                         const std::vector<TopicPartition>& inputs);

// One transaction each. The second also says, in the same one, which rules came into force when.
Result<void> PutGeneration(KafkaClient& client, const KafkaPlace& place,
                           const Generation& generation);
Result<void> PutHistory(KafkaClient& client, const KafkaPlace& place, const Generation& generation,
                        const RulesHistory& history);

}  // namespace pm
