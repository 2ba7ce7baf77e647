// How a worker takes tasks over (DESIGN section 8): the offset that the group committed, then the
// state up to the changelog's high watermark of after that, checked by position and digest. Many at
// a time, a part at each call, while other tasks work: who does not answer is not waited for. An
// owner that died with its transaction open is fenced. One thread.
#pragma once
#include <functional>
#include <set>
#include <utility>

#include "engine/runtime/clock.h"
#include "engine/runtime/kafka/state/asking_pace.h"
#include "engine/runtime/kafka/state/changelog.h"
#include "engine/runtime/kafka/topics/topic_names.h"
#include "engine/runtime/task.h"

namespace pm {

// The stores of a worker's tasks, also of those that have moved away: what lies there saves reading
// a changelog from its start. A store lives until it is wiped.
class LocalStores {
 public:
  virtual ~LocalStores() = default;
  virtual Result<Store*> Open(TaskId task) = 0;
  virtual Result<Store*> Wipe(TaskId task) = 0;  // an empty one in its place
  // The others are not in use: they may be closed, and are there when they are opened again.
  virtual void CloseAllBut(std::span<const TaskId> tasks) = 0;
};

struct TakeOverSettings {
  TopicNames names;
  std::string transactional_id;  // of this worker
  // Who is in the tasks' group now, by instance; empty: nobody else can be. May wait.
  std::function<Result<std::set<std::string>>()> members;
  // A reader that sees what is open, too. May wait. Empty: a transaction by which its owner would
  // have claimed a task is waited for.
  std::function<Result<std::unique_ptr<KafkaReader>>()> uncommitted;
  Duration fence_after = Milliseconds(500);  // that the last stable offset stands still
  // Where records of an input that were to be read next are gone, and people go on without them:
  // TOPIC/PARTITION@OFFSET.
  std::set<std::string> accept_lost;
  size_t slice = 5000;                              // records a call
  std::function<void(std::string_view line)> say;   // to the log of people
  std::function<void(std::string_view line)> warn;  // of what they should look at
  std::function<void(std::string_view line)> fail;  // of what stands still until they do
};

enum class TaskPhase : uint8_t { kBegins, kRestores, kAwaitsRules, kRefused, kRestored, kRuns };

// A task on its way to this worker.
struct TakeOver {
  TaskId task;
  TopicPartition input, changelog;
  TaskPhase phase = TaskPhase::kBegins;
  std::string why;  // it was refused, or what it waits for
  Store* store = nullptr;
  std::unique_ptr<Restore> restore;
  bool wiped = false;
  bool bounded = false;    // the four below are known
  int64_t committed = -1;  // of the group; -1: never
  int64_t high = 0;        // to be read up to here
  int64_t input_first = 0;
  int64_t input_end = 0;          // no owner before us has read beyond
  Duration began;                 // as the clock measures, here and below
  int64_t from = 0, read_to = 0;  // of the changelog: since it began, or was wiped
  Duration moved_at;              // when reading last got on, or a dead owner was fenced
  bool stands = false;            // it has not for a while
  // Once restored:
  int64_t start = 0;  // input offset to read from

  // Something that we must read, or the offset that we must know, does not come.
  bool is_held_back() const { return !bounded || read_to < high; }
};

struct TakeOverCounters {
  uint64_t restored = 0;       // tasks
  uint64_t records = 0;        // of changelogs that were read
  uint64_t owners_fenced = 0;  // that were not in the group any more, and may have held us back
  uint64_t copies_wiped = 0;   // not what the changelog says
  uint64_t refused = 0;        // not right after that either, or for their input
};

class TakeOvers {
 public:
  TakeOvers(KafkaClient& client, KafkaReader& reader, LocalStores& stores,
            const TakeOverSettings& settings, const StateRows& rows, const RuleProvider& rules,
            const Clock& clock)
      : client_(client),
        reader_(reader),
        stores_(stores),
        settings_(settings),
        rows_(rows),
        rules_(rules),
        clock_(clock),
        pace_(client, clock) {}

  void Begin(TaskId task);
  void ForgetAll();
  // These are ours now, and no task has a store.
  void KeepStores(std::span<const TaskId> tasks) { stores_.CloseAllBut(tasks); }
  // A part of the work. Errors end the worker.
  Result<void> Advance();
  // Nothing is read while nothing is taken over. Costs nothing when called again.
  Result<void> Rest();
  // Those that are whole now; forgets them.
  std::vector<TakeOver> TakeRestored();
  const std::map<TaskId, TakeOver>& all() const { return all_; }
  const TakeOverCounters& counters() const { return counters_; }
  // True once after an owner was fenced when we did not get our own producer back.
  bool TakeLostProducer() { return std::exchange(lost_producer_, false); }
  bool HasWork() const { return !all_.empty() || !left_.empty(); }
  // A task of ours is not whole yet, and does not wait for people.
  bool IsTakingOver() const;
  // One of these can get on now: it waits for nobody who is silent.
  bool IsBusy() const;

 private:
  Result<void> Open(TakeOver& one);
  Result<void> Bound(TakeOver& one);
  Result<void> AskBounds(TakeOver& one);
  Result<void> ReadSlice();
  Result<void> AssignReader();
  Result<void> Settle(TakeOver& one);
  void Refuse(TakeOver& one, const Error& error);
  Result<void> StartAgain(TakeOver& one, const Error& error);
  Result<void> Finish(TakeOver& one);
  using Owners = std::map<std::string, std::string>;  // transactional ids, with addresses
  Result<void> FenceOwners();
  std::vector<const TakeOver*> HeldBack();
  Result<std::set<std::string>> Alive() const;
  void AddOwner(const std::string& id, const std::string& address,
                const std::set<std::string>& alive, Owners* owners) const;
  Result<void> AddClaims(std::span<const TakeOver* const> held, const std::set<std::string>& alive,
                         Owners* owners);
  Result<void> Fence(const std::string& transactional_id, const std::string& address);
  void Say(const TakeOver& one, std::string_view what) const;
  void Warn(const TakeOver& one, std::string_view what) const;

  KafkaClient& client_;
  KafkaReader& reader_;
  LocalStores& stores_;
  const TakeOverSettings& settings_;
  const StateRows& rows_;
  const RuleProvider& rules_;
  const Clock& clock_;
  AskingPace pace_;  // of tasks, owners and what is said below
  std::map<TaskId, TakeOver> all_;
  std::map<TopicPartition, TaskId> read_;  // what is wanted of what the reader is assigned
  bool reads_ = false;                     // it is assigned something
  std::set<std::string> fenced_;  // since the first of all_ began, or was held back in vain
  Owners left_;  // owners before us of what was restored: not known yet to live, or to be fenced
  TakeOverCounters counters_;
  bool lost_producer_ = false;
};

}  // namespace pm
