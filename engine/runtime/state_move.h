// Moves a state that nobody works with to another place, in a layout of its own, so that it may be
// killed at any point and begun again: the new place is marked as half made until all of it was
// read back there and the old one is marked as left. Rows are only ever copied.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/runtime/generation.h"
#include "engine/runtime/reshape.h"
#include "engine/runtime/rules_history.h"

namespace pm {

// What of a state is no rows.
struct StateRules {
  ContentHash in_force;
  RulesHistory history;
  std::map<ContentHash, std::string> documents;  // of those in the history, as far as they are kept
};
StateRules ReadStateRules(const StoreView& store);
// So that the last of the history is what is in force.
void EndHistory(const TaskMeta& meta, RulesHistory* history);

struct StillState {
  std::vector<const StoreView*> tasks;  // the source's own
  StateRules rules;
};

class StateSource {
 public:
  virtual ~StateSource() = default;
  virtual std::string name() const = 0;
  virtual Result<Generation> generation() = 0;
  // Works off what is under way, then reads. PM0552 while somebody works with it, PM0514 when it
  // does not come to rest.
  virtual Result<StillState> Read() = 0;
  // Nobody works with it from here on. PM0552 when somebody has since it was read.
  virtual Result<void> Leave(const std::string& to) = 0;
  // The other way: it was not moved after all.
  virtual Result<void> TakeBack() = 0;
};

class StateTarget {
 public:
  virtual ~StateTarget() = default;
  virtual std::string name() const = 0;
  // What a reshape before this one left; PM0553 for anything else that is there. May make where it
  // goes.
  virtual Result<Generation> Look(const std::string& from) = 0;
  // The same as far as it was marked, and nothing is made.
  virtual Result<Generation> FindMark(const std::string& from) = 0;
  virtual Result<void> Begin(const std::string& from) = 0;  // half made from here on
  virtual ReshapeLayout layout() const = 0;                 // without desks
  virtual Result<Store*> Open(TaskId task) = 0;             // empty
  virtual Result<void> Write(const StateRules& rules) = 0;  // what the stores were given
  // As it lies there, read anew.
  virtual Result<std::map<TaskId, const StoreView*>> ReadBack() = 0;
  virtual Result<void> MayFinish() = 0;  // PM0553: something has come in the way since Look
  virtual Result<void> Finish() = 0;     // whole
};

// A fail point stands behind each, in tests.
enum class MoveStep : uint8_t {
  kRead = 1,
  kBegun,
  kDivided,
  kWritten,
  kReadBack,
  kLeft,
  kFinished
};
inline constexpr MoveStep kMoveSteps[] = {
    MoveStep::kRead,     MoveStep::kBegun, MoveStep::kDivided, MoveStep::kWritten,
    MoveStep::kReadBack, MoveStep::kLeft,  MoveStep::kFinished};
struct MoveSettings {
  // Names of all desks that rows may be of; called once the rules were read.
  std::function<Result<std::vector<std::string>>(const StateRules&)> desks;
  std::function<Result<void>(MoveStep)> at_step;  // an error ends it there; may be empty
};
struct MoveReport {
  bool was_done = false;  // by a reshape before this one; the rest is empty
  ReshapeCounts counts;
};

// Errors of both sides, and PM0512 when what is read back differs.
Result<MoveReport> MoveState(StateSource& from, StateTarget& to, const MoveSettings& settings);
// Gives up a move that has not come to its end; false: none had begun, and nothing was changed.
// PM0553: it has come to its end, the leads are there.
Result<bool> CancelMove(StateSource& from, StateTarget& to);

}  // namespace pm
