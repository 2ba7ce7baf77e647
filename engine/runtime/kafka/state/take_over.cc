#include "engine/runtime/kafka/state/take_over.h"

#include <fmt/format.h>

#include "base/text/diagnostic.h"
#include "engine/runtime/kafka/client/rebalances.h"
#include "engine/runtime/kafka/topics/pack.h"

namespace pm {

namespace {

// As people name it who accept that what lay there is lost.
std::string NextOf(const TakeOver& one) {
  return fmt::format("{}/{}@{}", one.input.topic, one.input.partition, one.committed);
}

// Why what is to be read next is not there; empty: it is, or is still to come.
std::string WhyLost(const TakeOver& one) {
  if (one.start < one.input_first)
    return fmt::format(
        "{} is read next, the first one there is {}: what lay between is lost, "
        "by retention or by hand; `accept_lost` goes on without it",
        NextOf(one), one.input_first);
  if (one.start > one.input_end)
    return fmt::format(
        "{} is read next, the input ends at {}: what lay there is lost, by an "
        "election of a broker that had less",
        NextOf(one), one.input_end);
  return {};
}

// Why nobody knows what is to be read next; empty: it is known. The changelog has been read.
std::string WhyForgotten(const TakeOver& one) {
  const std::optional<TaskMeta>& meta = one.restore->meta();
  if (!meta || one.committed != -1) return {};
  return fmt::format(
      "the group has no offset of {}/{}, the changelog stands at {}: brokers "
      "forget offsets of a group that nobody is in for "
      "offsets.retention.minutes, and those of a topic that was deleted",
      one.input.topic, one.input.partition, OffsetBehind(meta->position));
}

// The position in the meta and the group's offset were committed together.
Result<void> CheckPosition(const TakeOver& one) {
  const std::optional<TaskMeta>& meta = one.restore->meta();
  const std::optional<OwnerRecord>& owner = one.restore->owner();
  if (meta ? OffsetBehind(meta->position) == one.committed
           : one.committed == -1 ||
                 (owner && owner->is_new && owner->position == FirstPosition(one.committed)))
    return {};
  return Fail(kDigestMismatch,
              fmt::format("the changelog stands at input offset {}, the group at {}",
                          meta ? OffsetBehind(meta->position) : 0, one.committed));
}

std::string TextOf(const Error& error) {
  return fmt::format("{} ({})", error.text, CodeName(error.code));
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
  if (!asked) return IsPassing(asked.error()) ? Result<void>{} : asked;
  if (const std::string why = WhyLost(one); !why.empty()) Refuse(one, {kDigestMismatch, why});
  return {};
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
  if (one.is_held_back()) return {};
  const Result<void> finished = Finish(one);
  if (finished) return {};
  if (finished.error().code != kDigestMismatch) return finished;
  return StartAgain(one, finished.error());
}

Result<void> TakeOvers::Finish(TakeOver& one) {
  PM_TRY_VOID(one.restore->Finish());
  if (const std::string why = WhyForgotten(one); !why.empty()) {
    Refuse(one, {kDigestMismatch, why});
    return {};
  }
  PM_TRY_VOID(CheckPosition(one));
  const std::optional<TaskMeta>& meta = one.restore->meta();
  if (const auto& owner = one.restore->owner()) left_[owner->transactional_id] = owner->address;
  const bool known = !meta || !meta->rules || rules_(meta->rules) != nullptr;
  one.phase = known ? TaskPhase::kRestored : TaskPhase::kAwaitsRules;
  if (!known) one.why = fmt::format("rules {} are not compiled here", ToText(meta->rules));
  return {};
}

// What is not the local copy's fault is none that a new one would mend.
void TakeOvers::Refuse(TakeOver& one, const Error& error) {
  one.why = TextOf(error);
  one.phase = TaskPhase::kRefused;
  ++counters_.refused;
  if (settings_.fail) settings_.fail(fmt::format("{}: refused: {}", ToText(one.task), one.why));
}

Result<void> TakeOvers::StartAgain(TakeOver& one, const Error& error) {
  if (one.wiped) {
    Refuse(one, error);
    return {};
  }
  one.why = TextOf(error);
  read_.erase(one.changelog);
  PM_TRY(one.store, stores_.Wipe(one.task));
  ++counters_.copies_wiped;
  Warn(one, "its local copy is made anew: " + one.why);
  one.restore = std::make_unique<Restore>(*one.store, rows_);
  one.from = one.read_to = 0;
  one.wiped = true;
  one.bounded = one.stands = false;
  one.moved_at = clock_.Measure();
  return {};
}

void TakeOvers::Say(const TakeOver& one, std::string_view what) const {
  if (settings_.say) settings_.say(fmt::format("{}: {}", ToText(one.task), what));
}

void TakeOvers::Warn(const TakeOver& one, std::string_view what) const {
  if (settings_.warn) settings_.warn(fmt::format("{}: {}", ToText(one.task), what));
}

}  // namespace pm
