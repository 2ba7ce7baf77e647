// A commit as one transaction, and what follows when it fails.
#include "engine/runtime/kafka/logs/stage_log.h"
#include "engine/runtime/kafka/state/changelog_keys.h"
#include "engine/runtime/kafka/topics/task_note.h"

namespace pm {

namespace {
// Where many timers wait, those of the next ticks are found without reading the others.
constexpr Duration kSoon = Seconds(2);
constexpr Duration kFarAhead = Minutes(2);  // well above the longest time without a tick
}  // namespace

Result<void> StageLog::Commit(std::span<CommitSet> sets) {
  const Duration begun_at = clock_.Measure();
  heard_ = false;
  PM_TRY_VOID(TellThatTheyLive(sets));
  if (const Result<void> done = Transact(sets); !done) {
    for (const CommitSet& set : sets) survivors_.insert(set.task);
    return Aborted(done.error());
  }
  ++counters_.commits;
  failing_.Succeeded();
  committed_at_ = clock_.Measure();
  commit_took_ = committed_at_ - begun_at;
  return StoreAll(sets);
}

// Steps 1 to 5 of DESIGN section 8.
Result<void> StageLog::Transact(std::span<CommitSet> sets) {
  PM_TRY_VOID(At(CommitStep::kApplied));
  if (needs_producer_) return Fail(kKafkaRetry, "the producer is yet to be had back");
  PM_TRY_VOID(transactions_.Begin());
  for (const CommitSet& set : sets) PM_TRY_VOID(PutAll(set));
  PM_TRY_VOID(transactions_.PutPacked());
  PM_TRY_VOID(At(CommitStep::kProduced));
  PM_TRY_VOID(transactions_.Flush());
  PM_TRY_VOID(At(CommitStep::kFlushed));
  // Of every task touched, also of one that only fired timers: the group fences by these alone.
  std::vector<PartitionOffset> next;
  for (const CommitSet& set : sets) {
    const int64_t position = set.meta.position;
    const Owned& owned = owned_.at(set.task);
    next.push_back({owned.input, position < 0 ? owned.start : OffsetBehind(position), NoteOf(set)});
  }
  PM_TRY_VOID(transactions_.SendOffsets(next));
  PM_TRY_VOID(At(CommitStep::kOffsetsSent));
  PM_TRY_VOID(transactions_.Commit());
  return At(CommitStep::kCommitted);
}

// Until when nothing is due, only of what a tick left as it was: a task at work will be asked again
// soon.
std::string StageLog::NoteOf(const CommitSet& set) {
  TaskNote note{set.meta.tick, {}};
  if (!set.rows.empty()) return NoteText(note);
  Task& task = tasks_.at(set.task);
  auto due = task.NextDue(set.meta.tick + kSoon);
  if (!due) due = task.NextDue(set.meta.tick + kFarAhead);
  note.quiet = due ? due->due : set.meta.tick + kFarAhead;
  return NoteText(note);
}

// Step 6: the changelog has it, so it may be lost here.
Result<void> StageLog::StoreAll(std::span<CommitSet> sets) {
  for (const CommitSet& set : sets) {
    Owned& owned = owned_.at(set.task);
    owned.copy_from = client_.Delivered(owned.changelog).value_or(owned.copy_from);
    PM_TRY_VOID(WriteCopy(*owned.store, set, owned.copy_from));
    owned.committed = set.meta.position < 0 ? owned.start : OffsetBehind(set.meta.position);
    owned.tick = set.meta.tick;
    survivors_.erase(set.task);
    GotOn(owned);
    PM_TRY_VOID(At(CommitStep::kStored));
  }
  return {};
}

Result<void> StageLog::PutAll(const CommitSet& set) {
  for (const Send& send : set.sends) PM_TRY_VOID(transactions_.Put(send));
  PM_TRY_VOID(transactions_.Put(set.outputs));
  const Owned& owned = owned_.at(set.task);
  const auto put = [&](std::string_view key, std::optional<std::string_view> value) {
    ++transactions_.counters.changelog;
    const bool is_meta = key[0] == changelog_keys::kMeta;
    return transactions_.Put(
        {owned.changelog.topic, owned.changelog.partition, key, value, {}, is_meta});
  };
  if (owned.skips) PM_TRY_VOID(put(*owned.skips, std::string_view()));
  return VisitChangelog(set, *owned.store, stages_.state_rows, put);
}

// PM0508, with what Poll has to do first; or an error that ends the worker. Nothing is guessed.
Result<void> StageLog::Aborted(const Error& error) {
  ++counters_.failures[error.code];
  PM_TRY(const AfterFailure after, transactions_.Failed(error));
  failing_.Failed(error.text);
  if (after == AfterFailure::kReadAgain) {
    ++counters_.aborted;
    needs_rewind_ = true;
  } else {
    ++counters_.unknown;
    needs_producer_ = needs_restore_ = true;
  }
  return Fail(kCommitAborted, error.text);
}

Result<void> StageLog::At(CommitStep step) const {
  return settings_.fail_point ? settings_.fail_point(step) : Result<void>{};
}

}  // namespace pm
