// A state on one machine, for MoveState: the store of an engine that has stopped, and a directory
// that a new one is to find.
#pragma once
#include <memory>

#include "engine/runtime/clock.h"
#include "engine/runtime/rocks/rocks_store.h"
#include "engine/runtime/state_move.h"
#include "engine/runtime/task.h"

namespace pm {

class EmbeddedSource final : public StateSource {
 public:
  // The store outlives it. `task` as the engine had it.
  EmbeddedSource(Store& store, std::string name, TaskSettings task, StageTable stages,
                 RuleProvider rules);

  std::string name() const override { return name_; }
  Result<Generation> generation() override { return ReadGeneration(store_); }
  Result<StillState> Read() override;
  Result<void> Leave(const std::string& to) override { return Mark(to); }
  Result<void> TakeBack() override { return Mark({}); }

 private:
  Result<void> Mark(const std::string& to);

  Store& store_;
  const std::string name_;
  const TaskSettings task_;
  const StageTable stages_;
  const RuleProvider rules_;
};

// Beside a directory: what a reshape to it works in. One that was killed leaves it.
std::string ReshapeFolder(const std::string& directory);
// For an engine; made when missing. PM0550: it is, and a reshape is to bring the state, or was
// killed. Errors of RocksStore::Open.
Result<std::unique_ptr<RocksStore>> OpenToWork(const std::string& directory);

class EmbeddedTarget final : public StateTarget {
 public:
  // The directory is made in `scratch`, on the same file system, and comes under its name when it
  // is whole.
  EmbeddedTarget(std::string directory, std::string scratch, std::string name);
  ~EmbeddedTarget() override;

  std::string name() const override { return name_; }
  Result<Generation> Look(const std::string& from) override;
  Result<Generation> FindMark(const std::string& from) override { return Look(from); }
  Result<void> Begin(const std::string& from) override;
  ReshapeLayout layout() const override { return {true, 1, {}}; }
  Result<Store*> Open(TaskId task) override;
  Result<void> Write(const StateRules& rules) override;
  Result<std::map<TaskId, const StoreView*>> ReadBack() override;
  Result<void> MayFinish() override;
  Result<void> Finish() override;

 private:
  Result<void> OpenStore(bool create);
  std::string made() const { return scratch_ + "/made"; }

  const std::string directory_, scratch_, name_;
  std::string from_;
  std::unique_ptr<RocksStore> store_;
};

}  // namespace pm
