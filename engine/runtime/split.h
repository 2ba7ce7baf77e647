// The distributed engine in one thread: each stage has tasks of its own on several partitions of a
// log in memory, spread over workers. A seed decides who polls how much when, and where things
// fail: before, in and after a commit, between the stores of one commit, and while tasks move. The
// Task, the stages and the driver are those of production; time is fed.
#pragma once
#include <map>
#include <memory>
#include <vector>

#include "engine/runtime/split_log.h"

namespace pm {

class SplitSimulation {
 public:
  SplitSimulation(const SplitSettings& settings, StageTable stages, RuleProvider provider,
                  ContentHash rules);

  // Each appends and lets the workers run a little. Times do not go back.
  EventId Feed(Submission submission, Instant at);
  void Switch(ContentHash rules, Instant at);
  // Works until nothing is left to read and no timer waits that is due at `until` or before, also
  // none that the last ones set to their own time.
  void Finish(Instant until);

  // What a reader of committed transactions sees, in order of commit.
  const std::vector<SealedOutput>& outputs() const { return log_.outputs; }
  // The committed rows of every task.
  void VisitStores(const std::function<void(TaskId, const Store&)>& visit);
  // Sum over the hash chains of all tasks' outputs: equal for equal seeds and inputs.
  Digest Fingerprint() const;
  const SplitFaults& faults() const { return log_.faults; }

 private:
  void Append(const std::string& record, Instant at, TaskId to);
  void Step();
  void RunWorker(SplitWorker& worker);
  void Move();
  void NoteTime();
  void PutTick();
  bool Idle() const;

  const SplitSettings settings_;
  SplitLog log_;
  std::vector<SplitWorker> workers_;
  struct Note {
    Instant now;
    std::vector<int64_t> marks;  // ends of intake's partitions at that time
  };
  std::optional<Note> note_;
  Instant now_{0};
  Instant last_tick_{0};
  int64_t ordinal_ = 0;
};

}  // namespace pm
