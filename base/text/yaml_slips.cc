#include "base/text/yaml_slips.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace pm {
namespace {

constexpr std::string_view kQuotes = "'\"", kClosing = "'\"]}", kFlowEnds = ",]}\n";
constexpr size_t kMostQuoted = 40;  // bytes of a text that a hint repeats

bool Is(char c, std::string_view any) { return any.find(c) != std::string_view::npos; }

size_t LineStart(std::string_view text, size_t offset) {
  return offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1;  // npos wraps to 0
}

std::string_view LineAt(std::string_view text, size_t offset) {
  const size_t start = LineStart(text, offset);
  const std::string_view rest = text.substr(start);
  return rest.substr(0, rest.find_first_of("\r\n"));
}

size_t Indent(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

// Where brackets and quotes are open, walking over a text from the start of its document.
class OpenThings {
 public:
  explicit OpenThings(std::string_view text) {
    for (size_t at = 0; at < text.size(); ++at) Step(text, at);
  }

  bool in_flow() const { return !brackets_.empty(); }
  size_t bracket() const { return brackets_.back(); }
  std::optional<size_t> quote() const { return quote_; }
  // Where values begin that stand in the last line.
  const std::vector<size_t>& values() const { return values_; }

 private:
  void Step(std::string_view text, size_t at) {
    const char c = text[at];
    if (comment_) {
      comment_ = c != '\n';
    } else if (quote_) {
      if (c == text[*quote_]) quote_.reset();
    } else if (c == '#' && (at == 0 || Is(text[at - 1], " \n"))) {
      comment_ = true;
    } else if (value_next_ && !Is(c, " \r\n")) {
      Begin(text, at);
    } else if (in_flow() && Is(c, "]}")) {
      brackets_.pop_back();
    } else if (in_flow() && Is(c, "[{")) {
      brackets_.push_back(at);
      value_next_ = true;
    } else if (in_flow() && c == ',') {
      value_next_ = true;
    } else if (c == ':' && (at + 1 == text.size() || Is(text[at + 1], " \r\n"))) {
      value_next_ = true;
    }
    if (c == '\n') {
      values_.clear();
      value_next_ = true;
    }
  }

  void Begin(std::string_view text, size_t at) {
    const char c = text[at];
    value_next_ = false;
    values_.push_back(at);
    if (Is(c, kQuotes)) quote_ = at;
    if (Is(c, "[{")) {
      brackets_.push_back(at);
      value_next_ = true;
    } else if (in_flow() && Is(c, "]}")) {
      brackets_.pop_back();
    } else if (c == '-' && at + 1 < text.size() && text[at + 1] == ' ') {
      value_next_ = true;
    }
  }

  std::vector<size_t> brackets_, values_;
  std::optional<size_t> quote_;
  bool value_next_ = true, comment_ = false;
};

// A text without quotes that begins with what has a meaning of its own there.
std::optional<YamlSlip> BadBeginning(std::string_view text, const OpenThings& open,
                                     std::string_view message) {
  const bool block =
      message == "unexpected character in block scalar" || message == "unknown token";
  for (const size_t at : open.values()) {
    const char c = text[at];
    if (!Is(c, block ? "@`%!*&|>" : "@`%!*&")) continue;
    const std::string_view rest = text.substr(at);
    const std::string_view whole =
        rest.substr(0, rest.find_first_of(open.in_flow() ? kFlowEnds : "\n"));
    const std::string_view word = whole.substr(0, whole.find_last_not_of(" \r") + 1);
    const size_t sign = word.find_first_not_of("<>=!");
    if (sign != word.npos && sign > 0 && Is(word[sign], ": 0123456789")) {
      return YamlSlip{at, fmt::format("a text begins with `{}` only in quotes", c),
                      "operators are words here, as in `{ gte: 5 }`: gt, gte, lt, lte, eq, ne"};
    }
    const bool one_word = word.size() <= kMostQuoted && !word.contains(' ') && !word.contains('\'');
    std::string hint = one_word ? fmt::format("quote it: '{}'", word) : std::string(kQuoteWhole);
    if (c == '*' && one_word && word.size() > 1) {
      hint += fmt::format("; `*` is no wildcard, `ends_with: '{}'` asks how a text ends",
                          word.substr(1));
    }
    return YamlSlip{at, fmt::format("a text begins with `{}` only in quotes", c), std::move(hint)};
  }
  return std::nullopt;
}

// `{ when: f(a, 'b') }`: where the comma cuts a text without quotes.
std::optional<size_t> CutAtComma(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  size_t value = before.rfind(": ");
  if (value == before.npos) return std::nullopt;
  value += 2;
  if (value == before.size() || Is(before[value], kClosing) || Is(before[value], "[{")) {
    return std::nullopt;
  }
  const size_t comma = before.find(',', value);
  const bool cut =
      comma != before.npos && UnclosedParentheses(before.substr(value, comma - value)) > 0;
  return cut ? std::optional(comma) : std::nullopt;
}

YamlSlip GoesOn(size_t offset, char closing) {
  return {offset, fmt::format("the text goes on after its closing `{}`", closing),
          "a text that begins with a quote or a bracket is quoted as a whole, or stands below `|`"};
}

YamlSlip NotClosed(std::string_view text, size_t bracket) {
  return {bracket, fmt::format("this `{}` is not closed", text[bracket]), ""};
}

YamlSlip InFlow(std::string_view text, size_t offset, const OpenThings& open) {
  if (const auto comma = CutAtComma(text, offset)) {
    return {*comma, "within braces a text without quotes ends at a comma",
            std::string(kQuoteWhole)};
  }
  const std::string_view line = LineAt(text, offset);
  const size_t column = offset - LineStart(text, offset);
  const size_t last = line.substr(0, column).find_last_not_of(' ');
  const char here = offset < text.size() ? text[offset] : '\0';
  const char before = last == line.npos ? '\0' : line[last];
  if (Is(here, "[{") && before != '\0' && !Is(before, ":,[{-")) {
    return {offset, fmt::format("within braces a text without quotes ends at `{}`", here),
            std::string(kQuoteWhole)};
  }
  const std::string_view value =
      line.substr(0, column).substr(line.substr(0, column).find_last_of(",{[") + 1);  // npos: 0
  if (here == ':' && value.contains(": ")) {
    return {
        offset, "a second `: ` in one value",
        "a map in a value has braces of its own, `key: { key: value }`, and a text with `: ` in "
        "it is quoted"};
  }
  if (Is(here, "[{") && column > 0 && line[column - 1] == ':') {
    return {offset, "a blank is missing after the colon", ""};
  }
  if (Is(before, kClosing) && column < line.size() && !Is(here, "]},")) {
    return GoesOn(offset, before);
  }
  return NotClosed(text, open.bracket());
}

// Columns in which something begins that the next line may go on with, the innermost first.
std::vector<size_t> LevelsAbove(std::string_view text, size_t offset) {
  std::vector<size_t> levels;
  size_t least = std::string_view::npos;
  for (size_t start = LineStart(text, offset); start > 0 && least > 0;) {
    start = LineStart(text, start - 1);
    const std::string_view line = LineAt(text, start);
    const size_t indent = Indent(line);
    if (indent == line.size() || line[indent] == '#' || indent >= least) continue;
    size_t key = indent;
    while (line.substr(key).starts_with("- ")) {
      key = std::min(line.find_first_not_of(' ', key + 1), line.size());
    }
    if (key < least && key != indent) levels.push_back(key);
    levels.push_back(indent);
    least = indent;
  }
  return levels;
}

std::string HintOfColumn(const std::vector<size_t>& levels, size_t indent) {
  const size_t near = *std::ranges::min_element(
      levels, {}, [&](size_t level) { return level > indent ? level - indent : indent - level; });
  return near == 0 ? "keys of one map stand in one column: here at the start of the line"
                   : fmt::format("keys of one map stand in one column: here after {} blank{}", near,
                                 near == 1 ? "" : "s");
}

// `-name: A`, or `name A` where a key stands, in the line of `offset`; `next` is how far the line
// is indented that may go on with the item there.
std::optional<YamlSlip> BadKey(std::string_view text, size_t offset, size_t next) {
  const std::string_view line = LineAt(text, offset);
  const size_t start = LineStart(text, offset), indent = Indent(line);
  const std::string_view rest = line.substr(indent);
  if (rest.size() > 1 && rest[0] == '-' && rest[1] != ' ' && rest.contains(": ")) {
    return YamlSlip{start + indent, "a blank is missing after the `-`", ""};
  }
  const std::vector<size_t> levels = LevelsAbove(text, offset);
  const bool item = rest.starts_with("- ");
  const bool key = item ? next == indent + 2 : std::ranges::find(levels, indent) != levels.end();
  if (!key || rest.contains(':') || rest.empty() || rest[0] == '#') return std::nullopt;
  return YamlSlip{start + indent + (item ? 2 : 0), "a key without a colon", "write `key: value`"};
}

size_t LineBefore(std::string_view text, size_t offset) {
  size_t start = LineStart(text, offset);
  while (start > 0) {
    start = LineStart(text, start - 1);
    const std::string_view line = LineAt(text, start);
    if (Indent(line) < line.size()) break;
  }
  return start;
}

YamlSlip InBlock(std::string_view text, size_t offset, std::string_view message) {
  const std::string_view line = LineAt(text, offset);
  const size_t start = LineStart(text, offset), indent = Indent(line);
  const std::string_view before = line.substr(0, offset - start);
  const size_t last = before.find_last_not_of(' ');
  if (message == "illegal map value" &&
      before.substr(std::min(indent, before.size())).contains(": ")) {
    return {offset, "a second `: ` in one line",
            "a map begins on a line of its own or in braces, and a text with `: ` in it is quoted"};
  }
  if (message == "illegal block entry") {
    return {offset, "a list begins on a line of its own", "write its items below, each after `- `"};
  }
  if (last != before.npos && Is(before[last], kClosing)) return GoesOn(offset, before[last]);
  for (const size_t at : {LineBefore(text, offset), offset}) {
    if (auto slip = BadKey(text, at, indent)) return *std::move(slip);
  }
  const std::vector<size_t> levels = LevelsAbove(text, offset);
  if (levels.empty()) return {offset, std::string(message), ""};
  if (std::ranges::find(levels, indent) == levels.end()) {
    return {start + indent, "this line is indented otherwise than those above",
            HintOfColumn(levels, indent)};
  }
  if (line.substr(indent).starts_with('-')) {
    return {start + indent, "an item of a list among the keys of a map",
            "indent it below the key of its list"};
  }
  return {start + indent, "a key among the items of a list",
          "indent it like the keys of the item, or begin an item by `- `"};
}

}  // namespace

int UnclosedParentheses(std::string_view text) {
  return static_cast<int>(std::ranges::count(text, '(') - std::ranges::count(text, ')'));
}

YamlSlip ExplainSyntax(std::string_view text, size_t offset, std::string_view message) {
  const OpenThings open(text.substr(0, std::min(offset + 1, text.size())));
  if (auto slip = BadBeginning(text, open, message)) return *std::move(slip);
  const OpenThings before(text.substr(0, offset));
  const bool at_end = text.find_first_not_of(" \r\n", offset) == text.npos;
  if (before.quote() && at_end) return {*before.quote(), "this quote is not closed", ""};
  if (message == "illegal flow end" && offset < text.size()) {
    if (before.in_flow()) return NotClosed(text, before.bracket());
    return {offset, fmt::format("nothing is open that `{}` could close", text[offset]), ""};
  }
  if (message.contains("flow not found") && before.in_flow()) return InFlow(text, offset, before);
  const bool block = message == "illegal map value" || message == "illegal map key" ||
                     message == "illegal block entry" || message.starts_with("end of ");
  if (block && !before.in_flow()) return InBlock(text, offset, message);
  return {offset, std::string(message), ""};
}

bool HasClosingQuote(std::string_view text) {
  const char quote = text.front();
  for (size_t at = 1; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      const bool twice = quote == '\'' && text.substr(at + 1).starts_with(quote);
      if (!twice) return true;
      ++at;
    }
  }
  return false;
}

}  // namespace pm
