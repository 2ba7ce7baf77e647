// What a worker on Kafka shows of itself. Plain values, as of half a second ago at most.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/runtime/kafka/logs/intake_log.h"
#include "engine/runtime/kafka/logs/measured_log.h"
#include "engine/runtime/kafka/logs/stage_log.h"

namespace pm {

// A task of another worker that is followed here.
struct StandbyStatus {
  TaskId id;
  std::optional<int64_t> lag;  // records of its changelog still to be read; absent: not known yet
  std::string given_up;        // why it is not followed
};

struct StagesStatus {
  std::vector<TaskStatus> tasks;  // in order
  std::vector<StandbyStatus> standbys;
  bool is_given = false;  // the group has said what is ours
  KafkaCounters counters;
  TakeOverCounters take_overs;
  ProducedCounters produced;
  CommitTimes commits;
  Duration rebalancing;  // time in which not all tasks ran that are ours
};

struct IntakeStatus {
  std::vector<InputStatus> inputs;           // that are read here
  std::map<TopicPartition, Error> troubles;  // of inputs; the others go on
  IntakeCounters counters;
  ProducedCounters produced;
  CommitTimes commits;
  std::optional<ContentHash> awaits_rules;  // nothing is read until they are compiled here
  bool keeps_time = false;                  // the clock task runs here; else the rest is empty
  Instant last_tick{0};
  Duration held;  // for which the tick that waits has been held back
  uint64_t ticks = 0, forced_ticks = 0;
};

struct WorkerStatus {
  StagesStatus stages;
  IntakeStatus intake;

  // Each task that is ours runs; a refused one does not count, it is for people.
  bool is_ready() const;
  // Versions that something here waits for.
  std::set<ContentHash> awaited_rules() const;
};

}  // namespace pm
