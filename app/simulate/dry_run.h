// The stages in memory, in the events' own time: what `simulate`, scenarios and tests run on. It
// puts tick{d+1} for each due d before the next record, so every timer fires on its instant; a
// record's `at` is the running maximum of its events' times. One thread. Same input, same outputs.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string_view>

#include "engine/runtime/memory_store.h"
#include "engine/runtime/task.h"

namespace pm {

class DryRun {
 public:
  struct Observer {
    std::function<void(const Output&)> output;  // in order, when their commit is done
    std::function<void(const Record&)> record;  // everything applied; may be empty
  };

  // `book` comes into force with the first record.
  DryRun(std::shared_ptr<const RuleBook> book, Observer observer);
  DryRun(const DryRun&) = delete;
  DryRun& operator=(const DryRun&) = delete;

  // One event as its publisher sent it, after the timers due before its time.
  void Submit(std::string_view event);
  // The same at an instant of the caller's, whatever time it says itself.
  void SubmitAt(std::string_view event, Instant at);
  // The rules in force from here on, at instant `at` or now, whichever is later.
  void Switch(std::shared_ptr<const RuleBook> book, Instant at);
  // Fires what is due before or at `until`.
  void RunUntil(Instant until);
  // Fires what is due before `until` only: a record at `until` then comes before its timers.
  void RunBefore(Instant until);
  // As after an outage: time jumps to `until` in one tick.
  void Jump(Instant until);
  // A record of a recorded input, as it stands.
  void Replay(const Record& record);
  // Makes `book` known to switch records of a recorded input.
  void Know(std::shared_ptr<const RuleBook> book);
  // Hands what was done to the observer and the store.
  void Flush();

  Instant now() const { return now_; }  // kNever before the first record
  const Store& store() const { return store_; }
  const TaskMeta& meta() const { return task_->meta(); }
  TaskCounters counters() const { return task_->counters(); }
  int64_t events() const { return events_; }

 private:
  void Begin(Instant at);
  void FireBefore(Instant end);
  void Apply(std::string bytes);

  std::map<ContentHash, std::shared_ptr<const RuleBook>> books_;
  const ContentHash first_;
  const Observer observer_;
  MemoryStore store_;
  std::unique_ptr<Task> task_;
  Instant now_ = kNever;
  int64_t position_ = 0;
  int64_t events_ = 0;
  size_t unsealed_ = 0;
};

}  // namespace pm
