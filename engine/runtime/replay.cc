#include "engine/runtime/replay.h"

#include "engine/runtime/memory_store.h"

namespace pm {

namespace {
constexpr size_t kChunk = 1000;
constexpr size_t kChunkBytes = size_t{4} << 20;
}  // namespace

Result<void> VisitInput(const StoreView& recorded,
                        const std::function<void(const Record&)>& visit) {
  const int64_t last = ReadTaskMeta(recorded).position;
  for (int64_t after = -1; after < last;) {
    const auto entries = recorded.ReadLog(kInputTopic, after, kChunk, kChunkBytes);
    if (!entries) return Fail(kReplayImpossible, entries.error().text);
    if (entries->empty())
      return Fail(kReplayImpossible, fmt::format("the input ends at {}, not {}", after, last));
    for (const LogEntry& entry : *entries) {
      if (entry.offset <= last) visit({entry.bytes, entry.offset, entry.at});
      after = entry.offset;
    }
  }
  return {};
}

Result<ReplayResult> Replay(const StoreView& recorded, StageTable stages, RuleProvider rules,
                            const OutputVisitor& visit, TaskSettings settings) {
  ReplayResult result;
  result.recorded = ReadTaskMeta(recorded);
  MemoryStore store;
  Task task(store, std::move(settings), std::move(stages), std::move(rules));
  const auto commit = [&] {
    const CommitSet set = task.Seal();
    PM_CHECK(WriteState(store, set).has_value());
    task.Committed();
    if (!visit) return;
    for (const SealedOutput& output : set.outputs) visit(output);
  };
  PM_TRY_VOID(VisitInput(recorded, [&](const Record& record) {
    for (bool whole = task.Apply(record); !whole; whole = task.Resume()) commit();
    if (++result.records % static_cast<int64_t>(kChunk) == 0) commit();
  }));
  if (task.HasWork()) commit();
  result.replayed = task.meta();
  result.counters = task.counters();
  return result;
}

}  // namespace pm
