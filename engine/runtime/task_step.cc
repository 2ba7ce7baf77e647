// One step of a task: running it, taking what it did, and what happens when it fails.
#include "engine/runtime/no_rows.h"
#include "engine/runtime/task.h"

namespace pm {

namespace {

// A dead letter holds a whole submission in base64, which takes a third more.
constexpr size_t kMaxLetterBytes = 2 * kMaxValueBytes;
// Keeps the ids of a fallback's effects apart from those of the step that failed (model/messages).
constexpr uint32_t kFallbackKind = 0xffff;
// The same of a message that all partitions get.
constexpr uint32_t kOtherPartitionKind = 0xfffe;
constexpr char kRowParked[] = "row_parked";

size_t BoundOf(const Output& output) {
  return output.topic == Topic::kDeadLetters ? kMaxLetterBytes : kMaxValueBytes;
}

std::string WhatToDo(std::string_view code) {
  if (code == kRowParked)
    return "The timer stands still. See `pointsman parked list`; once its cause is gone, "
           "`pointsman "
           "parked retry`. Report it with the dead letter of this id.";
  return "Nothing of this step took hold. Report it with the dead letter of this id.";
}

void CheckBounds(const Effects& effects) {
  for (const RowEdit& edit : effects.rows) PM_CHECK(edit.bytes.size() <= kMaxValueBytes);
  for (const Output& output : effects.outputs) PM_CHECK(output.json.size() <= BoundOf(output));
  for (const Message& message : effects.messages)
    PM_CHECK(message.body.size() <= 2 * kMaxValueBytes);
}

// Intake names no home in what all partitions of account must know (suppressions of many people).
bool IsToAll(const Message& message) {
  return message.to == Stage::kAccount && message.key.empty();
}

// `number`: which echo it is; 0: none. Rows that every partition has, have one key in all of them.
EventId FiringId(const DueKey& due, Instant until, uint32_t number, uint32_t partition) {
  std::string identity = "tick";
  if (partition > 0) {
    identity += " of ";
    AppendBigEndian32(&identity, partition);
  }
  AppendBigEndian(&identity, static_cast<uint64_t>(until.ms));
  AppendBigEndian(&identity, static_cast<uint64_t>(due.due.ms));
  identity += due.row;
  if (number > 0) AppendBigEndian32(&identity, number);
  return HashEvent(identity);
}

}  // namespace

void Task::RunMessage(Message given) {
  if (IsToAll(given) && settings_.id.partition > 0)
    given.id = Derive(given.id, kOtherPartitionKind, settings_.id.partition);
  const Input input(std::move(given));
  const auto& message = std::get<Message>(input);
  const std::string why = RunStep(message.to, input, message.at, message.id);
  if (why.empty()) return;
  const Cause cause{message.at, message.id, message.root, message.mode, message.hops};
  ReportFailure(cause, "broken_invariant", why, message.body);
  if (!stages_.fall_back) return;
  const EventId second = Derive(message.id, kFallbackKind, 0);
  const std::string again =
      Attempt([&] { return stages_.fall_back(cache_, message, second, *rules_); });
  if (again.empty()) return;
  ReportFailure({message.at, second, message.root, message.mode, message.hops}, "fallback_failed",
                again, message.body);
}

void Task::Fire(const DueKey& due, Instant until) {
  ++counters_.fired;
  counters_.late_ms.Add((until - due.due).ms);
  const Instant now = until - due.due > settings_.late ? until : due.due;
  const EchoDue fires_as = TakeEcho(due.row);
  const EventId cause = FiringId(due, until, fires_as.number, settings_.id.partition);
  const RowDue input{due.row, due.due, meta_.tick};
  meta_.fired_to = meta_.fired_to ? std::max(*meta_.fired_to, due) : due;
  echo_depth_ = fires_as.depth;
  const bool kills = std::erase(firing_->parks, due.row) > 0;
  const std::string why = kills ? "no process survived it"
                                : RunStep(stages_.stage_of_row(due.row), Input(input), now, cause);
  echo_depth_.reset();
  if (!why.empty()) return Park(due, {now, cause, cause}, why);
  for (size_t i = 0; i < meta_.echoes.size();) {
    const EchoDue echo = meta_.echoes[i++];
    if (echo.depth <= kMaxEchoes) continue;
    const EventId id = FiringId(echo.key, until, echo.number, settings_.id.partition);
    Park(echo.key, {now, id, id}, "its timer and others set each other back without an end");
    i = 0;
  }
}

// Called for every change of a due.
void Task::NoteEcho(const RowEdit& edit) {
  if (!echo_depth_) return;
  TakeEcho(edit.key);
  const DueKey key{edit.due_after, edit.key};
  if (key <= *meta_.fired_to) meta_.echoes.push_back({key, *echo_depth_ + 1, ++meta_.echo_count});
}

// The echo that the row is to fire as; of depth and number 0 when its due was set in time.
EchoDue Task::TakeEcho(std::string_view row) {
  const auto found =
      std::ranges::find(meta_.echoes, row, [](const EchoDue& e) { return e.key.row; });
  if (found == meta_.echoes.end()) return {};
  EchoDue echo = std::move(*found);
  meta_.echoes.erase(found);
  return echo;
}

// Empty when the step took hold; else why it did not, with nothing changed.
std::string Task::RunStep(Stage stage, const Input& input, Instant now, EventId cause) {
  PM_CHECK(rules_ != nullptr);
  ++counters_.steps;
  return Attempt([&] {
    size_t gets = 0;
    Effects effects = stages_.run(stage, cache_, input, now, cause, *rules_, &gets);
    counters_.gets += gets;
    if (const auto* due = std::get_if<RowDue>(&input)) {
      CheckAdvanced(*due, effects);
    } else if (settings_.id.partition > 0 && IsToAll(std::get<Message>(input))) {
      // What all partitions would tell alike, the first tells.
      effects.outputs.clear();
      effects.messages.clear();
    }
    return effects;
  });
}

std::string Task::Attempt(const std::function<Effects()>& step) {
  Effects effects;
  try {
    effects = step();
    CheckBounds(effects);
  } catch (const BrokenInvariant& broken) {
    ++counters_.failed_steps;
    cache_.TakeBack();
    return broken.what();
  }
  Take(std::move(effects));
  return {};
}

void Task::Take(Effects effects) {
  for (RowEdit& edit : effects.rows) {
    Index(edit);
    cache_.Adopt(std::move(edit));
  }
  cache_.TakeBack();
  for (Output& output : effects.outputs) {
    ++counters_.outputs;
    counters_.output_bytes += output.json.size();
    batch_bytes_ += output.json.size();
    meta_.outputs = ChainOutput(meta_.outputs, output);
    outputs_.push_back({std::move(output), meta_.at});
  }
  // Depth-first, so that an embedded engine is done with a record before the next one. The chain's
  // length bounds the recursion.
  for (Message& message : effects.messages) {
    ++counters_.messages;
    const bool fused = std::ranges::find(settings_.fused, message.to) != settings_.fused.end();
    if (fused && settings_.partitions == 1) {
      RunMessage(std::move(message));
    } else {
      std::string record = EncodeMessageRecord(message);
      batch_bytes_ += record.size();
      sends_.push_back({message.to, IsToAll(message), std::move(message.key), std::move(record)});
    }
  }
}

void Task::Index(const RowEdit& edit) {
  if (parked_.contains(edit.key)) {
    // A parked row is not in the index, whatever its due says.
    if (edit.row != nullptr && edit.due_after == edit.due_before) return;
    Unpark(edit.key);
  } else if (edit.due_before == edit.due_after) {
    return;
  } else if (edit.due_before != kNever) {
    dues_.Remove({edit.due_before, edit.key});
    CountPending(edit.key, -1);
  }
  NoteEcho(edit);
  if (edit.due_after == kNever) return;
  dues_.Add({edit.due_after, edit.key});
  CountPending(edit.key, 1);
}

void Task::CountPending(std::string_view row, int64_t change) {
  const auto prefix = static_cast<uint8_t>(row[0]);
  auto kind = std::ranges::lower_bound(meta_.pending, prefix, {}, &PendingDues::prefix);
  if (kind == meta_.pending.end() || kind->prefix != prefix)
    kind = meta_.pending.insert(kind, {prefix, 0});
  kind->rows += change;
}

void Task::Park(const DueKey& due, const Cause& cause, const std::string& why) {
  TakeEcho(due.row);
  dues_.Remove(due);
  CountPending(due.row, -1);
  parked_.insert(due.row);
  Rows rows(cache_);
  rows.Edit<ParkedRow>({due.row}) = {due.due, cause.now, why};
  for (RowEdit& edit : rows.Take()) cache_.Adopt(std::move(edit));
  cache_.TakeBack();
  ReportFailure(cause, kRowParked, why, due.row);
}

void Task::Unpark(const std::string& row) {
  parked_.erase(row);
  Rows rows(cache_);
  rows.Erase<ParkedRow>({row});
  for (RowEdit& edit : rows.Take()) cache_.Adopt(std::move(edit));
}

// As it was before it failed: it fires with the next tick, unless that due is still to come.
void Task::RetryParked(const std::string& row) {
  if (!parked_.contains(row)) return;
  Rows rows(cache_);
  const ParkedRow* parked = rows.Find<ParkedRow>({row});
  PM_CHECK(parked != nullptr);
  const DueKey due{parked->since, row};
  Unpark(row);
  dues_.Add(due);
  CountPending(row, 1);
}

void Task::SetAside(std::string_view reason, std::string_view original, const Record& record) {
  std::string identity(record.bytes);
  AppendBigEndian(&identity, static_cast<uint64_t>(record.position));
  AppendPartition(&identity);
  const EventId id = HashEvent(identity);
  ReportFailure({record.at, id, id}, reason, fmt::format("record at position {}", record.position),
                original);
}

void Task::ReportFailure(const Cause& cause, std::string_view code, const std::string& why,
                         std::string_view original) {
  PM_CHECK(rules_ != nullptr);
  Effects effects;
  NoRows no_rows;
  Step step(cause.now, cause.id, cause.root, cause.now, cause.mode, cause.hops, *rules_, no_rows,
            effects);
  step.DeadLetter(code, why, "", original.substr(0, kMaxValueBytes));
  AlertOutput alert;
  alert.severity = "critical";
  alert.code = code;
  alert.what = why;
  alert.what_to_do = WhatToDo(code);
  step.Publish("alert.raised", ToText(cause.id), std::move(alert));
  Take(std::move(effects));
}

}  // namespace pm
