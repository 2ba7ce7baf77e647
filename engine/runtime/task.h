// The one runtime of stages, for embedded, file, Kafka and simulation: applies records in order and
// seals what they did. State and outputs are a function of the records and the state before, byte
// for byte, wherever the commits fall. One thread.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/runtime/commit_set.h"
#include "engine/runtime/due_index.h"
#include "engine/runtime/histogram.h"
#include "engine/runtime/record.h"
#include "engine/runtime/row_cache.h"
#include "engine/stages/state_rows.h"
#include "engine/stages/step.h"
#include "rules/book.h"

namespace pm {

// Null when no compiled rules are known under the hash.
using RuleProvider = std::function<std::shared_ptr<const RuleBook>(ContentHash)>;

// The stages' code; tests put in their own.
struct StageTable {
  std::function<Effects(Stage, RowReader&, const Input&, Instant now, EventId cause,
                        const RuleBook&, size_t* gets)>
      run;
  std::function<Stage(std::string_view row_key)> stage_of_row;
  // After a message's step failed (RunFallback); none when empty.
  std::function<Effects(RowReader&, const Message&, EventId cause, const RuleBook&)> fall_back;
  std::vector<Stage> on_switch;  // these also get a Message of type kNone when the rules change
  StateRows state_rows;          // for changelogs and restores
};
StageTable RealStages();

struct TaskSettings {
  TaskId id;
  std::vector<Stage> fused = {Stage::kIntake, Stage::kIdentity, Stage::kAccount, Stage::kDesk};
  // Of each stage. With several, what steps send may be another task's, also within one stage: then
  // all of it goes through the log.
  uint32_t partitions = 1;
  uint32_t upstream = 1;                   // partitions whose ticks are awaited
  Duration late = Seconds(60);             // a timer later than this runs at the tick's time
  size_t cache_bytes = size_t{256} << 20;  // clean rows
  size_t batch_rows = 20'000;              // within a tick: commit at this many dirty rows ...
  size_t batch_work = size_t{32} << 20;    // ... or once all that came of it takes so much memory
};

// Totals since the task was made; budgets and metrics read them.
struct TaskCounters {
  uint64_t records = 0;
  uint64_t steps = 0;
  uint64_t fired = 0;       // timers
  uint64_t gets = 0;        // rows looked up by steps
  uint64_t store_gets = 0;  // of these, not in the cache
  uint64_t rows_written = 0;
  uint64_t row_bytes_written = 0;
  uint64_t messages = 0;
  uint64_t outputs = 0;
  uint64_t output_bytes = 0;
  uint64_t failed_steps = 0;
  // Of each fired timer: how long its due had passed when its tick came.
  Histogram<9> late_ms{{100, 1000, 2000, 5000, 15'000, 60'000, 120'000, 600'000, 3'600'000}};
};

// A row whose due failed: out of the due index until its due changes or a RetryRecord names it, and
// listed.
struct ParkedRow {
  struct Key {
    std::string row;
    void Append(std::string* out) const { *out += row; }
  };
  static constexpr char kPrefix = '!';
  Instant since;  // due of the row when it failed
  Instant at;     // now of the step
  std::string why;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "since", &ParkedRow::since, "The due that failed.");
    v.Field(2, "at", &ParkedRow::at, "When it did.");
    v.Field(3, "why", &ParkedRow::why, "The broken invariant.");
  }
};

// A timer may set other timers back to a time its tick has passed, and these others, this many
// times over; the row that would be next is parked. Without it a circle of them would hold the
// engine for ever.
inline constexpr uint32_t kMaxEchoes = 8;
inline constexpr size_t kMaxValueBytes = size_t{256} << 10;  // of a row or an output

class Task {
 public:
  // The store outlives the task and holds its state alone. PM_CHECKs that the rules in force are
  // known to the provider.
  Task(Store& store, TaskSettings settings, StageTable stages, RuleProvider rules);
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  // A record at or below the last position is ignored: it was applied before. False: a tick reached
  // the batch's bound; Seal, commit, and apply it again until it says true, before any other.
  [[nodiscard]] bool Apply(const Record& record);
  bool IsFiring() const { return firing_.has_value(); }  // such a tick is not at its end

  // Timers fire at most so many rows in a batch, so that a process that dies of one leaves behind
  // at which: 1, each alone; 0, no bound but the settings'.
  void FireAtMost(size_t rows) { fires_at_most_ = rows; }

  bool HasWork() const { return has_work_; }  // something to seal
  // About what that takes of memory: rows, messages and outputs.
  size_t work_bytes() const { return batch_bytes_ + cache_.dirty_bytes(); }
  CommitSet Seal();  // Committed or Abandon must follow
  void Committed();
  void Abandon();  // forgets everything since the last commit

  std::optional<DueKey> NextDue(Instant before);  // uncommitted work included
  const TaskMeta& meta() const { return meta_; }  // as of the last record applied
  TaskCounters counters() const;
  const std::set<std::string>& parked() const { return parked_; }  // row keys
  const TaskSettings& settings() const { return settings_; }
  const RuleBook* rules() const { return rules_.get(); }  // in force; null: none yet

 private:
  struct Firing {
    Instant until;
    int64_t position;
    std::vector<std::string> parks;  // rows that no process survived
  };
  struct Cause {  // what a step is about, for its failure
    Instant now;
    EventId id, root;
    Mode mode = Mode::kLive;
    uint32_t hops = 0;
  };

  void ApplyData(Message message, const Record& record);
  void ApplySwitch(const SwitchRecord& to, const Record& record);
  void AppendPartition(std::string* identity) const;
  void SetAside(std::string_view reason, std::string_view original, const Record& record);
  bool BeginTick(const TickRecord& tick, const Record& record, std::vector<std::string> parks);
  bool GoOnFiring();
  void Fire(const DueKey& due, Instant until);
  void RunMessage(Message message);
  std::string RunStep(Stage stage, const Input& input, Instant now, EventId cause);
  std::string Attempt(const std::function<Effects()>& step);
  void Take(Effects effects);
  void Index(const RowEdit& edit);
  void CountPending(std::string_view row, int64_t change);
  void NoteEcho(const RowEdit& edit);
  EchoDue TakeEcho(std::string_view row);
  void Park(const DueKey& due, const Cause& cause, const std::string& why);
  void Unpark(const std::string& row);
  void RetryParked(const std::string& row);
  void ReportFailure(const Cause& cause, std::string_view code, const std::string& why,
                     std::string_view original);
  void LoadParked();

  Store& store_;
  const TaskSettings settings_;
  const StageTable stages_;
  const RuleProvider provider_;
  std::shared_ptr<const RuleBook> rules_;
  RowCache cache_;
  DueIndex dues_;
  TaskMeta meta_, committed_;
  std::set<std::string> parked_;
  std::vector<Send> sends_;
  std::vector<SealedOutput> outputs_;
  size_t batch_bytes_ = 0;
  std::optional<Firing> firing_;
  std::optional<uint32_t> echo_depth_;  // of the due that fires at this moment
  size_t fires_at_most_ = 0;
  bool has_work_ = false;
  bool sealed_ = false;
  TaskCounters counters_;
};

}  // namespace pm
