#include "rules/compile/checks/acceptance.h"

#include <fmt/format.h>

#include <charconv>

namespace pm {
namespace {

constexpr std::string_view kMark = "pointsman: accept ", kName = "pointsman";
constexpr std::string_view kBlanks = " \t\r", kBetweenCodes = ",:;.";
constexpr size_t kDigits = 4;  // of a code

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool BeginsWith(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         std::ranges::equal(text.substr(0, lower_case.size()), lower_case, {}, Lower);
}

std::string_view AfterBlanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kBlanks), text.size()));
}

// `PM0228`, and what was probably meant so: `pm228`.
bool LooksLikeCode(std::string_view word) {
  return BeginsWith(word, "pm") && word.size() > 2 &&
         word.find_first_not_of("0123456789", 2) == std::string_view::npos;
}

// In any language: more than signs.
bool SaysSomething(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    return (Lower(c) >= 'a' && Lower(c) <= 'z') || static_cast<unsigned char>(c) >= 0x80;
  });
}

int NumberOf(std::string_view code) {
  int number = 0;
  std::from_chars(code.data() + 2, code.data() + code.size(), number);
  return number;
}

// Where a comment that is about Pointsman begins, with the bytes of its sign.
std::optional<std::pair<size_t, size_t>> FindComment(std::string_view line, bool in_text) {
  for (const std::string_view sign : {"#", "//"}) {
    if (in_text && sign == "#") continue;
    for (size_t at = line.find(sign); at != line.npos; at = line.find(sign, at + 1)) {
      if (BeginsWith(AfterBlanks(line.substr(at + sign.size())), kName)) {
        return std::pair(at, sign.size());
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Acceptance> ReadAcceptance(const Source& source, int32_t line, bool in_text) {
  const std::string_view text = source.Line(line);
  const auto comment = FindComment(text, in_text);
  if (!comment) return std::nullopt;
  const auto [begin, sign] = *comment;
  const size_t start = source.LineStart(line);
  Acceptance one;
  one.place = PlaceAt(source, start + begin, text.size() - begin);
  const std::string_view said = text.substr(begin + sign);
  one.well_written = said.starts_with(' ') && (AfterBlanks(said).starts_with(kMark) ||
                                               std::string(AfterBlanks(said)) + ' ' == kMark);
  const bool marked = one.well_written;
  bool begun = marked;  // a comment in other words counts from its first code on
  for (size_t at = begin + sign + (marked ? said.find(kMark) + kMark.size() : 0);;) {
    at = std::min(text.find_first_not_of(kBlanks, at), text.size());
    const size_t end = std::min(text.find_first_of(kBlanks, at), text.size());
    std::string_view word = text.substr(at, end - at);
    while (!word.empty() && kBetweenCodes.contains(word.back())) word.remove_suffix(1);
    if (LooksLikeCode(word)) {
      begun = true;
      const bool whole = word.starts_with("PM") && word.size() == 2 + kDigits;
      one.codes.push_back({.place = PlaceAt(source, start + at, word.size()),
                           .text = std::string(word),
                           .code = whole ? NumberOf(word) : 0});
    } else if (begun || word.empty()) {
      one.reason = SaysSomething(text.substr(at));
      break;
    }
    at = end;
  }
  if (!marked && one.codes.empty()) return std::nullopt;
  return one;
}

std::string WellWritten(const Acceptance& acceptance) {
  std::string codes;
  for (const Acceptance::Code& code : acceptance.codes)
    codes += CodeName(NumberOf(code.text)) + ' ';
  return fmt::format("`# pointsman: accept {}why`", codes.empty() ? "PM0228 " : codes);
}

LongTexts::LongTexts(const Source& source, const Draft& draft) {
  for (const YamlNode& tree : draft.trees) {
    if (tree.source == &source) Visit(tree, 0);
  }
}

void LongTexts::Visit(const YamlNode& node, int32_t key_line) {
  for (const YamlNode& item : node.items) Visit(item, item.source->PositionAt(item.offset).line);
  for (const YamlEntry& entry : node.entries) {
    Visit(entry.value, entry.key.source->PositionAt(entry.key.offset).line);
  }
  const size_t end = node.text.find_last_not_of(" \n");
  if (node.kind != YamlNode::Kind::kScalar || end == std::string::npos) return;
  const int32_t last = PlaceIn(node, end).position.line;
  if (last > key_line) {
    texts_.push_back({key_line, node.source->PositionAt(node.offset).line, last});
  }
}

const LongTexts::Lines* LongTexts::Find(int32_t line) const {
  const auto found = std::ranges::lower_bound(texts_, line, {}, &Lines::last);
  return found != texts_.end() && found->key < line ? &*found : nullptr;
}

int32_t LongTexts::HolderOf(int32_t line) const {
  const Lines* text = Find(line);
  return text == nullptr ? line : text->key;
}

bool LongTexts::GoesOnIn(int32_t line) const {
  const Lines* text = Find(line);
  return text != nullptr && text->first < line;
}

}  // namespace pm
