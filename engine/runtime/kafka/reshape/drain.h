// Lets tasks work off what lies in their topics, intake and its clock excepted: so that nothing of
// a state is on its way between two of them. One thread.
#pragma once
#include "engine/runtime/kafka/logs/stage_log.h"
#include "engine/runtime/kafka/reshape/kafka_state.h"

namespace pm {

struct DrainSettings {
  Duration wait = Milliseconds(100);    // of a poll when there is nothing to do
  Duration patience = Minutes(5);       // while nothing gets on
  TaskSettings task;                    // what says which task it is, is set for each
  Duration commit = Milliseconds(100);  // from one to the next
  std::function<void(std::string_view line)> say;
};

struct DrainClients {
  KafkaClient& member;  // the only one of the tasks' group, with all its topics
  KafkaReader& member_reader;
  KafkaClient& looker;  // of no group
  KafkaReader& look_reader;
};

// Returns once nothing is left to be read. PM0514 when it does not come to that within the
// patience, PM0512 when a task's changelog is damaged, PM0509 when rules are missing.
Result<void> Drain(const DrainClients& clients, LocalStores& stores, const KafkaPlace& place,
                   const DrainSettings& settings, const StageTable& stages,
                   const RuleProvider& rules, const Clock& clock);

}  // namespace pm
