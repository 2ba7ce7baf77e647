#include "engine/runtime/kafka/logs/stage_log.h"

#include <fmt/format.h>

#include <algorithm>

namespace pm {

namespace {

// Fetched and not handed out, of all tasks but those that wait for rules; and at most a fourth
// more.
constexpr size_t kMostQueuedBytes = size_t{16} << 20;

// Records of its changelog that a task writes for one that it reads, at most; about.
constexpr size_t kChangelogOfARecord = 2;

bool IsTick(std::string_view bytes) {
  constexpr char kTickKind = 1;
  return !bytes.empty() && bytes[0] == kTickKind;
}

// A change of rules, by its record; nullopt for all others.
std::optional<ContentHash> SwitchIn(std::string_view bytes) {
  constexpr char kSwitchKind = 2;
  if (bytes.empty() || bytes[0] != kSwitchKind) return std::nullopt;
  const std::optional<RecordBody> body = DecodeRecord(bytes);
  const auto* to = body ? std::get_if<SwitchRecord>(&*body) : nullptr;
  return to == nullptr ? std::nullopt : std::optional(to->rules);
}

}  // namespace

StageLog::StageLog(KafkaClient& client, const StageReaders& readers, LocalStores& stores,
                   const StageLogSettings& settings, StageTable stages, RuleProvider rules,
                   const Clock& clock, Tasks& tasks)
    : client_(client),
      settings_(settings),
      stages_(std::move(stages)),
      rules_(std::move(rules)),
      clock_(clock),
      tasks_(tasks),
      transactions_(client, settings_.take_over.names, settings_.partitions),
      failing_(settings_.take_over.warn, clock),
      take_overs_(client, readers.restore, stores, settings_.take_over, stages_.state_rows, rules_,
                  clock),
      standbys_(client, readers.standby == nullptr ? readers.restore : *readers.standby, stores,
                settings_.take_over, stages_.state_rows, clock),
      has_standbys_(readers.standby != nullptr && settings_.standbys > 0),
      rebalances_(settings_.take_over.say) {
  rebalances_.Begin(clock_.Measure());
}

Result<std::span<const Record>> StageLog::Poll(TaskId* task, const Bounds& bounds) {
  auto next = Next(task, bounds);
  NoteRebalance();
  return next;
}

void StageLog::NoteRebalance() {
  if (revoked_ || !is_given_) return rebalances_.Begin(clock_.Measure());
  if (rebalances_.has_ended() || take_overs_.IsTakingOver()) return;
  std::set<TaskId> ours;
  for (const auto& [id, owned] : owned_) ours.insert(id);
  for (const auto& [id, one] : take_overs_.all()) ours.insert(id);
  rebalances_.End(clock_.Measure(), ours);
}

Result<std::span<const Record>> StageLog::Next(TaskId* task, const Bounds& bounds) {
  TakeBack();
  if (commit_now_) return Drained();
  if (revoked_) {
    PM_TRY(const bool given_up, GiveUp());
    if (!given_up) return Drained();
  }
  PM_TRY_VOID(Recover());
  PM_TRY_VOID(TakeIn());
  PM_TRY_VOID(TellOfSurvivors());
  PM_TRY_VOID(Fetch(bounds.records));
  if (revoked_ || needs_producer_ || rests_ || IsOverdue(bounds)) return Drained();
  // Tasks take turns.
  auto next = owned_.upper_bound(last_);
  for (size_t i = 0; i < owned_.size(); ++i, ++next) {
    if (next == owned_.end()) next = owned_.begin();
    PM_TRY(const bool ready, IsReady(next->second));
    if (!ready) continue;
    PM_TRY(const bool owns, TakeOwnership(next->first));
    if (!owns) return Drained();
    *task = last_ = next->first;
    PM_TRY(const std::span<const Record> given, HandOut(next->first, next->second, bounds));
    PM_TRY_VOID(FollowOn(tasks_.at(last_).IsFiring() ? settings_.standby_slice
                                                     : kChangelogOfARecord * given.size()));
    return given;
  }
  PM_TRY_VOID(FollowOn(settings_.standby_slice));
  return Drained();
}

// What was handed out and not applied comes again, at its turn: a tick that is not at its end, and
// what is behind it. In between the group is heard, and nobody waits for the end of the tick.
void StageLog::TakeBack() {
  records_.clear();
  for (; !given_.empty(); given_.pop_back()) {
    if (given_.back().position <= tasks_.at(last_).meta().position) continue;
    owned_.at(last_).queue.push_front(std::move(given_.back()));
  }
}

// Others' changelogs at most as fast as there is work of one's own, which comes first.
Result<void> StageLog::FollowOn(size_t most) {
  if (take_overs_.IsBusy()) return {};
  return standbys_.Advance(std::min(most, settings_.standby_slice));
}

// Nothing to hand out: the driver commits.
std::span<const Record> StageLog::Drained() {
  dirty_ = commit_now_ = false;
  return {};
}

// What a failure left to be done.
Result<void> StageLog::Recover() {
  if (needs_producer_) {
    const auto made = client_.InitTransactions(settings_.take_over.transactional_id);
    if (!made && made.error().code != kKafkaRetry) return made;
    needs_producer_ = !made.has_value();
    if (!made) transactions_.Lacks(made.error());
  }
  if (needs_restore_) {
    rebalances_.Begin(clock_.Measure());
    for (const auto& [id, owned] : owned_) take_overs_.Begin(id);
    owned_.clear();
    tasks_.clear();
    needs_restore_ = needs_rewind_ = false;
    needs_assign_ = true;
  }
  if (needs_rewind_) {
    for (auto& [id, owned] : owned_) {
      owned.queue.clear();
      owned.skips.reset();
      owned.awaited.reset();
      owned.next = NextOf(id);
    }
    needs_rewind_ = false;
    needs_assign_ = true;
  }
  return needs_assign_ ? AssignRunning() : Result<void>{};
}

Result<void> StageLog::AssignRunning() {
  std::vector<PartitionOffset> from;
  std::vector<TopicPartition> paused;
  for (const auto& [id, owned] : owned_) {
    from.push_back({owned.input, owned.next});
    if (owned.awaited) paused.push_back(owned.input);
  }
  PM_TRY_VOID(client_.Assign(from));
  if (!paused.empty()) PM_TRY_VOID(client_.Pause(paused));
  needs_assign_ = rests_ = is_full_ = false;
  return {};
}

// Nothing piles up: neither what could not be committed, nor what comes when the group is heard
// while enough is queued. Polls go on.
Result<void> StageLog::HoldBack(size_t queued, size_t bytes, size_t most) {
  const bool held = rests_ || is_full_;
  // What is fetched ahead is lost by a pause: it comes late, and lasts for a while.
  const size_t fourths = is_full_ ? 4 : 5;
  rests_ = failing_.rest() > Duration{};
  is_full_ = 4 * queued >= fourths * most || 4 * bytes >= fourths * kMostQueuedBytes;
  const bool holds = rests_ || is_full_;
  if (holds == held) return {};
  std::vector<TopicPartition> inputs;
  for (const auto& [id, owned] : owned_)
    if (!owned.awaited) inputs.push_back(owned.input);
  return holds ? client_.Pause(inputs) : client_.Resume(inputs);
}

// A part of the take-overs; what is whole begins to run.
Result<void> StageLog::TakeIn() {
  if (!take_overs_.HasWork()) return take_overs_.Rest();
  if (needs_producer_) return {};
  PM_TRY_VOID(take_overs_.Advance());
  needs_producer_ |= take_overs_.TakeLostProducer();
  std::vector<TakeOver> restored = take_overs_.TakeRestored();
  const size_t tasks = owned_.size() + restored.size() + take_overs_.all().size();
  for (TakeOver& one : restored) {
    TaskSettings settings = settings_.task;
    settings.id = one.task;
    settings.fused = {one.task.stage};
    settings.partitions = settings_.partitions;
    settings.cache_bytes /= tasks;
    settings.upstream = one.task.stage > Stage::kIdentity ? settings_.partitions : 1;
    tasks_.emplace(std::piecewise_construct, std::forward_as_tuple(one.task),
                   std::forward_as_tuple(*one.store, settings, stages_, rules_));
    Owned& owned = owned_[one.task];
    owned.input = one.input;
    owned.changelog = one.changelog;
    owned.store = one.store;
    owned.start = owned.next = one.start;
    owned.committed = one.committed;
    owned.suspects_end = one.input_end;
    owned.copy_from = one.restore->from();
    owned.owner = one.restore->owner();
    owned.ticked_at = clock_.Now();
    owned.tick = tasks_.at(one.task).meta().tick;
    needs_assign_ = true;
  }
  return needs_assign_ ? AssignRunning() : Result<void>{};
}

Duration StageLog::WaitFor() const {
  if (needs_producer_) return settings_.wait;
  if (rests_ && !take_overs_.IsBusy()) return std::min(failing_.rest(), settings_.wait);
  const bool has_work = take_overs_.IsBusy() || std::ranges::any_of(owned_, [](const auto& one) {
                          return !one.second.queue.empty() && !one.second.awaited;
                        });
  if (has_work) return {};
  if (!dirty_) return standbys_.has_more() ? Duration{} : settings_.wait;
  return std::max(Duration{}, committed_at_ + settings_.commit - clock_.Measure());
}

size_t StageLog::Queued() const {
  size_t queued = 0;
  for (const auto& [id, owned] : owned_) queued += owned.awaited ? 0 : owned.queue.size();
  return queued;
}

// Under a steady load something lies ready at every poll: commits go by time then. A backlog is
// worked off in full batches: it is late in any case.
bool StageLog::IsOverdue(const Bounds& bounds) const {
  const Duration pace = std::max(settings_.commit, commit_took_);
  return dirty_ && clock_.Measure() - begun_at_ >= pace && Queued() < bounds.records;
}

Result<void> StageLog::Fetch(size_t most) {
  size_t bytes = 0;
  for (const auto& [id, owned] : owned_) {
    for (const Fetched& one : owned.queue) bytes += owned.awaited ? 0 : one.bytes.size();
  }
  size_t queued = Queued();
  PM_TRY_VOID(HoldBack(queued, bytes, most));
  const auto has_room = [&] { return queued < most && bytes < kMostQueuedBytes && !revoked_; };
  if (std::exchange(heard_, true) && !has_room()) return {};
  Duration wait = WaitFor();
  do {
    PM_TRY(const KafkaEvent event, client_.Poll(wait));
    wait = {};
    if (std::holds_alternative<Nothing>(event)) return {};
    if (const auto* record = std::get_if<KafkaRecord>(&event)) {
      bytes += record->value.size();
      queued += Take(*record);
    } else if (const auto* revoked = std::get_if<Revoked>(&event)) {
      revoked_ = *revoked;
    } else {
      PM_TRY_VOID(Take(std::get<Assigned>(event)));
    }
  } while (has_room());
  return {};
}

// How much it is.
size_t StageLog::Take(const KafkaRecord& record) {
  const auto& [topic, partition] = *record.partition;
  const auto owned = std::ranges::find_if(owned_, [&](const auto& one) {
    return one.second.input.partition == partition && one.second.input.topic == topic;
  });
  // The position guard: what comes again, or of a partition that is ours no more, is dropped.
  if (owned == owned_.end() || record.offset < owned->second.next) return 0;
  owned->second.next = record.offset + 1;
  // The last commit may have ended in the middle of it.
  const int64_t applied = tasks_.at(owned->first).meta().position;
  const std::vector<PackedPart> parts = Unpack(record.value, record.offset);
  for (const PackedPart& part : parts) {
    if (part.position <= applied) continue;
    owned->second.queue.push_back({std::string(part.bytes), part.position, record.at});
  }
  return parts.size();
}

// Nothing is read of them until they are restored.
Result<void> StageLog::Take(const Assigned& assigned) {
  ++counters_.rebalances;
  is_given_ = true;
  std::set<uint32_t> own;
  for (const TopicPartition& one : assigned.partitions)
    own.insert(static_cast<uint32_t>(one.partition));
  PM_TRY_VOID(FollowOthersThan(own));
  std::vector<TaskId> tasks;
  for (const TopicPartition& one : assigned.partitions) {
    for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk}) {
      if (one.topic == settings_.take_over.names.Input(stage))
        tasks.push_back({stage, static_cast<uint32_t>(one.partition)});
    }
  }
  std::vector<TaskId> kept = tasks;
  for (const auto& [task, standby] : standbys_.all()) kept.push_back(task);
  take_overs_.KeepStores(kept);
  for (const TaskId task : tasks) take_overs_.Begin(task);
  return client_.Assign({});
}

// Before any of its own is taken over: a copy that was followed may be what comes.
Result<void> StageLog::FollowOthersThan(const std::set<uint32_t>& own) {
  std::set<TaskId> tasks;
  if (has_standbys_) {
    for (const uint32_t n : PartitionsAfterDeaths(own, settings_.partitions, settings_.standbys))
      for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk})
        tasks.insert({stage, n});
  }
  return standbys_.Follow(tasks);
}

// True once it is done; false: what was applied is to be committed first.
Result<bool> StageLog::GiveUp() {
  const bool has_work =
      std::ranges::any_of(tasks_, [](const auto& one) { return one.second.HasWork(); });
  if (!revoked_->lost && has_work && !needs_producer_ && !needs_rewind_) return false;
  if (revoked_->lost) {
    counters_.lost += revoked_->partitions.size();
  } else {
    PM_TRY_VOID(End());
  }
  tasks_.clear();
  owned_.clear();
  take_overs_.ForgetAll();
  needs_rewind_ = needs_restore_ = needs_assign_ = is_given_ = rests_ = is_full_ = false;
  PM_TRY_VOID(client_.Assign({}));
  revoked_.reset();
  return true;
}

// Something of it may be handed out. A change to rules that are not known here waits.
Result<bool> StageLog::IsReady(Owned& owned) {
  if (owned.queue.empty()) return false;
  const std::optional<ContentHash> to = SwitchIn(owned.queue.front().bytes);
  const bool waits = to && rules_(*to) == nullptr;
  if (waits == owned.awaited.has_value()) return !waits;
  const std::span<const TopicPartition> input(&owned.input, 1);
  owned.awaited = waits ? to : std::nullopt;
  if (waits || !is_full_) PM_TRY_VOID(waits ? client_.Pause(input) : client_.Resume(input));
  return !waits;
}

Result<std::span<const Record>> StageLog::HandOut(TaskId id, Owned& owned, const Bounds& bounds) {
  Instant at = tasks_.at(id).meta().at;
  const bool is_suspected = owned.attempts > 0;
  const size_t tried = is_suspected ? Suspect(id, owned, bounds.records) : bounds.records;
  const size_t most = tasks_.at(id).IsFiring() ? 1 : tried;
  for (size_t bytes = 0; given_.size() < most && bytes < bounds.bytes && !owned.queue.empty();) {
    Fetched& head = owned.queue.front();
    const std::optional<ContentHash> to = given_.empty() ? std::nullopt : SwitchIn(head.bytes);
    if (to && rules_(*to) == nullptr) break;
    // A change of rules never: its task would stay with the old ones, or have none.
    if (owned.attempts >= settings_.skip_after && !owned.skips && !SwitchIn(head.bytes))
      SetHeadAside(id, owned);
    bytes += head.bytes.size();
    given_.push_back(std::move(head));
    owned.queue.pop_front();
  }
  for (const Fetched& one : given_) {
    if (IsTick(one.bytes)) owned.ticked_at = one.at;
    at = std::max(at, one.at);
    records_.push_back({one.bytes, one.position, at});
  }
  if (!dirty_) begun_at_ = clock_.Measure();
  dirty_ = true;
  commit_now_ = is_suspected;
  owned.at_once = given_.size();
  tasks_.at(id).FireAtMost(is_suspected ? tried : 0);
  return std::span<const Record>(records_);
}

int64_t StageLog::NextOf(TaskId id) const {
  const int64_t position = tasks_.at(id).meta().position;
  // `start` lies further on where what was next is gone, and people have accepted that.
  return std::max(owned_.at(id).start, position < 0 ? 0 : OffsetBehind(position));
}

std::map<TaskId, ContentHash> StageLog::awaiting_rules() const {
  std::map<TaskId, ContentHash> awaiting;
  for (const auto& [id, owned] : owned_) {
    if (owned.awaited) awaiting[id] = *owned.awaited;
  }
  return awaiting;
}

}  // namespace pm
