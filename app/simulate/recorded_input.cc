#include "app/simulate/recorded_input.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text/base64.h"
#include "base/text/json_writer.h"
#include "base/time/text.h"
#include "model/decode/json_tree.h"

namespace pm {
namespace {

constexpr int kNoRecordedInput = 704;

std::string_view KindOfRecord(std::string_view bytes) {
  const std::optional<RecordBody> body = DecodeRecord(bytes);
  if (!body.has_value()) return "unknown";
  constexpr std::string_view kNames[] = {"event", "tick", "switch", "skip", "retry"};
  return kNames[body->index()];
}

std::string_view TextOf(const JsonNode& line, std::string_view key) {
  const JsonNode* node = line.Find(key);
  return node == nullptr ? std::string_view() : std::string_view(node->text);
}

Result<RecordedInput::Entry> ParseEntry(const JsonNode& line) {
  RecordedInput::Entry entry;
  const std::string_view position = TextOf(line, "position");
  const auto parsed =
      std::from_chars(position.data(), position.data() + position.size(), entry.position);
  if (parsed.ec != std::errc() || position.empty()) {
    return Fail(kNoRecordedInput, "'position' is missing or no number");
  }
  PM_TRY(entry.at, ParseInstant(TextOf(line, "at")));
  PM_TRY(entry.bytes, ParseBase64(TextOf(line, "record")));
  if (!DecodeRecord(entry.bytes).has_value()) {
    return Fail(kNoRecordedInput, "'record' holds no record");
  }
  return entry;
}

}  // namespace

std::string RecordLine(const Record& record) {
  std::string line;
  JsonWriter w(&line);
  w.BeginObject();
  w.Field("position", record.position);
  w.Field("at", FormatInstant(record.at));
  w.Field("kind", KindOfRecord(record.bytes));
  w.Field("record", Base64(record.bytes));
  w.EndObject();
  return line + "\n";
}

std::string ChainLine(EventId outputs) {
  return fmt::format("{{\"outputs\":\"{}\"}}\n", ToText(outputs));
}

Result<RecordedInput> ParseRecordedInput(std::string_view text) {
  RecordedInput input;
  int number = 0;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (line.empty()) continue;
    const auto at_line = [&](const Error& error) {
      return Fail(kNoRecordedInput,
                  fmt::format("line {}: {}; a recorded input is wanted, as `simulate --out` and "
                              "the engine write it",
                              number, error.text));
    };
    const Result<JsonNode> json = ParseJson(line);
    if (!json.has_value()) return at_line(json.error());
    if (const std::string_view chain = TextOf(*json, "outputs"); !chain.empty()) {
      input.outputs = chain;
      continue;
    }
    Result<RecordedInput::Entry> entry = ParseEntry(*json);
    if (!entry.has_value()) return at_line(entry.error());
    if (!input.entries.empty() && entry->position <= input.entries.back().position) {
      return at_line({kNoRecordedInput, "positions must rise"});
    }
    input.entries.push_back(*std::move(entry));
  }
  return input;
}

}  // namespace pm
