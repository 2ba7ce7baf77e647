#include "base/text/describe_yaml.h"

#include <charconv>

#include "base/text/utf8.h"

namespace pm {
namespace {

std::string_view KindWord(YamlNode::Kind kind) {
  YamlNode node;
  node.kind = kind;
  return KindName(node);
}

// `to:emea`, which is a text.
bool IsKeyWithoutBlank(const YamlNode& node) {
  const size_t colon = node.text.find(':');
  return !node.quoted() && colon != std::string::npos && colon > 0 && colon + 1 < node.text.size();
}

std::string HintOfKind(const YamlNode& node, YamlNode::Kind wanted, std::string_view short_for) {
  using Kind = YamlNode::Kind;
  if (node.kind == Kind::kNull) {
    return "leave the key out if it has no value; quote a text like 'null'";
  }
  if (node.kind == Kind::kScalar && wanted == Kind::kMap && IsKeyWithoutBlank(node)) {
    return "a blank follows the colon of a key";
  }
  if (node.kind == Kind::kScalar && wanted == Kind::kMap && !short_for.empty()) {
    const size_t star = short_for.find('*');
    return fmt::format("write `{}{}{}`", short_for.substr(0, star), node.text,
                       short_for.substr(star + 1));
  }
  if (node.kind == Kind::kSequence && wanted == Kind::kMap) {
    return "a map has no dashes: a name and a colon stand before each value";
  }
  if (node.kind == Kind::kMap && wanted == Kind::kSequence) {
    return "each item of a list begins with `- `";
  }
  if (node.kind == Kind::kScalar && wanted == Kind::kSequence) {
    return fmt::format("for a list of one, write `[{}]`", node.text);
  }
  return "";
}

std::string TextInWords(const YamlNode& node) {
  return node.text.empty() ? "an empty text" : Quoted(node.text);
}

bool Wrong(const YamlNode& node, std::string_view wanted, std::string hint, Diagnostics& out) {
  out.Error(114, PlaceOf(node), fmt::format("expected {}, got {}", wanted, TextInWords(node)),
            std::move(hint));
  return false;
}

bool IsWholeNumber(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
  return digits && (text.size() == 1 || text[0] != '0');
}

}  // namespace

bool ExpectKind(const YamlNode& node, YamlNode::Kind kind, Diagnostics& diagnostics,
                std::string_view short_for) {
  if (node.told) {
    diagnostics.MeetToldError();
    return false;
  }
  if (node.kind == kind) return true;
  diagnostics.Error(111, PlaceOf(node),
                    fmt::format("expected {}, got {}", KindWord(kind), KindName(node)),
                    HintOfKind(node, kind, short_for));
  return false;
}

bool ReadYaml(const YamlNode& node, bool* out, Diagnostics& diagnostics) {
  if (!ExpectKind(node, YamlNode::Kind::kScalar, diagnostics)) return false;
  const bool yes = node.text == "true";
  if (node.quoted() || (!yes && node.text != "false")) {
    return Wrong(node, "true or false",
                 node.quoted() ? "leave out the quotes" : HintOfTruth(node.text), diagnostics);
  }
  *out = yes;
  return true;
}

bool ReadYaml(const YamlNode& node, std::string* out, Diagnostics& diagnostics) {
  if (!ExpectKind(node, YamlNode::Kind::kScalar, diagnostics)) return false;
  *out = node.text;
  return true;
}

bool ReadYaml(const YamlNode& node, YamlNode* out, Diagnostics&) {
  *out = node;
  return true;
}

bool ReadYamlInt(const YamlNode& node, int64_t* out, const YamlOptions& options,
                 Diagnostics& diagnostics) {
  if (!ExpectKind(node, YamlNode::Kind::kScalar, diagnostics)) return false;
  if (node.quoted() || !IsWholeNumber(node.text)) {
    const bool digits =
        node.text.size() > 1 && node.text.find_first_not_of("0123456789") == std::string::npos;
    const size_t first = std::min(node.text.find_first_not_of('0'), node.text.size() - 1);
    const std::string hint = node.quoted() ? "leave out the quotes"
                             : digits      ? "write " + node.text.substr(first)
                                           : HintOfNumber(node.text);
    return Wrong(node, "a whole number", hint, diagnostics);
  }
  int64_t value = 0;
  const char* end = node.text.data() + node.text.size();
  const bool fits = std::from_chars(node.text.data(), end, value).ec == std::errc();
  if (!fits || value < options.min || value > options.max) {
    diagnostics.Error(
        115, PlaceOf(node),
        fmt::format("{} is not between {} and {}", Quoted(node.text), options.min, options.max));
    return false;
  }
  *out = value;
  return true;
}

namespace yaml_detail {

KeyBook::KeyBook(const YamlNode& map, bool is_document, std::span<const Habit> habits,
                 Diagnostics& out)
    : map_(map), habits_(habits), out_(out), taken_(map.entries.size()) {
  if (is_document) Take("kind");
}

const YamlNode* KeyBook::Take(std::string_view key) {
  known_.push_back(key);
  for (size_t i = 0; i < map_.entries.size(); ++i) {
    if (taken_[i] || map_.entries[i].key.text != key) continue;
    taken_[i] = true;
    return &map_.entries[i].value;
  }
  return nullptr;
}

std::vector<const YamlEntry*> KeyBook::TakeRest() {
  std::vector<const YamlEntry*> rest;
  for (size_t i = 0; i < map_.entries.size(); ++i) {
    const YamlEntry& entry = map_.entries[i];
    const bool known = std::ranges::find(known_, entry.key.text) != known_.end();
    if (known && entry.key.told) good_ = false;
    if (!taken_[i] && !(known && entry.key.told)) rest.push_back(&entry);
    taken_[i] = true;
  }
  return rest;
}

void KeyBook::Miss(std::string_view key, std::string_view meaning) {
  missing_.emplace_back(key, meaning);
}

// What an unknown key was probably meant to be, or empty.
std::string_view KeyBook::Meant(std::string_view key) const {
  const std::string_view habit = MeantBy(habits_, key);
  return habit.empty() ? Nearest(key, known_) : habit;
}

void KeyBook::Report() {
  std::vector<const YamlEntry*> unknown = TakeRest();
  std::erase_if(unknown, [&](const YamlEntry* entry) {
    if (!entry->key.told) return false;
    good_ = false;
    const bool again = map_.Find(entry->key.text) != &entry->value;
    if (!again) missing_.clear();  // it may be that one, or a merge key may have brought it
    return true;
  });
  for (const YamlEntry* entry : unknown) {
    const std::string_view meant = Meant(entry->key.text);
    std::erase_if(missing_, [&](const auto& missing) { return missing.first == meant; });
  }
  good_ = good_ && unknown.empty() && missing_.empty();
  // One that is like none probably stands where one is missing.
  const bool replaced = std::ranges::any_of(
      unknown, [&](const YamlEntry* entry) { return Meant(entry->key.text).empty(); });
  std::vector<std::string_view> missing;
  for (const auto& [key, meaning] : missing_) {
    missing.push_back(key);
    if (replaced) continue;
    out_.Error(113, PlaceOf(map_), "missing key " + Quoted(key),
               fmt::format("{}: {}", key, meaning));
  }
  for (const YamlEntry* entry : unknown) {
    const std::string_view meant = Meant(entry->key.text);
    std::string hint;
    if (!meant.empty()) {
      hint = fmt::format("did you mean {}?", Quoted(meant));
    } else if (!known_.empty()) {
      hint = fmt::format(
          "known keys: {}{}", fmt::join(known_, ", "),
          missing.empty() ? "" : fmt::format("; missing: {}", fmt::join(missing, ", ")));
    }
    out_.Error(112, PlaceOf(entry->key), "unknown key " + Quoted(entry->key.text), std::move(hint));
  }
}

bool ReadName(const YamlNode& node, std::span<const std::string_view> names,
              std::span<const Habit> habits, size_t* index, Diagnostics& diagnostics) {
  if (!ExpectKind(node, YamlNode::Kind::kScalar, diagnostics)) return false;
  const auto found = std::ranges::find(names, std::string_view(node.text));
  *index = static_cast<size_t>(found - names.begin());
  if (found != names.end()) return true;
  const std::string_view meant = MeantBy(habits, node.text);
  std::string hint =
      meant.empty() ? DidYouMean(node.text, names) : fmt::format("did you mean {}?", Quoted(meant));
  if (hint.empty()) hint = fmt::format("one of {}", fmt::join(names, ", "));
  diagnostics.Error(116, PlaceOf(node),
                    node.text.empty() ? "expected a name, got an empty text"
                                      : "unknown name " + Quoted(node.text),
                    std::move(hint));
  return false;
}

bool CheckCount(const YamlNode& node, size_t count, size_t most, Diagnostics& diagnostics) {
  if (count <= most) return true;
  diagnostics.Error(115, PlaceOf(node),
                    fmt::format("{} entries, at most {} are allowed", count, most));
  return false;
}

}  // namespace yaml_detail
}  // namespace pm
