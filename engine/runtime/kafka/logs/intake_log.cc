#include "engine/runtime/kafka/logs/intake_log.h"

#include <algorithm>

#include "engine/runtime/kafka/logs/intake_events.h"
#include "engine/runtime/kafka/topics/owner_note.h"

namespace pm {

namespace {

constexpr size_t kSlice = 5000;
constexpr Duration kPauseOfTries = Milliseconds(10);  // to begin to read

}  // namespace

IntakeLog::IntakeLog(KafkaClient& client, KafkaReader& reader, Store& store,
                     const IntakeSettings& settings, StageTable stages, RuleProvider rules,
                     const Clock& clock, Tasks& tasks)
    : client_(client),
      reader_(reader),
      store_(store),
      settings_(settings),
      stages_(std::move(stages)),
      rules_(std::move(rules)),
      clock_(clock),
      tasks_(tasks),
      transactions_(client, settings_.names, settings_.partitions),
      failing_(settings_.warn, clock),
      ticks_(client, settings_.ticks, settings_.names, settings_.partitions, settings_.inputs,
             settings_.transactional_id),
      control_{settings_.names.Control(), 0},
      directory_{settings_.names.Directory(), 0},
      pace_(client, clock) {
  MakeTask();
}

void IntakeLog::MakeTask() {
  tasks_.clear();
  TaskSettings settings;
  settings.id = kTask;
  settings.fused = {Stage::kIntake};
  settings.partitions = settings_.partitions;
  tasks_.emplace(std::piecewise_construct, std::forward_as_tuple(kTask),
                 std::forward_as_tuple(store_, settings, stages_, rules_));
}

Result<std::span<const Record>> IntakeLog::Poll(TaskId* task, const Bounds& bounds) {
  *task = kTask;
  records_.clear();
  given_.clear();
  if (commit_now_) return Drained();
  if (revoked_) {
    PM_TRY(const bool given_up, GiveUp());
    if (!given_up) return Drained();
  }
  PM_TRY_VOID(Recover());
  if ((dirty_ && MustLook()) || IsOverdue()) return Drained();
  LookAgain();
  PM_TRY_VOID(Follow());
  if (MaySend() && HasNews()) return dirty_ ? Drained() : HandOutNews();
  PM_TRY_VOID(HoldWhileNothingMayBeRead());
  if (MaySend()) PM_TRY_VOID(Read());
  if (!dirty_ && MaySend()) PM_TRY_VOID(KeepTime());
  if (needs_rewind_) return Drained();
  PM_TRY_VOID(Fetch(bounds));
  return given_.empty() ? Drained() : HandOut();
}

std::span<const Record> IntakeLog::Drained() {
  dirty_ = commit_now_ = false;
  return {};
}

// What a failure left to be done. What was committed, the group's offsets say.
Result<void> IntakeLog::Recover() {
  if (needs_producer_) {
    const auto made = client_.InitTransactions(settings_.transactional_id);
    if (!made && !IsPassing(made.error())) return made;
    needs_producer_ = !made.has_value();
    if (!made) transactions_.Lacks(made.error());
  }
  if (!needs_rewind_) return {};
  needs_rewind_ = false;
  if (!assigned_) {
    assigned_.emplace();
    for (const auto& [partition, offset] : committed_) assigned_->push_back(partition);
    for (const auto& [partition, error] : troubles_) assigned_->push_back(partition);
  }
  // News that were in the batch are read again, all of them.
  if (std::exchange(has_news_, false)) reading_ = caught_up_ = false;
  return {};
}

Result<void> IntakeLog::StartReading() {
  const auto control = client_.Bounds(control_), directory = client_.Bounds(directory_);
  for (const auto* bounds : {&control, &directory}) {
    if (bounds->has_value()) continue;
    return IsPassing(bounds->error()) ? Result<void>{} : std::unexpected(bounds->error());
  }
  control_end_ = control->second;
  directory_end_ = directory->second;
  next_rules_.reset();
  learnt_.clear();
  reading_ = true;
  return reader_.Assign(
      std::vector<PartitionOffset>{{control_, control->first}, {directory_, directory->first}});
}

// Of the changes of rules only the last matters; before the first there is nothing to do.
Result<void> IntakeLog::Follow() {
  if (!reading_) PM_TRY_VOID(StartReading());
  if (!reading_) return {};
  for (size_t i = 0; i < kSlice; ++i) {
    PM_TRY(const std::optional<KafkaRecord> record, reader_.Poll({}));
    if (!record) break;
    if (*record->partition == directory_) {
      if (!record->tombstone) learnt_.emplace_back(record->value);
      continue;
    }
    const std::optional<RecordBody> body = DecodeRecord(record->value);
    if (const auto* to = body ? std::get_if<SwitchRecord>(&*body) : nullptr)
      next_rules_ = to->rules;
  }
  if (caught_up_) return {};
  PM_TRY(const int64_t control, reader_.Position(control_));
  PM_TRY(const int64_t directory, reader_.Position(directory_));
  caught_up_ = control >= control_end_ && directory >= directory_end_;
  return {};
}

bool IntakeLog::HasNews() const {
  if (!caught_up_) return false;
  if (next_rules_) return rules_(*next_rules_) != nullptr;
  return !learnt_.empty() && tasks_.at(kTask).meta().rules;
}

std::span<const Record> IntakeLog::HandOutNews() {
  const Instant at = tasks_.at(kTask).meta().at;
  if (next_rules_) given_.push_back({EncodeRecord(SwitchRecord{*next_rules_}), at});
  next_rules_.reset();
  for (std::string& record : learnt_) given_.push_back({std::move(record), at});
  learnt_.clear();
  commit_now_ = has_news_ = true;
  return HandOut();
}

std::optional<ContentHash> IntakeLog::awaits_rules() const {
  return next_rules_ && rules_(*next_rules_) == nullptr ? next_rules_ : std::nullopt;
}

Duration IntakeLog::WaitFor() const {
  if (needs_producer_) return settings_.wait;
  if (const Duration rest = failing_.rest(); rest > Duration{})
    return std::min(rest, settings_.wait);
  if (!caught_up_) return {};
  if (assigned_) return std::min(settings_.wait, kPauseOfTries);
  if (!dirty_) return settings_.wait;
  return std::max(Duration{}, committed_at_ + settings_.commit - clock_.Measure());
}

// As in StageLog: under a steady load something lies ready at every poll.
bool IntakeLog::IsOverdue() const {
  const Duration pace = std::max(settings_.commit, commit_took_);
  return dirty_ && clock_.Measure() - begun_at_ >= pace;
}

Result<void> IntakeLog::Fetch(const Bounds& bounds) {
  Duration wait = WaitFor();
  for (size_t bytes = 0; given_.size() < bounds.records && bytes < bounds.bytes && !revoked_;) {
    const Result<KafkaEvent> polled = client_.Poll(wait);
    if (!polled && polled.error().code == kKafkaRefused) return Refused(polled.error());
    PM_TRY(const KafkaEvent event, polled);
    wait = {};
    if (std::holds_alternative<Nothing>(event)) return {};
    if (const auto* record = std::get_if<KafkaRecord>(&event)) {
      bytes += record->value.size();
      Take(*record);
    } else if (const auto* revoked = std::get_if<Revoked>(&event)) {
      revoked_ = *revoked;
    } else {
      ++counters_.rebalances;
      assigned_ = std::get<Assigned>(event).partitions;
      is_given_ = true;
    }
  }
  return {};
}

void IntakeLog::Take(const KafkaRecord& record) {
  // The position guard: what comes again, what is no more ours, what will be read again.
  const auto known = committed_.find(*record.partition);
  if (assigned_ || known == committed_.end() || record.offset < known->second) return;
  next_[*record.partition] = record.offset + 1;
  ++counters_.records;
  const Instant at = record.at_log ? record.at : clock_.Now();
  size_t index = 0;
  for (std::string& event : EventsIn(record))
    given_.push_back({EncodeMessageRecord(RootOf(record, index++, std::move(event))), at});
  counters_.events += index;
}

std::span<const Record> IntakeLog::HandOut() {
  // Each with its own time: a backlog of one partition is not as late as what another has new.
  for (const Given& one : given_) records_.push_back({one.bytes, ++position_, one.at});
  if (!dirty_) begun_at_ = clock_.Measure();
  dirty_ = true;
  return records_;
}

// True once it is done; false: what was applied is to be committed first.
Result<bool> IntakeLog::GiveUp() {
  const bool has_work = tasks_.at(kTask).HasWork();
  if (!revoked_->lost && has_work && !needs_producer_ && !needs_rewind_) return false;
  if (has_work) {
    MakeTask();
    if (std::exchange(has_news_, false)) reading_ = caught_up_ = false;
  }
  assigned_.reset();
  is_given_ = false;
  committed_.clear();
  troubles_.clear();
  next_.clear();
  fenced_.clear();
  unfenced_.clear();
  asked_at_.reset();
  PM_TRY_VOID(client_.Assign({}));
  revoked_.reset();
  return true;
}

// The clock, and offsets behind which only markers stand: else the clock would wait for ever.
Result<void> IntakeLog::KeepTime() {
  if (assigned_) return {};
  Result<void> done = CommitGaps();
  const bool keeps_time = KeepsTime();
  if (is_given_ && !keeps_time) ticks_.Forget();
  const uint64_t sent = ticks_.sent(), forced = ticks_.forced();
  if (done && keeps_time) {
    done = ticks_.Run(clock_.Now(), clock_.Measure(), tasks_.at(kTask).rules(), transactions_);
  }
  if (ticks_.sent() != sent || ticks_.forced() != forced) failing_.Succeeded();
  if (ticks_.forced() != forced) Warn(ticks_.why_forced());
  return Outside(done);
}

// A transaction that is no commit of the driver's.
Result<void> IntakeLog::Outside(const Result<void>& done) {
  if (done) return {};
  const Error error = Aborted(done.error()).error();
  return error.code == kCommitAborted ? Result<void>{} : std::unexpected(error);
}

Result<void> IntakeLog::CommitGaps() {
  const Duration now = clock_.Measure();
  if (now - gaps_at_ < settings_.ticks.tick) return {};
  gaps_at_ = now;
  for (const auto& [partition, offset] : committed_) {
    PM_TRY(const int64_t position, client_.Position(partition));
    if (position > offset) next_[partition] = position;
  }
  return next_.empty() ? Result<void>{} : Transact({});
}

Result<void> IntakeLog::Transact(const CommitSet& set) {
  PM_TRY_VOID(At(CommitStep::kApplied));
  PM_TRY_VOID(transactions_.Begin());
  for (const Send& send : set.sends) PM_TRY_VOID(transactions_.Put(send));
  PM_TRY_VOID(transactions_.Put(set.outputs));
  PM_TRY_VOID(transactions_.PutPacked());
  PM_TRY_VOID(At(CommitStep::kProduced));
  PM_TRY_VOID(transactions_.Flush());
  PM_TRY_VOID(At(CommitStep::kFlushed));
  const std::string note = OwnerNote(settings_.transactional_id);
  std::vector<PartitionOffset> next;
  for (const auto& [partition, offset] : next_) next.push_back({partition, offset, note});
  if (!next.empty()) PM_TRY_VOID(transactions_.SendOffsets(next));
  PM_TRY_VOID(At(CommitStep::kOffsetsSent));
  PM_TRY_VOID(transactions_.Commit());
  PM_TRY_VOID(At(CommitStep::kCommitted));
  failing_.Succeeded();
  for (const auto& [partition, offset] : next_) committed_[partition] = offset;
  next_.clear();
  return {};
}

Result<void> IntakeLog::Commit(std::span<CommitSet> sets) {
  PM_CHECK(sets.size() == 1);
  const CommitSet& set = sets[0];
  if (!next_.empty() || !set.sends.empty() || !set.outputs.empty()) {
    const Duration begun_at = clock_.Measure();
    if (const Result<void> done = Transact(set); !done) return Aborted(done.error());
    ++counters_.commits;
    committed_at_ = clock_.Measure();
    commit_took_ = committed_at_ - begun_at;
  }
  has_news_ = false;
  PM_TRY_VOID(WriteState(store_, set));
  return At(CommitStep::kStored);
}

Result<void> IntakeLog::At(CommitStep step) const {
  return settings_.fail_point ? settings_.fail_point(step) : Result<void>{};
}

Result<void> IntakeLog::Aborted(const Error& error) {
  ++counters_.failures[error.code];
  PM_TRY(const AfterFailure after, transactions_.Failed(error));
  failing_.Failed(error.text);
  ++(after == AfterFailure::kReadAgain ? counters_.aborted : counters_.unknown);
  needs_producer_ |= after == AfterFailure::kAskTheLog;
  needs_rewind_ = true;
  next_.clear();
  return Fail(kCommitAborted, error.text);
}

}  // namespace pm
