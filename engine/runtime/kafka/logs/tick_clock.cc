#include "engine/runtime/kafka/logs/tick_clock.h"

#include "engine/runtime/kafka/topics/task_note.h"
#include "engine/runtime/record.h"

namespace pm {

TickClock::TickClock(KafkaClient& client, const TickSettings& settings, const TopicNames& names,
                     uint32_t partitions, std::vector<TopicPartition> inputs)
    : client_(client),
      settings_(settings),
      names_(names),
      partitions_(partitions),
      inputs_(std::move(inputs)) {
  for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk}) {
    for (uint32_t n = 0; n < partitions; ++n)
      tasks_.push_back({names.Input(stage), static_cast<int32_t>(n)});
  }
}

Result<void> TickClock::Run(Instant now, Duration measured, Transactions& transactions) {
  if (!note_) {
    if (now - last_ < settings_.tick || IsQuiet(now, measured)) return {};
    PM_TRY(const bool noted, TakeNote(now, measured));
    if (!noted) return {};
  }
  PM_TRY(const bool reached, IsReached(measured));
  const bool forced = !reached && measured - note_->moved >= settings_.max_hold;
  if (!reached && !forced) return Repeat(measured, transactions);
  PM_TRY_VOID(Send(note_->at, transactions, forced));
  last_ = note_->at;
  said_ = measured;
  note_.reset();
  ++(forced ? forced_ : sent_);
  return {};
}

// While a tick is held back the last one comes again now and then, which fires nothing: whoever
// waits sees that somebody keeps the clock.
Result<void> TickClock::Repeat(Duration measured, Transactions& transactions) {
  if (measured - std::max(said_.value_or(Duration{}), note_->taken) < settings_.rest) return {};
  PM_TRY_VOID(Send(last_, transactions, false));
  said_ = measured;
  return {};
}

// What comes after the look shows at the next one: a timer that it sets is as late as it would be
// by ticks at that pace.
bool TickClock::IsQuiet(Instant now, Duration measured) {
  if (now - last_ >= settings_.rest) return false;
  if (!looked_ || measured - *looked_ >= settings_.tick) {
    looked_ = measured;
    quiet_until_ = LookUpDues();
  }
  return now <= quiet_until_;
}

// The least that a task names. Who does not know sends a tick.
Instant TickClock::LookUpDues() {
  const auto committed = client_.LastCommitted(settings_.tasks, tasks_);
  if (!committed) return {0};
  Instant least = kNever;
  for (const PartitionOffset& one : *committed) {
    const std::optional<TaskNote> note = ReadTaskNote(one.note);
    least = std::min(least, note ? note->quiet.value_or(Instant{0}) : Instant{0});
  }
  return least;
}

// False: the broker could not say it this time.
Result<bool> TickClock::TakeNote(Instant now, Duration measured) {
  Note note{now, {}, -1, measured, measured};
  for (const TopicPartition& input : inputs_) {
    const auto bounds = client_.Bounds(input);
    if (!bounds) {
      if (bounds.error().code == kKafkaRetry) return false;
      if (bounds.error().code == kKafkaRefused) continue;  // it has nothing to wait for
      return std::unexpected(bounds.error());
    }
    if (bounds->second > bounds->first) note.marks[input] = bounds->second;
  }
  note_ = std::move(note);
  return true;
}

Result<bool> TickClock::IsReached(Duration measured) {
  std::vector<TopicPartition> asked;
  for (const auto& [input, mark] : note_->marks) asked.push_back(input);
  const auto committed = client_.Committed(settings_.group, asked);
  if (!committed) {
    if (committed.error().code == kKafkaRetry) return false;
    return std::unexpected(committed.error());
  }
  bool reached = true;
  int64_t sum = 0;
  for (const PartitionOffset& one : *committed) {
    const int64_t mark = note_->marks.at(one.partition);
    reached &= one.offset >= mark;
    sum += std::min(one.offset, mark);
  }
  if (sum > note_->committed) {
    note_->committed = sum;
    note_->moved = measured;
  }
  return reached;
}

// A forced one speaks for every upstream partition, so that nobody waits for another.
Result<void> TickClock::Send(Instant until, Transactions& transactions, bool forced) {
  PM_TRY_VOID(transactions.Begin());
  const auto put = [&](Stage to, uint32_t from) {
    pm::Send tick;
    tick.to = to;
    tick.to_all = true;
    tick.record = EncodeRecord(TickRecord{until, from});
    return transactions.Put(tick);
  };
  PM_TRY_VOID(put(Stage::kIdentity, 0));
  for (uint32_t from = 0; forced && from < partitions_; ++from) {
    PM_TRY_VOID(put(Stage::kAccount, from));
    PM_TRY_VOID(put(Stage::kDesk, from));
  }
  PM_TRY_VOID(transactions.Flush());
  return transactions.Commit();
}

}  // namespace pm
