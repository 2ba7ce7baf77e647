// One step of a task: running it, taking what it did, and what happens when it fails.
#include "engine/runtime/task.h"

namespace pm {

namespace {

// A dead letter holds a whole submission in base64, which takes a third more.
constexpr size_t kMaxLetterBytes = 2 * kMaxValueBytes;

size_t BoundOf(const Output& output) {
  return output.topic == Topic::kDeadLetters ? kMaxLetterBytes : kMaxValueBytes;
}

void CheckBounds(const Effects& effects) {
  for (const RowEdit& edit : effects.rows) PM_CHECK(edit.bytes.size() <= kMaxValueBytes);
  for (const Output& output : effects.outputs) PM_CHECK(output.json.size() <= BoundOf(output));
  for (const Message& message : effects.messages)
    PM_CHECK(message.body.size() <= 2 * kMaxValueBytes);
}

// Else it would fire again in the same tick, for ever.
void CheckAdvanced(const RowDue& due, const Effects& effects) {
  const auto edit = std::ranges::find(effects.rows, due.key, &RowEdit::key);
  const bool due_row_was_written = edit != effects.rows.end();
  PM_CHECK(due_row_was_written);
  const bool due_row_advanced = edit->row == nullptr || edit->due_after > due.due;
  PM_CHECK(due_row_advanced);
}

EventId FiringId(const DueKey& due, Instant until) {
  std::string identity = "tick";
  AppendBigEndian(&identity, static_cast<uint64_t>(until.ms));
  AppendBigEndian(&identity, static_cast<uint64_t>(due.due.ms));
  identity += due.row;
  return HashEvent(identity);
}

// A step that only publishes reads no rows.
class NoRows final : public RowReader {
 public:
  const RowBox* Get(std::string_view, RowDecoder) override { return nullptr; }
  std::optional<std::string> NextKey(std::string_view, std::string_view) override {
    return std::nullopt;
  }
};

}  // namespace

void Task::RunMessage(const Message& message) {
  const std::string why = RunStep(message.to, Input(message), message.at, message.id);
  if (!why.empty())
    ReportFailure({message.at, message.id, message.root, message.mode, message.hops},
                  "broken_invariant", why, message.body);
}

void Task::Fire(const DueKey& due, Instant until) {
  ++counters_.fired;
  counters_.late_ms.Add((until - due.due).ms);
  const Instant now = until - due.due > settings_.late ? until : due.due;
  const EventId cause = FiringId(due, until);
  const RowDue input{due.row, due.due, meta_.tick};
  const std::string why = RunStep(stages_.stage_of_row(due.row), Input(input), now, cause);
  if (why.empty()) return;
  Park(due, now, why);
  ReportFailure({now, cause, cause}, "row_parked", why, due.row);
}

// Empty when the step took hold; else why it did not, with nothing changed.
std::string Task::RunStep(Stage stage, const Input& input, Instant now, EventId cause) {
  PM_CHECK(rules_ != nullptr);
  ++counters_.steps;
  Effects effects;
  try {
    size_t gets = 0;
    effects = stages_.run(stage, cache_, input, now, cause, *rules_, &gets);
    counters_.gets += gets;
    CheckBounds(effects);
    if (const auto* due = std::get_if<RowDue>(&input)) CheckAdvanced(*due, effects);
  } catch (const BrokenInvariant& broken) {
    ++counters_.failed_steps;
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
      RunMessage(message);
    } else {
      std::string record = EncodeMessageRecord(message);
      batch_bytes_ += record.size();
      sends_.push_back({message.to, false, std::move(message.key), std::move(record)});
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

void Task::Park(const DueKey& due, Instant now, const std::string& why) {
  dues_.Remove(due);
  CountPending(due.row, -1);
  parked_.insert(due.row);
  Rows rows(cache_);
  rows.Edit<ParkedRow>({due.row}) = {due.due, now, why};
  for (RowEdit& edit : rows.Take()) cache_.Adopt(std::move(edit));
}

void Task::Unpark(const std::string& row) {
  parked_.erase(row);
  Rows rows(cache_);
  rows.Erase<ParkedRow>({row});
  for (RowEdit& edit : rows.Take()) cache_.Adopt(std::move(edit));
}

void Task::SetAside(std::string_view reason, std::string_view original, const Record& record) {
  std::string identity(record.bytes);
  AppendBigEndian(&identity, static_cast<uint64_t>(record.position));
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
  alert.what_to_do = "Nothing of this step took hold. Report it with the dead letter of this id.";
  step.Publish("alert.raised", ToText(cause.id), std::move(alert));
  Take(std::move(effects));
}

}  // namespace pm
