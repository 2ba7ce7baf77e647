#include "app/scenario/expect.h"

#include <charconv>

#include "app/simulate/summary.h"
#include "base/time/text.h"

namespace pm {
namespace {

using Kind = JsonNode::Kind;

const JsonNode* Walk(const JsonNode& node, std::string_view path) {
  if (path.empty()) return &node;
  if (node.is(Kind::kArray)) {
    size_t index = 0;
    const size_t dot = path.find('.');
    const std::string_view word = path.substr(0, dot);
    const auto parsed = std::from_chars(word.data(), word.data() + word.size(), index);
    if (parsed.ec != std::errc() || index >= node.items.size()) return nullptr;
    return Walk(node.items[index], dot == std::string_view::npos ? "" : path.substr(dot + 1));
  }
  // The longest key first: keys may hold dots.
  for (size_t end = path.size(); end != std::string_view::npos && end > 0;
       end = path.rfind('.', end - 1)) {
    const JsonNode* next = node.Find(path.substr(0, end));
    if (next == nullptr) continue;
    if (const JsonNode* found = Walk(*next, end == path.size() ? "" : path.substr(end + 1))) {
      return found;
    }
  }
  return nullptr;
}

std::string ScalarText(const JsonNode& node) {
  return node.is(Kind::kBool) ? (node.boolean ? "true" : "false") : node.text;
}

bool SameScalar(const JsonNode& got, const YamlNode& wanted) {
  switch (got.kind) {
    case Kind::kNull:
      return wanted.kind == YamlNode::Kind::kNull;
    case Kind::kBool:
    case Kind::kNumber:
    case Kind::kString: {
      if (ScalarText(got) == wanted.text) return true;
      const Result<Instant> a = ParseInstant(got.text), b = ParseInstant(wanted.text);
      return a.has_value() && b.has_value() && *a == *b;
    }
    case Kind::kArray:
      return std::ranges::any_of(got.items,
                                 [&](const JsonNode& item) { return SameScalar(item, wanted); });
    case Kind::kObject:
      return false;
  }
  return false;
}

bool Contains(const JsonNode& got, std::string_view text) {
  if (got.is(Kind::kArray)) {
    return std::ranges::any_of(got.items,
                               [&](const JsonNode& item) { return Contains(item, text); });
  }
  return got.text.contains(text);
}

std::optional<int64_t> Whole(std::string_view text) {
  int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

bool HoldsTest(const JsonNode* got, std::string_view test, const YamlNode& operand) {
  if (test == "absent") return (got == nullptr) == (operand.text == "true");
  if (test == "present") return (got != nullptr) == (operand.text == "true");
  if (got == nullptr) return false;
  if (test == "contains") return Contains(*got, operand.text);
  const std::optional<int64_t> a = Whole(got->text), b = Whole(operand.text);
  if (!a.has_value() || !b.has_value()) return false;
  return test == "gte" ? *a >= *b : test == "lte" && *a <= *b;
}

// `at: +10m` counts from `before`; empty when it holds.
std::string TimeDifference(const JsonNode& event, const YamlNode& wanted, Instant before) {
  const Result<When> when = ParseWhen(wanted.text);
  if (!when.has_value()) return fmt::format("at: {}", when.error().text);
  const std::string expected = FormatInstant(when->From(before));
  const std::string_view got = event.Text({"time"});
  if (expected == got) return {};
  return fmt::format("at: expected {}, got {}", expected, got);
}

}  // namespace

const JsonNode* AtPath(const JsonNode& event, std::string_view path) {
  const JsonNode* data = event.Find("data");
  const JsonNode* found = data == nullptr ? nullptr : Walk(*data, path);
  return found != nullptr ? found : Walk(event, path);
}

std::string Shown(const JsonNode* node) {
  if (node == nullptr) return "nothing";
  switch (node->kind) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
    case Kind::kNumber:
    case Kind::kString:
      return ScalarText(*node);
    case Kind::kArray: {
      std::string text = "[";
      for (const JsonNode& item : node->items) {
        if (text.size() > 1) text += ", ";
        text += Shown(&item);
      }
      return text + "]";
    }
    case Kind::kObject: {
      std::string text = "{";
      for (const auto& [key, value] : node->members) {
        if (text.size() > 1) text += ", ";
        text += key + ": " + Shown(&value);
      }
      return text + "}";
    }
  }
  return {};
}

std::string WantedText(const YamlNode& wanted) {
  if (wanted.kind == YamlNode::Kind::kScalar) return wanted.text;
  const Result<std::string> json = YamlToJson(
      wanted, [](std::string_view text) { return Result<std::string>(std::string(text)); });
  return json.value_or("?");
}

bool Matches(const JsonNode* got, const YamlNode& wanted) {
  if (wanted.kind == YamlNode::Kind::kMap) {
    return !wanted.entries.empty() && std::ranges::all_of(wanted.entries, [&](const YamlEntry& e) {
      return HoldsTest(got, e.key.text, e.value);
    });
  }
  if (got == nullptr) return false;
  if (wanted.kind != YamlNode::Kind::kSequence) return SameScalar(*got, wanted);
  return got->is(Kind::kArray) &&
         std::ranges::equal(got->items, wanted.items,
                            [](const JsonNode& a, const YamlNode& b) { return SameScalar(a, b); });
}

std::vector<std::string> Differences(const Expectation& expected, const JsonNode& event,
                                     Instant before) {
  std::vector<std::string> lines;
  for (const auto& [path, wanted] : expected.fields) {
    if (path == "at") {
      std::string line = TimeDifference(event, wanted, before);
      if (!line.empty()) lines.push_back(std::move(line));
      continue;
    }
    const JsonNode* got = AtPath(event, path);
    if (Matches(got, wanted)) continue;
    lines.push_back(fmt::format("{}: expected {}, got {}", path, WantedText(wanted), Shown(got)));
  }
  return lines;
}

}  // namespace pm
