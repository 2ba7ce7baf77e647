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

// What killed those before us is one of a batch. A few of it are tried at a time, and once that
// killed, too, each of these alone: who dies leaves behind at which. What came since is none of it.
void StageLog::GotOn(Owned& owned) {
  const bool is_cleared = owned.skips.has_value() || owned.committed >= owned.suspects_end;
  owned.got_on = true;
  owned.skips.reset();
  owned.suspects -= is_cleared ? owned.suspects : std::min(owned.suspects, owned.at_once);
  if (owned.suspects > 0) owned.owns = false;
  if (owned.suspects == 0) owned.attempts = 0;
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

// Before an owner's first record is applied, so that who comes after it knows whom to fence, and
// how often the record was tried. Those that no owner died of are written together: a transaction
// each would hold up a fail-over. A suspect comes alone, when it is its turn, or others would be
// blamed for what it does. False: not this time.
Result<bool> StageLog::TakeOwnership(TaskId id) {
  if (owned_.at(id).owns) return true;
  std::map<TaskId, OwnerRecord> records = {{id, OwnerOf(id)}};
  if (records.at(id).attempts == 0) {
    for (const auto& [other, owned] : owned_) {
      if (owned.owns || owned.queue.empty() || owned.awaited) continue;
      OwnerRecord record = OwnerOf(other);
      if (record.attempts == 0) records.emplace(other, std::move(record));
    }
  }
  if (const Result<void> done = WriteOwners(records); !done) {
    const Error error = Aborted(done.error()).error();
    if (error.code != kCommitAborted) return std::unexpected(error);
    return false;
  }
  failing_.Succeeded();
  for (auto& [task, record] : records) {
    Owned& owned = owned_.at(task);
    owned.owns = true;
    owned.got_on = false;
    owned.attempts = record.attempts;
    owned.owner = written_[task] = record;
  }
  return true;
}

OwnerRecord StageLog::OwnerOf(TaskId id) const {
  const TaskMeta& meta = tasks_.at(id).meta();
  OwnerRecord record{settings_.take_over.transactional_id, settings_.address,
                     meta.position < 0 ? FirstPosition(owned_.at(id).start) : meta.position + 1};
  record.is_new = meta.position < 0;
  record.meta = HashContent(Encoded(meta));
  record.attempts = AttemptsBefore(id, owned_.at(id), record);
  return record;
}

uint32_t StageLog::AttemptsBefore(TaskId id, const Owned& owned, const OwnerRecord& record) const {
  const std::optional<OwnerRecord>& before = owned.owner;
  const bool got_on = !before || before->position != record.position || before->meta != record.meta;
  if (got_on) return owned.suspects > 0 ? std::min(owned.attempts, settings_.one_by_one_after) : 0;
  if (before->lived) return 0;
  const auto ours = written_.find(id);
  return before->attempts + (ours != written_.end() && ours->second == *before ? 0 : 1);
}

// Commits may fail for reasons that lie in no record: an output topic without a leader, too few
// copies. Whoever comes next is not to take that for deaths, and a record for what they died of.
Result<void> StageLog::TellOf(const std::set<TaskId>& survivors) {
  std::map<TaskId, OwnerRecord> records;
  for (const TaskId id : survivors) {
    const auto owned = owned_.find(id);
    const auto ours = written_.find(id);
    if (owned == owned_.end() || ours == written_.end() || owned->second.got_on) continue;
    if (owned->second.owner != ours->second || ours->second.lived) continue;
    OwnerRecord& record = records[id] = ours->second;
    record.lived = true;
    record.attempts = 0;
  }
  if (records.empty()) return {};
  if (const Result<void> done = WriteOwners(records); !done) {
    for (const auto& [id, record] : records) survivors_.insert(id);
    const Error error = Aborted(done.error()).error();
    return error.code == kCommitAborted ? Result<void>{} : std::unexpected(error);
  }
  for (auto& [id, record] : records) owned_.at(id).owner = written_[id] = record;
  return {};
}

Result<void> StageLog::End() {
  std::set<TaskId> all;
  for (const auto& [id, owned] : owned_) all.insert(id);
  return needs_producer_ ? Result<void>{} : TellOf(all);
}

Result<void> StageLog::WriteOwners(const std::map<TaskId, OwnerRecord>& records) {
  std::vector<PartitionOffset> next;
  PM_TRY_VOID(transactions_.Begin());
  for (const auto& [id, record] : records) {
    const auto& [input, changelog] = std::tie(owned_.at(id).input, owned_.at(id).changelog);
    const Owned& owned = owned_.at(id);
    next.push_back(
        {input, owned.committed < 0 ? owned.start : owned.committed, NoteText({owned.tick, {}})});
    PM_TRY_VOID(
        transactions_.Put({changelog.topic, changelog.partition, OwnerKey(), Encoded(record), {}}));
  }
  PM_TRY_VOID(transactions_.Flush());
  PM_TRY_VOID(transactions_.SendOffsets(next));
  PM_TRY_VOID(At(CommitStep::kClaimed));
  return transactions_.Commit();
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
