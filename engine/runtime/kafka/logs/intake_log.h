// The log of a worker's intake: its share of the users' topics, in a group of its own. Intake keeps
// no state that matters: what it writes (companies of the directory, what was told of) lies in
// memory, and is read anew from the directory topic after a start. Rules come by the control topic.
// Whoever reads the first partition of all also keeps the clock (DESIGN section 5); where there is
// no input yet, all do, which does no harm: what was known before has its timers. One thread.
#pragma once
#include <deque>
#include <functional>
#include <set>

#include "engine/runtime/clock.h"
#include "engine/runtime/drive.h"
#include "engine/runtime/kafka/logs/commit_step.h"
#include "engine/runtime/kafka/logs/failing_transactions.h"
#include "engine/runtime/kafka/logs/tick_clock.h"
#include "engine/runtime/kafka/logs/transaction.h"
#include "engine/runtime/kafka/state/asking_pace.h"

namespace pm {

struct IntakeSettings {
  TopicNames names;
  std::string transactional_id;
  uint32_t partitions = 16;            // of the stages behind it
  std::vector<TopicPartition> inputs;  // of all workers, in order
  Duration commit = Milliseconds(20);
  Duration wait = Milliseconds(100);
  Duration look_again = Minutes(1);  // at inputs that could not be read
  TickSettings ticks;
  // Who is in intake's group now, by instance; empty: nobody is fenced. May wait.
  std::function<Result<std::set<std::string>>()> members;
  std::function<void(std::string_view line)> say;   // to the log of people
  std::function<void(std::string_view line)> warn;  // of what they should look at
  FailPoint fail_point;
};

// An input that is read here.
struct InputStatus {
  TopicPartition partition;
  int64_t committed = 0;       // offset to be read next
  std::optional<int64_t> lag;  // records behind what was read; absent: not known yet
};

struct IntakeCounters {
  uint64_t commits = 0, aborted = 0, unknown = 0, rebalances = 0;
  uint64_t records = 0, events = 0;
  std::map<int, uint64_t> failures;  // of transactions, by the error's code
  uint64_t owners_fenced = 0;        // of inputs: they were not in the group any more
  uint64_t gaps = 0;  // partitions whose next record was gone: retention, or the topic is a new one
};

class IntakeLog final : public Log {
 public:
  // All outlive the log. `store` is in memory and empty; `tasks` is the driver's map.
  IntakeLog(KafkaClient& client, KafkaReader& reader, Store& store, const IntakeSettings& settings,
            StageTable stages, RuleProvider rules, const Clock& clock, Tasks& tasks);

  // kKafkaFenced: another process has our instance; kKafkaRefused: not set up as it must be.
  Result<std::span<const Record>> Poll(TaskId* task, const Bounds& bounds) override;
  Result<void> Commit(std::span<CommitSet> sets) override;

  // Those that there are by now, of all workers, in order.
  void SetInputs(std::vector<TopicPartition> inputs) { ticks_.SetInputs(std::move(inputs)); }
  const std::vector<TopicPartition>& inputs() const { return ticks_.inputs(); }
  // All that is read here was among them.
  bool KnowsItsInputs() const;

  const IntakeCounters& counters() const { return counters_; }
  bool is_given() const { return is_given_; }  // the group has said what is ours
  // What is ours is read, but for what is in trouble.
  bool is_reading() const { return is_given_ && !assigned_; }
  // Why the last transaction was not committed; nullopt once one was.
  const std::optional<Error>& failure() const { return transactions_.failure(); }
  std::vector<InputStatus> Look() const;
  // Inputs of ours that cannot be read, with the reason; looked at again now and then.
  const std::map<TopicPartition, Error>& troubles() const { return troubles_; }
  // The clock is kept here.
  bool KeepsTime() const;
  const ProducedCounters& produced() const { return transactions_.counters; }
  const TickClock& ticks() const { return ticks_; }
  // Rules that are in force, or come next, but are not compiled here: intake waits.
  std::optional<ContentHash> awaits_rules() const;

 private:
  static constexpr TaskId kTask{Stage::kIntake, 0};
  struct Given {
    std::string bytes;
    Instant at;
  };
  std::span<const Record> Drained();
  Result<void> Recover();
  Result<void> StartReading();
  Result<void> Follow();
  bool HasNews() const;
  std::span<const Record> HandOutNews();
  Result<void> Fetch(const Bounds& bounds);
  void Take(const KafkaRecord& record);
  Result<void> Refused(const Error& error);
  Result<void> Read();
  Result<PartitionOffset> StartOf(const PartitionOffset& committed,
                                  std::vector<std::string>* jumps);
  bool MustLook() const;
  void LookAgain();
  void Say(const std::string& line) const;
  void Warn(const std::string& line) const;
  Result<bool> GiveUp();
  bool MaySend() const { return !needs_producer_ && failing_.rest() == Duration{}; }
  Result<void> HoldWhileNothingMayBeRead();
  Result<bool> TakeOwnership(std::span<const PartitionOffset> before,
                             std::span<const PartitionOffset> from);
  Result<bool> FenceTheDead();
  Result<void> Fence(const std::string& owner, std::span<const TopicPartition> its);
  Result<void> KeepTime();
  Result<void> CommitGaps();
  std::span<const Record> HandOut();
  Result<void> Transact(const CommitSet& set);
  Result<void> Outside(const Result<void>& done);
  Result<void> Aborted(const Error& error);
  Result<void> At(CommitStep step) const;
  Duration WaitFor() const;
  bool IsOverdue() const;
  void MakeTask();

  KafkaClient& client_;
  KafkaReader& reader_;
  Store& store_;
  const IntakeSettings& settings_;
  const StageTable stages_;
  const RuleProvider rules_;
  const Clock& clock_;
  Tasks& tasks_;
  Transactions transactions_;
  FailingTransactions failing_;
  TickClock ticks_;

  const TopicPartition control_, directory_;
  int64_t control_end_ = 0, directory_end_ = 0;  // as of the start
  bool reading_ = false, caught_up_ = false;
  std::optional<ContentHash> next_rules_;  // not handed out yet
  std::deque<std::string> learnt_;         // records of the directory, not handed out yet

  std::optional<std::vector<TopicPartition>> assigned_;  // not read yet, or to be read again
  std::optional<Revoked> revoked_;
  std::map<TopicPartition, int64_t> committed_;     // of what is read
  std::map<TopicPartition, Error> troubles_;        // the rest of what is assigned
  AskingPace pace_;                                 // of the dead
  std::set<std::string> fenced_;                    // owners of what is assigned
  std::map<TopicPartition, Error> unfenced_;        // of the dead, which cannot be fenced yet
  std::optional<Duration> asked_at_;                // who is in the group
  bool were_fenced_ = false;                        // all who were gone when that was asked
  bool looks_again_ = false;                        // once nothing is uncommitted
  Duration looked_at_, refused_at_, last_refused_;  // as the clock measures, here and below
  std::set<std::string> refused_;                   // what was said of it
  std::map<TopicPartition, int64_t> next_;          // behind what was handed out
  bool needs_producer_ = true, needs_rewind_ = false;
  bool dirty_ = false, commit_now_ = false, held_ = false;
  bool has_news_ = false;  // the batch has
  bool is_given_ = false;
  Duration committed_at_, gaps_at_, begun_at_;
  Duration commit_took_;  // the last one
  std::vector<Given> given_;
  std::vector<Record> records_;
  int64_t position_ = 0;
  IntakeCounters counters_;
};

}  // namespace pm
