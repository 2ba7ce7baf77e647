// Whose a task is, and what the owners before died of.
#include <fmt/format.h>

#include <algorithm>

#include "engine/runtime/kafka/logs/stage_log.h"
#include "engine/runtime/kafka/topics/task_note.h"

namespace pm {

namespace {
size_t RootOf(size_t n) {
  size_t root = 1;
  while ((root + 1) * (root + 1) <= n) ++root;
  return root;
}

// It is tried again.
Result<void> UnlessAborted(Result<void> done) {
  return done || done.error().code == kCommitAborted ? Result<void>{} : done;
}

}  // namespace

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
    owned.owner = record;
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
  return before->attempts + (HasTried(id, record) ? 0 : 1);
}

bool StageLog::IsOurs(TaskId id, const OwnerRecord& record) const {
  const auto ours = written_.find(id);
  return ours != written_.end() && std::ranges::find(ours->second, record) != ours->second.end();
}

// It began where the task stands, lost it, and lives. Who had it since has counted that as a death,
// which now stands for his own: none is missed, and none is made up but by those who are new here.
bool StageLog::HasTried(TaskId id, const OwnerRecord& record) const {
  const auto ours = written_.find(id);
  return ours != written_.end() && std::ranges::any_of(ours->second, [&](const OwnerRecord& one) {
           return one.position == record.position && one.meta == record.meta;
         });
}

// PM0508 when it could not be said. Commits may fail for reasons that lie in no record: an output
// topic without a leader, too few copies. Whoever comes next is not to take that for deaths, and a
// record for what they died of.
Result<void> StageLog::TellOf(const std::set<TaskId>& survivors) {
  std::map<TaskId, OwnerRecord> records;
  for (const TaskId id : survivors) {
    const auto owned = owned_.find(id);
    if (owned == owned_.end() || owned->second.got_on || !owned->second.owner) continue;
    const OwnerRecord& last = *owned->second.owner;
    if (last.lived || !IsOurs(id, last)) continue;
    OwnerRecord& record = records[id] = last;
    record.lived = true;
    record.attempts = 0;
  }
  if (records.empty()) return {};
  if (const Result<void> done = WriteOwners(records); !done) {
    for (const auto& [id, record] : records) survivors_.insert(id);
    return Aborted(done.error());
  }
  for (auto& [id, record] : records) owned_.at(id).owner = record;
  return {};
}

// Once a commit of theirs has failed.
Result<void> StageLog::TellOfSurvivors() {
  const bool may = !needs_producer_ && !take_overs_.IsBusy() && failing_.rest() <= Duration{};
  if (survivors_.empty() || !may) return {};
  return UnlessAborted(TellOf(std::exchange(survivors_, {})));
}

// What suspects did not kill is said before their outputs are waited for: who is ended while he
// waits did not die of them.
Result<void> StageLog::TellThatTheyLive(std::span<const CommitSet> sets) {
  std::set<TaskId> suspected;
  for (const CommitSet& set : sets) {
    if (owned_.at(set.task).attempts > 0) suspected.insert(set.task);
  }
  return needs_producer_ ? Result<void>{} : TellOf(suspected);
}

Result<void> StageLog::End() {
  std::set<TaskId> all;
  for (const auto& [id, owned] : owned_) all.insert(id);
  return needs_producer_ ? Result<void>{} : UnlessAborted(TellOf(all));
}

Result<void> StageLog::WriteOwners(const std::map<TaskId, OwnerRecord>& records) {
  std::vector<PartitionOffset> next;
  PM_TRY_VOID(transactions_.Begin());
  for (const auto& [id, record] : records) {
    std::vector<OwnerRecord>& ours = written_[id];
    if (ours.empty() || ours.back() != record) ours.push_back(record);
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
  PM_TRY_VOID(transactions_.Commit());
  for (const auto& [id, record] : records) written_[id] = {record};
  return {};
}

// What killed those before us is one of a batch. A few of it are tried at a time, and once that
// killed, too, each of these alone: who dies leaves behind at which. What came since is none of it.
void StageLog::GotOn(Owned& owned) {
  if (owned.skips) ++counters_.skipped;
  const bool is_cleared = owned.skips.has_value() || owned.committed >= owned.suspects_end;
  owned.got_on = true;
  owned.skips.reset();
  owned.suspects -= is_cleared ? owned.suspects : std::min(owned.suspects, owned.at_once);
  if (owned.suspects > 0) owned.owns = false;
  if (owned.suspects == 0) owned.attempts = 0;
}

// How many records, or timers, are tried at once.
size_t StageLog::Suspect(TaskId id, Owned& owned, size_t records) const {
  const size_t few = RootOf(records);
  const bool one_by_one = owned.attempts >= settings_.one_by_one_after;
  const size_t tried = one_by_one ? 1 : few;
  if (owned.suspects > 0) return tried;
  owned.suspects = one_by_one ? few : records;
  if (settings_.take_over.warn)
    settings_.take_over.warn(
        fmt::format("{}: {} owners before us died where it stands; the next {} records are tried "
                    "{} at a time",
                    ToText(id), owned.attempts, owned.suspects, tried));
  return tried;
}

void StageLog::SetHeadAside(TaskId id, Owned& owned) {
  Fetched& head = owned.queue.front();
  SkipRecord skip;
  const std::optional<RecordBody> body = DecodeRecord(head.bytes);
  if (const auto* tick = body ? std::get_if<TickRecord>(&*body) : nullptr) {
    if (const auto due = tasks_.at(id).NextDue(tick->until)) skip.rows.push_back(due->row);
  }
  owned.skips = SkipKey(head.position, skip.rows.empty() ? "" : skip.rows[0]);
  if (settings_.take_over.warn && owned.told != owned.skips)
    settings_.take_over.warn(
        fmt::format("{}: {} at offset {} is set aside: no owner survived it, {} tried", ToText(id),
                    skip.rows.empty() ? "the record" : "the next timer of the tick",
                    OffsetOf(head.position), owned.attempts));
  skip.original = std::move(head.bytes);
  head.bytes = EncodeRecord(skip);
  owned.told = owned.skips;
}

}  // namespace pm
