// The log of a worker on Kafka: its share of the tasks of identity, account and desk. Takes tasks
// over and gives them up inside Poll, and makes of each commit one transaction, so that Drive and
// Task know nothing of Kafka. One thread.
#pragma once
#include <deque>

#include "engine/runtime/drive.h"
#include "engine/runtime/kafka/client/rebalances.h"
#include "engine/runtime/kafka/logs/commit_step.h"
#include "engine/runtime/kafka/logs/failing_transactions.h"
#include "engine/runtime/kafka/logs/transaction.h"
#include "engine/runtime/kafka/state/standbys.h"
#include "engine/runtime/kafka/state/take_over.h"

namespace pm {

struct StageLogSettings {
  TakeOverSettings take_over;
  std::string address;  // of this worker, for whoever looks at a changelog
  uint32_t partitions = 16;
  TaskSettings task;  // what says which task it is, is set for each; the cache is of all of them
  Duration commit = Milliseconds(20);  // once drained, but at most this often
  Duration wait = Milliseconds(100);   // of a poll when there is nothing to do
  // Of owners in a row who began at one place and died: after the first one few records are tried
  // at once, the square root of what is usual; after so many each alone, and after so many the
  // record is set aside. Of a tick it is timers.
  uint32_t one_by_one_after = 2;
  uint32_t skip_after = 4;
  uint32_t standbys = 0;       // deaths of others for which copies are kept warm
  size_t standby_slice = 500;  // records a poll for these; less while there is work
  FailPoint fail_point;
};

struct KafkaCounters {
  uint64_t commits = 0;
  uint64_t aborted = 0;  // the group or the broker would not have it
  uint64_t unknown = 0;  // the producer was lost: the changelog was asked
  uint64_t rebalances = 0;
  uint64_t lost = 0;                 // partitions that others had taken already
  uint64_t skipped = 0;              // records that no worker survived
  std::map<int, uint64_t> failures;  // of transactions, by the error's code
};

// A task of ours, for people and metrics.
struct TaskStatus {
  TaskId id;
  TaskPhase phase = TaskPhase::kBegins;
  std::string why;                     // it was refused, or what it waits for
  std::optional<ContentHash> awaited;  // rules that are not compiled here
  // While it restores: of its changelog.
  int64_t records_left = 0;
  int64_t records_per_second = 0;
  std::optional<int64_t> seconds_left;
  // Once it runs.
  int64_t committed = -1;      // input offset to be read next; -1: nothing was committed
  std::optional<int64_t> lag;  // records behind what was applied; absent: not known yet
  Instant tick{0};             // every due before it has fired
  // How long it is, in the time of what it reads, that no tick has come, also none that repeats an
  // older one as the next is held back: since the last, or since it began to run here.
  Duration without_tick;
  ContentHash rules;
  size_t parked = 0;  // rows, and the first of them by their keys
  std::vector<std::pair<std::string, ParkedRow>> parked_rows;
  std::vector<PendingDues> pending;
  TaskCounters counters;
};

struct StageReaders {
  KafkaReader& restore;
  KafkaReader* standby = nullptr;  // none: no standbys
};

class StageLog final : public Log {
 public:
  // All outlive the log. `tasks` is the driver's map.
  StageLog(KafkaClient& client, const StageReaders& readers, LocalStores& stores,
           const StageLogSettings& settings, StageTable stages, RuleProvider rules,
           const Clock& clock, Tasks& tasks);

  // kKafkaFenced: another process has our instance; kKafkaRefused: not set up as it must be.
  Result<std::span<const Record>> Poll(TaskId* task, const Bounds& bounds) override;
  Result<void> Commit(std::span<CommitSet> sets) override;
  bool GivesAgain() const override { return true; }
  // Before it is given up in peace: what is not committed was no one's death.
  Result<void> End();

  const KafkaCounters& counters() const { return counters_; }
  const ProducedCounters& produced() const { return transactions_.counters; }
  const std::map<TaskId, TakeOver>& taking_over() const { return take_overs_.all(); }
  // Tasks of others that are followed; empty without standbys.
  const std::map<TaskId, Standby>& standbys() const { return standbys_.all(); }
  const TakeOverCounters& take_overs() const { return take_overs_.counters(); }
  bool is_given() const { return is_given_; }  // the group has said what is ours
  // Why the last transaction was not committed; nullopt once one was.
  const std::optional<Error>& failure() const { return transactions_.failure(); }
  Duration rebalancing() const { return rebalances_.lost(); }
  // All tasks of ours, in order. For now and then.
  std::vector<TaskStatus> Look() const;
  // Tasks that stand still at rules that are not compiled here, with these.
  std::map<TaskId, ContentHash> awaiting_rules() const;

 private:
  struct Fetched {
    std::string bytes;
    int64_t position;
    Instant at;
  };
  // A task that runs here.
  struct Owned {
    TopicPartition input, changelog;
    Store* store = nullptr;
    std::deque<Fetched> queue;
    int64_t next = 0;  // offset to be fetched
    int64_t committed = -1;
    int64_t start = 0;  // offset where the group stood when it was taken over
    Instant ticked_at;  // the last one came, or it began here
    // Where its local copy is to be read on from: there stands the last meta that is known of.
    int64_t copy_from = 0;
    std::optional<OwnerRecord> owner;    // that the changelog names
    bool owns = false;                   // it is our own, and for what is handed out next
    bool got_on = false;                 // something was committed since it began here
    uint32_t attempts = 0;               // before us, without progress
    size_t at_once = 0;                  // records handed out, of those that are suspected
    size_t suspects = 0;                 // records still to be tried so: one of them kills,
    int64_t suspects_end = 0;            // and it lies below this offset
    Instant tick;                        // that was committed
    std::optional<std::string> skips;    // key of what is set aside, not committed yet
    std::optional<std::string> told;     // ... of what people were told of last
    std::optional<ContentHash> awaited;  // rules of the switch at the head of the queue
  };

  Result<std::span<const Record>> Next(TaskId* task, const Bounds& bounds);
  std::span<const Record> Drained();
  void TakeBack();
  void NoteRebalance();
  Result<void> Recover();
  Result<void> TakeIn();
  Result<void> FollowOthersThan(const std::set<uint32_t>& own);
  Result<void> FollowOn(size_t most);
  Result<void> Fetch(size_t most);
  size_t Take(const KafkaRecord& record);
  Result<void> Take(const Assigned& assigned);
  Result<bool> GiveUp();
  Result<void> AssignRunning();
  Result<void> HoldBack(size_t queued, size_t bytes, size_t most);
  Result<bool> IsReady(Owned& owned);
  Result<std::span<const Record>> HandOut(TaskId id, Owned& owned, const Bounds& bounds);
  Duration WaitFor() const;
  size_t Queued() const;
  bool IsOverdue(const Bounds& bounds) const;
  int64_t NextOf(TaskId id) const;  // input offset behind what was applied

  // stage_commit.cc
  Result<void> Transact(std::span<CommitSet> sets);
  std::string NoteOf(const CommitSet& set);
  Result<void> StoreAll(std::span<CommitSet> sets);
  Result<void> PutAll(const CommitSet& set);
  Result<void> Aborted(const Error& error);
  Result<void> At(CommitStep step) const;

  // stage_owners.cc
  size_t Suspect(TaskId id, Owned& owned, size_t records) const;
  void SetHeadAside(TaskId id, Owned& owned);
  void GotOn(Owned& owned);
  Result<void> TellOfSurvivors();
  Result<void> TellThatTheyLive(std::span<const CommitSet> sets);
  Result<void> TellOf(const std::set<TaskId>& survivors);
  Result<bool> TakeOwnership(TaskId id);
  OwnerRecord OwnerOf(TaskId id) const;
  bool IsOurs(TaskId id, const OwnerRecord& record) const;
  bool HasTried(TaskId id, const OwnerRecord& record) const;
  uint32_t AttemptsBefore(TaskId id, const Owned& owned, const OwnerRecord& record) const;
  Result<void> WriteOwners(const std::map<TaskId, OwnerRecord>& records);

  KafkaClient& client_;
  const StageLogSettings& settings_;
  const StageTable stages_;
  const RuleProvider rules_;
  const Clock& clock_;
  Tasks& tasks_;
  Transactions transactions_;
  FailingTransactions failing_;
  TakeOvers take_overs_;
  Standbys standbys_;
  const bool has_standbys_;
  std::map<TaskId, Owned> owned_;
  // Records of this process, since the last that is known to stand in the changelog: commits whose
  // answer was lost may have brought any of them there.
  std::map<TaskId, std::vector<OwnerRecord>> written_;
  std::set<TaskId> survivors_;      // what was handed out was applied, and not committed
  std::optional<Revoked> revoked_;  // not answered yet
  bool needs_producer_ = true;
  bool needs_rewind_ = false;   // inputs are read again from behind the last commit
  bool needs_restore_ = false;  // nobody knows what was committed: ask the changelogs
  bool needs_assign_ = false;
  bool rests_ = false;       // after failures: nothing is read
  bool is_full_ = false;     // more than enough is queued: nothing is read, either
  bool heard_ = false;       // the group, since the last commit
  bool dirty_ = false;       // handed out since the driver was last told to commit
  bool commit_now_ = false;  // it is to be told at the next Poll
  // As the clock measures: a wall clock that is set back must not hold commits back.
  Duration committed_at_;
  Duration begun_at_;     // the batch, while it is dirty
  Duration commit_took_;  // the last one
  std::vector<Fetched> given_;
  std::vector<Record> records_;
  TaskId last_{};  // task that was served last
  Rebalances rebalances_;
  bool is_given_ = false;  // what is ours; else the group has it
  KafkaCounters counters_;
};

}  // namespace pm
