// The stages in memory over events as publishers send them, in the events' own time: what
// `simulate` and scenarios run on. A Simulation (engine/runtime/simulated.h) that knows how to read
// an event's time and which rules are meant. One thread. Same input, same outputs.
#pragma once
#include <map>
#include <memory>
#include <string_view>

#include "engine/runtime/simulated.h"

namespace pm {

class DryRun {
 public:
  using Observer = Simulation::Observer;

  // `book` comes into force with the first record.
  DryRun(std::shared_ptr<const RuleBook> book, Observer observer);
  DryRun(const DryRun&) = delete;
  DryRun& operator=(const DryRun&) = delete;

  // One event as its publisher sent it, after the timers due before its time; without a time it
  // comes at the running maximum.
  void Submit(std::string_view event);
  // The same at an instant of the caller's, whatever time it says itself.
  void SubmitAt(std::string_view event, Instant at);
  // The rules in force from here on, at instant `at` or now, whichever is later. `propagate`: what
  // runs goes over to them.
  void Switch(std::shared_ptr<const RuleBook> book, Instant at, bool propagate = false);
  // Fires what is due before or at `until`.
  void RunUntil(Instant until);
  // Fires what is due before `until` only: a record at `until` then comes before its timers.
  void RunBefore(Instant until);
  // As after an outage: time jumps to `until` in one tick.
  void Jump(Instant until);
  // A record of a recorded input, as it stands.
  void Replay(const Record& record) { simulation_.Replay(record); }
  // Hands all that was done to the observer and the store.
  void Flush() { simulation_.Run(); }

  // Where time stands behind all that came; kNever before the first record. Flushes.
  Instant now() {
    Flush();
    return simulation_.now();
  }
  // As of the last Flush.
  const Store& store() const { return simulation_.store(); }
  const TaskMeta& meta() const { return simulation_.meta(); }
  TaskCounters counters() const { return simulation_.counters(); }
  int64_t events() const { return events_; }

 private:
  void Begin(Instant at);

  std::map<ContentHash, std::shared_ptr<const RuleBook>> books_;
  const ContentHash first_;
  Simulation simulation_;
  bool begun_ = false;
  int64_t events_ = 0;
};

}  // namespace pm
