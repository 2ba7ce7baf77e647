#include "engine/stages/step.h"

#include <array>

#include "base/text/base64.h"
#include "rules/book.h"

namespace pm {

Step::Step(Instant step_now, EventId step_cause, EventId step_root, Instant step_at, Mode step_mode,
           uint32_t step_hops, const RuleBook& step_rules, RowReader& below, Effects& out)
    : now(step_now),
      cause(step_cause),
      root(step_root),
      at(step_at),
      mode(step_mode),
      past(step_mode == Mode::kBackfill),
      hops(step_hops),
      rules(step_rules),
      rows(below, WorldOf(step_mode)),
      out_(out) {}

void Step::SendBytes(Stage to, std::string key, MessageType type, std::string body) {
  if (hops + 1 > kMaxHops) {
    DeadLetter("too_many_hops", fmt::format("a chain of {} messages was cut", kMaxHops), "", body);
    return;
  }
  const bool mode_is_of_rows = WorldOf(mode) == rows.world();
  PM_CHECK(mode_is_of_rows);
  Message& m = out_.messages.emplace_back();
  m.to = to;
  m.type = type;
  m.mode = mode;
  m.hops = hops + 1;
  m.key = std::move(key);
  m.id = Derive(cause, static_cast<uint32_t>(type), ordinal_++);
  m.root = root;
  m.rules = rules.version();
  m.at = at;
  m.body = std::move(body);
}

void Step::BeginOutput(Topic topic, std::string_view type, std::string key) {
  constexpr size_t kUsualBytes = 4096, kUsualOutputs = 8;
  const bool mode_is_of_rows = WorldOf(mode) == rows.world();
  PM_CHECK(mode_is_of_rows);
  if (out_.outputs.empty()) out_.outputs.reserve(kUsualOutputs);
  Output& output = out_.outputs.emplace_back();
  output.topic = topic;
  output.type = type;
  output.id = Derive(cause, 0x100 + static_cast<uint32_t>(topic), ordinal_++);
  // Every output begins with this: put together from its few parts, most of which are constant.
  std::string& json = json_;
  json.clear();
  json.reserve(kUsualBytes);
  json += R"({"specversion":"1.0","id":")";
  json += IdText(output.id).view();
  json += R"(","source":"pointsman","type":")";
  json += type;
  json += R"(","time":")";
  json += InstantText(now).view();
  json += '"';
  if (!key.empty()) {
    json += R"(,"subject":)";
    AppendJsonString(key, &json);
  }
  json += R"(,"datacontenttype":"application/json","correlationid":")";
  json += IdText(root).view();
  json += R"(","causationid":")";
  json += IdText(cause).view();
  json += R"(","data":)";
  output.key = std::move(key);
}

void Step::EndOutput() {
  json_ += '}';
  out_.outputs.back().json = json_;
}

void Step::DeadLetter(std::string_view reason, std::string detail, std::string_view pointer,
                      std::string_view original) {
  DeadLetterOutput letter;
  letter.reason = reason;
  letter.detail = std::move(detail);
  letter.pointer = pointer;
  letter.original = Base64(original);
  Publish("dead_letter.written", ToText(cause), std::move(letter));
}

void Step::FillHead(OutHead* head) const {
  head->rules_version = rules.version();
  head->mode = ModeName(mode);
  if (head->occurred_at == kNever) head->occurred_at = now;
}

void CheckAdvanced(const RowDue& due, const Effects& effects) {
  const auto edit = std::ranges::find(effects.rows, due.key, &RowEdit::key);
  const bool due_row_was_written = edit != effects.rows.end();
  PM_CHECK(due_row_was_written);
  const bool due_row_advanced = edit->row == nullptr || edit->due_after > due.due;
  PM_CHECK(due_row_advanced);
}

Stage StageOfRow(std::string_view stored_key) {
  const std::string_view key = WithoutWorld(stored_key);
  PM_CHECK(!key.empty());
  // Never reuse a letter: they are stored. docs/STORAGE_FORMAT.md says what each is.
  constexpr std::array<std::pair<Stage, std::string_view>, 4> kPrefixes = {
      {{Stage::kIntake, "dnf"},
       {Stage::kIdentity, "tw"},
       {Stage::kAccount, "plairyuc"},
       {Stage::kDesk, "DRPAmseqhokzvNE"}}};
  const auto* it = std::ranges::find_if(
      kPrefixes, [&](const auto& entry) { return entry.second.contains(key[0]); });
  PM_CHECK(it != kPrefixes.end());
  return it->first;
}

}  // namespace pm
