#include "engine/runtime/kafka/logs/tick_clock.h"

#include <fmt/format.h>

#include "base/ids.h"
#include "engine/runtime/kafka/topics/task_note.h"
#include "engine/runtime/no_rows.h"
#include "engine/runtime/record.h"
#include "engine/stages/step.h"

namespace pm {

namespace {

constexpr size_t kMostNamed = 3;  // inputs, in a line for people

}  // namespace

TickClock::TickClock(KafkaClient& client, const TickSettings& settings, const TopicNames& names,
                     uint32_t partitions, std::vector<TopicPartition> inputs, std::string sender)
    : client_(client),
      settings_(settings),
      names_(names),
      partitions_(partitions),
      inputs_(std::move(inputs)),
      sender_(std::move(sender)) {
  for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk}) {
    for (uint32_t n = 0; n < partitions; ++n)
      tasks_.push_back({names.Input(stage), static_cast<int32_t>(n)});
  }
}

Result<void> TickClock::Run(Instant now, Duration measured, const RuleBook* rules,
                            Transactions& transactions) {
  if (!note_) {
    if (now - last_ < settings_.tick || IsQuiet(now, measured)) return {};
    PM_TRY(const bool noted, TakeNote(now, measured));
    if (!noted) return {};
  }
  PM_TRY(const bool reached, IsReached(measured));
  const bool forced = !reached && measured - note_->moved >= settings_.max_hold;
  if (!reached && !forced) return Repeat(measured, transactions);
  if (forced) {
    const std::string why = WhyForced();
    const Output alert = AlertOf(why, rules);
    PM_TRY_VOID(Send(note_->at, transactions, &alert));
    why_forced_ = why;
  } else {
    PM_TRY_VOID(Send(note_->at, transactions));
  }
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
  PM_TRY_VOID(Send(last_, transactions));
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
  note_->behind.clear();
  int64_t sum = 0;
  for (const PartitionOffset& one : *committed) {
    const int64_t mark = note_->marks.at(one.partition);
    if (one.offset < mark) note_->behind.push_back(one);
    sum += std::min(one.offset, mark);
  }
  if (sum > note_->committed) {
    note_->committed = sum;
    note_->moved = measured;
  }
  return note_->behind.empty();
}

std::string TickClock::WhyForced() const {
  std::string why = fmt::format(
      "intake has read nothing of what is there for {} s: a tick was forced on all stages",
      settings_.max_hold.ms / Seconds(1).ms);
  for (size_t i = 0; i < std::min(note_->behind.size(), kMostNamed); ++i) {
    const auto& [partition, offset, note] = note_->behind[i];
    why += fmt::format("; {}/{} is read up to {} of {}", partition.topic, partition.partition,
                       std::max<int64_t>(0, offset), note_->marks.at(partition));
  }
  if (note_->behind.size() > kMostNamed)
    why += fmt::format("; so are {} more", note_->behind.size() - kMostNamed);
  return why;
}

// Two clocks may force one tick at once, and one does so again when the answer to its commit was
// lost: each says so, with an id of its own.
Output TickClock::AlertOf(std::string why, const RuleBook* rules) {
  std::string identity = "forced tick " + sender_;
  AppendBigEndian(&identity, static_cast<uint64_t>(note_->at.ms));
  AppendBigEndian(&identity, ++alerts_);
  const EventId cause = HashEvent(identity);
  Effects effects;
  NoRows no_rows;
  const RuleBook none;
  Step step(note_->at, cause, cause, note_->at, Mode::kLive, 0, rules != nullptr ? *rules : none,
            no_rows, effects);
  AlertOutput alert;
  alert.severity = "critical";
  alert.code = "tick_forced";
  alert.what = std::move(why);
  alert.what_to_do =
      "Timers fire, though events that came before them were not read. See which worker has these "
      "inputs (`pointsman workers`), what its `/readyz` and its log say, and whether a publisher "
      "left a transaction open.";
  step.Publish("alert.raised", ToText(cause), std::move(alert));
  return std::move(effects.outputs.front());
}

// A forced one, which has an alert, speaks for every upstream partition, so that nobody waits for
// another.
Result<void> TickClock::Send(Instant until, Transactions& transactions, const Output* alert) {
  PM_TRY_VOID(transactions.Begin());
  const auto put = [&](Stage to, uint32_t from) {
    pm::Send tick;
    tick.to = to;
    tick.to_all = true;
    tick.record = EncodeRecord(TickRecord{until, from});
    return transactions.Put(tick);
  };
  PM_TRY_VOID(put(Stage::kIdentity, 0));
  if (alert != nullptr) {
    for (uint32_t from = 0; from < partitions_; ++from) {
      PM_TRY_VOID(put(Stage::kAccount, from));
      PM_TRY_VOID(put(Stage::kDesk, from));
    }
    PM_TRY_VOID(transactions.Put(std::vector<SealedOutput>{{*alert, until}}));
  }
  PM_TRY_VOID(transactions.Flush());
  return transactions.Commit();
}

}  // namespace pm
