// What a worker on Kafka shows of itself. Plain values, as of half a second ago, or of when the
// call began that a thread is in (last_look.h).
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
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

// There is something to be committed, and no transaction came to its end.
struct Standstill {
  Duration lasts;
  std::string why;  // the last one failed, or does not come to its end
};
// How long it has lasted; told of it every now and then. One thread.
class StandstillWatch {
 public:
  // `now` as a clock measures, so that it never falls. `failure`: of the last transaction;
  // `has_work`: something waits for one to be committed.
  std::optional<Standstill> Look(Duration now, const std::optional<Error>& failure, bool has_work);

 private:
  std::optional<Duration> since_;
};
// By now, of what was found that long ago. Looks come twice a second: since one that is late,
// nothing was committed.
std::optional<Standstill> StandstillByNow(const std::optional<Standstill>& found, Duration ago);

struct StagesStatus {
  std::vector<TaskStatus> tasks;  // in order
  std::vector<StandbyStatus> standbys;
  bool is_given = false;  // the group has said what is ours
  std::optional<Standstill> standstill;
  KafkaCounters counters;
  TakeOverCounters take_overs;
  ProducedCounters produced;
  CommitTimes commits;
  Duration rebalancing;  // time in which not all tasks ran that are ours

  // How long no tick has come to the tasks that the clock writes to; 0 while none of them runs.
  Duration without_tick() const;
};

struct IntakeStatus {
  bool is_given = false;                     // the group has said what is ours, or there is nothing
  bool is_reading = false;                   // it, but for what is in trouble
  std::vector<InputStatus> inputs;           // that are read here
  std::map<TopicPartition, Error> troubles;  // of inputs that are ours; the others go on
  std::optional<Standstill> standstill;
  IntakeCounters counters;
  ProducedCounters produced;
  CommitTimes commits;
  std::optional<ContentHash> awaits_rules;  // nothing is read until they are compiled here
  bool keeps_time = false;                  // the clock task runs here; else the rest is empty
  Instant last_tick{0};
  Duration held;  // for which the tick that waits has been held back
  uint64_t ticks = 0, forced_ticks = 0;
};

// Why a worker is not ready, the first thing first.
enum class Unready : uint8_t {
  kJoins,         // a group has not said yet what is ours
  kAwaitsRules,   // that are not compiled here
  kRestores,      // tasks
  kRefused,       // a task for whose ticks others wait, or all that there are
  kCannotRead,    // any of its inputs
  kCannotCommit,  // for a while now
  kClockStands
};
inline constexpr Unready kUnready[] = {
    Unready::kJoins,      Unready::kAwaitsRules,  Unready::kRestores,   Unready::kRefused,
    Unready::kCannotRead, Unready::kCannotCommit, Unready::kClockStands};
// As APIs and metrics have it: joins, awaits_rules, restores, refused, cannot_read, cannot_commit,
// clock_stands.
std::string_view UnreadyName(Unready reason);

struct UnreadyReason {
  Unready reason = Unready::kJoins;
  std::string text;  // for people
};

// Begins, restores, awaits_rules, refused or runs; a restored one begins to run at once and
// counts among those that restore.
std::string_view PhaseName(TaskPhase phase);

struct WorkerStatus {
  StagesStatus stages;
  IntakeStatus intake;
  Duration clock_patience = Seconds(90);  // without a tick: then the clock stands

  // None: each task that is ours runs, and intake reads. A refused task does not count, nor an
  // input that alone cannot be read: these are for people.
  std::vector<UnreadyReason> not_ready() const;
  bool is_ready() const { return not_ready().empty(); }
  // Versions that something here waits for.
  std::set<ContentHash> awaited_rules() const;
};

}  // namespace pm
