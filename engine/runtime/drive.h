// The one driver: poll, apply, seal, commit. Embedded, file, Kafka and simulation differ in their
// Log and Store only.
#pragma once
#include <map>
#include <span>
#include <stop_token>

#include "engine/runtime/task.h"

namespace pm {

struct Bounds {
  uint32_t records = 1000;         // commit at this many ...
  size_t bytes = size_t{4} << 20;  // ... or at this size of records
  // ... or once what came of them takes so much memory: of a log that gives again, and within
  // ticks.
  size_t work = size_t{32} << 20;
};

class Log {
 public:
  virtual ~Log() = default;
  // Records of one task, in order, valid until the next Poll. Empty: drained for now, commit. May
  // wait. Tasks may be added to and taken from the driver's map in here, and nowhere else.
  virtual Result<std::span<const Record>> Poll(TaskId* task, const Bounds& bounds) = 0;
  // All or nothing, durable on return; then acknowledges. PM0508: nothing was taken, and Poll
  // begins again behind the last commit. Any other error: unknown, end.
  virtual Result<void> Commit(std::span<CommitSet> sets) = 0;
  // True: Poll gives again what of its records was not applied, also a tick that is not at its end.
  // So the driver comes back to it after every commit, and a tick may take minutes. False: all that
  // was polled is applied first, with as many commits as its ticks take.
  virtual bool GivesAgain() const { return false; }
};

using Tasks = std::map<TaskId, Task>;

// Until `stop`, then commits what was applied. Errors are the log's.
Result<void> Drive(Log& log, Tasks& tasks, const Bounds& bounds, std::stop_token stop);

}  // namespace pm
