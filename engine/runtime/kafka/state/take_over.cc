#include "engine/runtime/kafka/state/take_over.h"

#include <fmt/format.h>

#include "engine/runtime/kafka/client/rebalances.h"
#include "engine/runtime/kafka/topics/pack.h"

namespace pm {

namespace {

constexpr int kMostClaimRecords = 10'000;
constexpr Duration kClaimWait = Milliseconds(200);
constexpr size_t kMostIdle = 10;  // of these, in which nothing came
// Who is asked besides tasks and owners. No transactional id looks so.
constexpr char kGroup[] = "who is in the group", kClaims[] = "whose claims are open";

// Something that we must read, or the offset that we must know, does not come.
bool IsHeldBack(const TakeOver& one) { return !one.bounded || one.read_to < one.high; }

// As people name it who accept that what lay there is lost.
std::string NextOf(const TakeOver& one) {
  return fmt::format("{}/{}@{}", one.input.topic, one.input.partition, one.committed);
}

// The position in the meta and the group's offset were committed together.
Result<void> CheckPosition(const TakeOver& one) {
  const std::optional<TaskMeta>& meta = one.restore->meta();
  const std::optional<OwnerRecord>& owner = one.restore->owner();
  if (one.start < one.input_first)
    return Fail(kDigestMismatch,
                fmt::format("{} is read next, the first one there is {}: what lay between is lost, "
                            "by retention or by hand; `accept_lost` goes on without it",
                            NextOf(one), one.input_first));
  if (one.start > one.input_end)
    return Fail(kDigestMismatch,
                fmt::format("{} is read next, the input ends at {}: what lay there is lost, by an "
                            "election of a broker that had less",
                            NextOf(one), one.input_end));
  if (meta ? OffsetBehind(meta->position) == one.committed
           : one.committed == -1 ||
                 (owner && owner->is_new && owner->position == FirstPosition(one.committed)))
    return {};
  const int64_t position = meta ? OffsetBehind(meta->position) : 0;
  if (one.committed == -1)
    return Fail(kDigestMismatch,
                fmt::format("the group has no offset of {}/{}, the changelog stands at {}: brokers "
                            "forget offsets of a group that nobody is in for "
                            "offsets.retention.minutes, and those of a topic that was deleted",
                            one.input.topic, one.input.partition, position));
  return Fail(kDigestMismatch,
              fmt::format("the changelog stands at input offset {}, the group at {}", position,
                          one.committed));
}

}  // namespace

void TakeOvers::Begin(TaskId task) {
  if (!HasWork()) pace_.Forget();
  if (all_.empty()) fenced_.clear();
  TakeOver one;
  one.task = task;
  const auto partition = static_cast<int32_t>(task.partition);
  one.input = {settings_.names.Input(task.stage), partition};
  one.changelog = {settings_.names.Changelog(task.stage), partition};
  one.began = one.moved_at = clock_.Measure();
  read_.erase(one.changelog);
  all_.insert_or_assign(task, std::move(one));
}

void TakeOvers::ForgetAll() {
  all_.clear();
  read_.clear();
}

bool TakeOvers::IsTakingOver() const {
  return std::ranges::any_of(all_, [](const auto& one) {
    return one.second.phase == TaskPhase::kBegins || one.second.phase == TaskPhase::kRestores;
  });
}

bool TakeOvers::IsBusy() const {
  return std::ranges::any_of(all_, [this](const auto& task) {
    const TakeOver& one = task.second;
    if (one.phase != TaskPhase::kBegins && one.phase != TaskPhase::kRestores) return false;
    return one.bounded ? !one.stands : pace_.MayAsk(ToText(one.task));
  });
}

Result<void> TakeOvers::Advance() {
  for (auto& [task, one] : all_) {
    const auto may_ask = [&] { return pace_.MayAsk(ToText(one.task)); };
    if (one.phase == TaskPhase::kBegins && may_ask()) PM_TRY_VOID(Open(one));
    if (one.phase == TaskPhase::kRestores && !one.bounded && may_ask()) PM_TRY_VOID(Bound(one));
  }
  PM_TRY_VOID(AssignReader());
  PM_TRY_VOID(ReadSlice());
  for (auto& [task, one] : all_) {
    if (one.phase == TaskPhase::kRestores) PM_TRY_VOID(Settle(one));
    if (one.phase == TaskPhase::kAwaitsRules && rules_(one.restore->meta()->rules) != nullptr)
      one.phase = TaskPhase::kRestored;
  }
  return FenceOwners();
}

std::vector<TakeOver> TakeOvers::TakeRestored() {
  std::vector<TakeOver> restored;
  for (auto it = all_.begin(); it != all_.end();) {
    if (it->second.phase != TaskPhase::kRestored) {
      ++it;
      continue;
    }
    read_.erase(it->second.changelog);
    ++counters_.restored;
    restored.push_back(std::move(it->second));
    it = all_.erase(it);
  }
  return restored;
}

Result<void> TakeOvers::Open(TakeOver& one) {
  const auto bounds = pace_.Ask(ToText(one.task), [&] { return client_.Bounds(one.changelog); });
  if (!bounds)
    return IsPassing(bounds.error()) ? Result<void>{}
                                     : Fail(bounds.error().code, bounds.error().text);
  PM_TRY(one.store, stores_.Open(one.task));
  one.restore = std::make_unique<Restore>(*one.store, rows_);
  // A copy of another cluster's, or of a changelog that was deleted.
  if (one.restore->from() > bounds->second) {
    ++counters_.copies_wiped;
    Say(one, "its local copy is of another changelog: begun anew");
    PM_TRY(one.store, stores_.Wipe(one.task));
    one.restore = std::make_unique<Restore>(*one.store, rows_);
  }
  one.from = one.read_to = one.restore->from();
  one.phase = TaskPhase::kRestores;
  return {};
}

Result<void> TakeOvers::Bound(TakeOver& one) {
  const Result<void> asked = pace_.Ask(ToText(one.task), [&] { return AskBounds(one); });
  return asked || IsPassing(asked.error()) ? Result<void>{} : asked;
}

// First the offset, then the high watermark: the changelog up to there has all that led to it.
Result<void> TakeOvers::AskBounds(TakeOver& one) {
  PM_TRY(const auto committed, client_.Committed("", std::span(&one.input, 1)));
  PM_TRY(const auto changelog, client_.Bounds(one.changelog));
  PM_TRY(const auto input, client_.Bounds(one.input));
  one.committed = committed.at(0).offset;
  one.start = one.committed < 0 ? input.first : one.committed;
  if (one.start < input.first && settings_.accept_lost.contains(NextOf(one))) {
    Warn(one, fmt::format("goes on at {}: what lay between {} and that is lost, and accepted",
                          input.first, NextOf(one)));
    one.start = input.first;
  }
  one.high = changelog.second;
  one.input_first = input.first;
  one.input_end = input.second;
  one.bounded = true;
  one.stands = false;
  return {};
}

// Again only when what is read has changed; those that go on do so where they stand.
Result<void> TakeOvers::AssignReader() {
  std::map<TopicPartition, TaskId> wanted;
  for (const auto& [task, one] : all_) {
    if (one.phase == TaskPhase::kRestores) wanted[one.changelog] = task;
  }
  if (wanted.empty()) return Rest();
  if (wanted == read_) return {};
  std::vector<PartitionOffset> from;
  for (const auto& [partition, task] : wanted) {
    int64_t offset = all_.at(task).restore->from();
    if (read_.contains(partition)) {
      PM_TRY(offset, reader_.Position(partition));
    }
    from.push_back({partition, offset});
  }
  PM_TRY_VOID(reader_.Assign(from));
  read_ = std::move(wanted);
  reads_ = true;
  return {};
}

Result<void> TakeOvers::Rest() {
  read_.clear();
  return std::exchange(reads_, false) ? reader_.Assign({}) : Result<void>{};
}

Result<void> TakeOvers::ReadSlice() {
  if (read_.empty()) return {};
  const Duration now = clock_.Measure();
  for (size_t i = 0; i < settings_.slice; ++i) {
    PM_TRY(const std::optional<KafkaRecord> record, reader_.Poll({}));
    if (!record) return {};
    const auto reads = read_.find(*record->partition);
    if (reads == read_.end()) continue;  // it begins anew
    TakeOver& one = all_.at(reads->second);
    one.moved_at = now;
    one.stands = false;
    ++counters_.records;
    const Result<void> applied = one.restore->Apply(*record);
    if (applied) continue;
    if (applied.error().code != kDigestMismatch) return applied;
    PM_TRY_VOID(StartAgain(one, applied.error()));
  }
  return {};
}

Result<void> TakeOvers::Settle(TakeOver& one) {
  PM_TRY(one.read_to, reader_.Position(one.changelog));
  if (IsHeldBack(one)) return {};
  const Result<void> finished = Finish(one);
  if (finished) return {};
  if (finished.error().code != kDigestMismatch) return finished;
  return StartAgain(one, finished.error());
}

Result<void> TakeOvers::Finish(TakeOver& one) {
  PM_TRY_VOID(one.restore->Finish());
  PM_TRY_VOID(CheckPosition(one));
  const std::optional<TaskMeta>& meta = one.restore->meta();
  if (const auto& owner = one.restore->owner()) left_[owner->transactional_id] = owner->address;
  const bool known = !meta || !meta->rules || rules_(meta->rules) != nullptr;
  one.phase = known ? TaskPhase::kRestored : TaskPhase::kAwaitsRules;
  if (!known) one.why = fmt::format("rules {} are not compiled here", ToText(meta->rules));
  return {};
}

Result<void> TakeOvers::StartAgain(TakeOver& one, const Error& error) {
  one.why = error.text;
  if (one.wiped) {
    one.phase = TaskPhase::kRefused;
    ++counters_.refused;
    Warn(one, "refused: " + error.text);
    return {};
  }
  read_.erase(one.changelog);
  PM_TRY(one.store, stores_.Wipe(one.task));
  ++counters_.copies_wiped;
  Warn(one, "its local copy is made anew: " + error.text);
  one.restore = std::make_unique<Restore>(*one.store, rows_);
  one.from = one.read_to = 0;
  one.wiped = true;
  one.bounded = one.stands = false;
  one.moved_at = clock_.Measure();
  return {};
}

// Who wrote a changelog before us may have died, or sleep, with a transaction open: it holds back
// what we must read and the offset we must know. Nobody else's can, for only owners write there.
// Whoever is in the group lives, and ends by itself what it has open: to fence it would end the
// transactions of the tasks that it has now. Once out of it, it can commit nothing any more.
// Whoever hands a task over alive has ended what it had open there. What the dead had open may hold
// back others, inputs of the next stage above all: so they are fenced though nothing is missed
// here.
Result<void> TakeOvers::FenceOwners() {
  if (!pace_.MayAsk(kGroup)) return {};
  const std::vector<const TakeOver*> held = HeldBack();
  const bool may_fence =
      std::ranges::any_of(left_, [this](const auto& owner) { return pace_.MayAsk(owner.first); });
  if (held.empty() && !may_fence) return {};
  const auto alive = pace_.Ask(kGroup, [this] { return Alive(); });
  if (!alive) return IsPassing(alive.error()) ? Result<void>{} : std::unexpected(alive.error());
  Owners dead;
  for (const auto& [id, address] : std::exchange(left_, {})) AddOwner(id, address, *alive, &dead);
  for (const TakeOver* one : held) {
    if (const auto& owner = one->restore->owner())
      AddOwner(owner->transactional_id, owner->address, *alive, &dead);
  }
  if (!held.empty()) {
    if (dead.empty()) PM_TRY_VOID(AddClaims(held, *alive, &dead));
    if (dead.empty()) fenced_.clear();  // from the start, should it go on
  }
  for (const auto& [transactional_id, address] : dead)
    PM_TRY_VOID(Fence(transactional_id, address));
  return {};
}

// That have waited long enough. They wait again from now on.
std::vector<const TakeOver*> TakeOvers::HeldBack() {
  const Duration now = clock_.Measure();
  std::vector<const TakeOver*> held;
  for (auto& [task, one] : all_) {
    if (one.phase != TaskPhase::kRestores || !IsHeldBack(one)) continue;
    if (now - one.moved_at < settings_.fence_after) continue;
    one.moved_at = now;
    one.stands = true;
    held.push_back(&one);
  }
  return held;
}

// Transactional ids, our own among them.
Result<std::set<std::string>> TakeOvers::Alive() const {
  std::set<std::string> alive = {settings_.transactional_id};
  if (!settings_.members) return alive;
  PM_TRY(const std::set<std::string> members, settings_.members());
  for (const std::string& instance : members)
    alive.insert(settings_.names.TransactionalId(instance));
  return alive;
}

void TakeOvers::AddOwner(const std::string& id, const std::string& address,
                         const std::set<std::string>& alive, Owners* owners) const {
  if (!id.empty() && !alive.contains(id) && !fenced_.contains(id)) (*owners)[id] = address;
}

// Whoever died in the transaction by which it claimed a task is named there alone: it is open, and
// lies behind what is committed.
Result<void> TakeOvers::AddClaims(std::span<const TakeOver* const> held,
                                  const std::set<std::string>& alive, Owners* owners) {
  if (!settings_.uncommitted || !pace_.MayAsk(kClaims)) return {};
  const Duration began = clock_.Measure();
  std::vector<PartitionOffset> from;
  for (const TakeOver* one : held) from.push_back({one->changelog, one->read_to, {}});
  PM_TRY(const std::unique_ptr<KafkaReader> reader, settings_.uncommitted());
  PM_TRY_VOID(reader->Assign(from));
  const auto is_read = [&](const PartitionOffset& one) {
    const auto position = reader->Position(one.partition);
    const auto end = reader->End(one.partition);
    return position && end && *position >= *end;
  };
  size_t idle = 0;
  for (int n = 0; n < kMostClaimRecords && idle < kMostIdle + held.size(); ++n) {
    PM_TRY(const std::optional<KafkaRecord> record, reader->Poll(kClaimWait));
    if (!record) {
      if (std::ranges::all_of(from, is_read)) break;
      ++idle;
      continue;
    }
    OwnerRecord owner;
    if (record->key == OwnerKey() && Decode(record->value, &owner))
      AddOwner(owner.transactional_id, owner.address, alive, owners);
  }
  pace_.Note(kClaims, !owners->empty(), clock_.Measure() - began);
  return {};
}

// With our own client, which has one producer at a time. Who cannot be fenced now is left for
// later, also once all that is taken over runs.
Result<void> TakeOvers::Fence(const std::string& transactional_id, const std::string& address) {
  if (!pace_.MayAsk(transactional_id)) {
    left_[transactional_id] = address;
    return {};
  }
  for (auto& [task, one] : all_) {
    const bool is_its = one.restore && one.restore->owner() &&
                        one.restore->owner()->transactional_id == transactional_id;
    if (is_its) one.moved_at = clock_.Measure();
  }
  const Result<void> fenced =
      pace_.Ask(transactional_id, [&] { return client_.InitTransactions(transactional_id); });
  const Result<void> ours = client_.InitTransactions(settings_.transactional_id);
  if (!fenced) {
    left_[transactional_id] = address;
  } else if (fenced_.insert(transactional_id).second) {
    ++counters_.owners_fenced;
    if (settings_.say)
      settings_.say(fmt::format("{} at {} is gone, and may have held back what it had: fenced",
                                transactional_id, address));
  }
  if (!ours) lost_producer_ = true;
  for (const Result<void>* done : {&fenced, &ours}) {
    if (!*done && !IsPassing(done->error())) return *done;
  }
  return {};
}

void TakeOvers::Say(const TakeOver& one, std::string_view what) const {
  if (settings_.say) settings_.say(fmt::format("{}: {}", ToText(one.task), what));
}

void TakeOvers::Warn(const TakeOver& one, std::string_view what) const {
  if (settings_.warn) settings_.warn(fmt::format("{}: {}", ToText(one.task), what));
}

}  // namespace pm
