#include "rules/pattern_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/normalise/ascii.h"
#include "rules/text_form.h"

namespace pm {
namespace {

constexpr int kBadLiteral = 210, kBadPattern = 212;

size_t Behind(std::string_view pattern, std::string_view end, size_t from) {
  const size_t at = pattern.find(end, from);
  return at == std::string_view::npos ? pattern.size() : at + end.size();
}

// What comes after the escape that begins there.
size_t BehindEscape(std::string_view pattern, size_t at) {
  const std::string_view rest = pattern.substr(at + 1);
  if (rest.starts_with('Q')) return Behind(pattern, "\\E", at);
  if (rest.size() > 1 && rest[1] == '{') return Behind(pattern, "}", at);
  if (rest.starts_with('x')) return at + 4;
  return at + (rest.starts_with('p') || rest.starts_with('P') ? 3 : 2);
}

// What comes after the class `[...]` that begins there.
size_t BehindClass(std::string_view pattern, size_t at) {
  ++at;
  if (pattern.substr(at).starts_with('^')) ++at;
  if (pattern.substr(at).starts_with(']')) ++at;
  while (at < pattern.size() && pattern[at] != ']') {
    if (pattern[at] == '\\') {
      at = BehindEscape(pattern, at);
    } else {
      at = pattern.substr(at).starts_with("[:") ? Behind(pattern, ":]", at) : at + 1;
    }
  }
  return at + 1;
}

// Where the expression asks for a capital letter, if it does not say `(?i)`.
std::optional<size_t> CapitalIn(std::string_view pattern) {
  for (size_t at = 0; at < pattern.size();) {
    if (pattern[at] == '\\') {
      at = BehindEscape(pattern, at);
    } else if (pattern[at] == '[') {
      at = BehindClass(pattern, at);
    } else if (pattern.substr(at).starts_with("(?")) {
      const size_t head = pattern.find_first_of(":)<", at);
      if (pattern.substr(at, head - at).contains('i')) return std::nullopt;
      at = std::min(pattern.find_first_of(":)>", at), pattern.size());
    } else {
      if (IsAsciiUpper(pattern[at])) return at;
      ++at;
    }
  }
  return std::nullopt;
}

// Texts of these fields may have slashes at both ends.
bool MayHaveSlashes(const FieldDecl& field) {
  return std::ranges::any_of(std::array{"path", "url", "page", "referrer"},
                             [&](const char* end) { return field.name.ends_with(end); });
}

// `/vp/i` of other languages: what is between the slashes, with what stands for the flags here.
std::optional<std::string> BetweenSlashes(std::string_view pattern) {
  const size_t last = pattern.rfind('/');
  if (!pattern.starts_with('/') || last < 2 || last == pattern.npos) return std::nullopt;
  const std::string_view flags = pattern.substr(last + 1);
  if (flags.find_first_not_of("gimsuy") != flags.npos) return std::nullopt;
  return fmt::format("{}{}", flags.contains('i') ? "(?i)" : "", pattern.substr(1, last - 1));
}

std::optional<Error> OtherForm(const FieldDecl& field, std::string_view pattern) {
  if (const auto meant = BetweenSlashes(pattern); meant && !MayHaveSlashes(field)) {
    return Error{kBadPattern, fmt::format("no slashes stand around an expression here: they would "
                                          "be looked for in the text (write {}; [/] is a slash)",
                                          *meant)};
  }
  if (pattern.size() > 2 && pattern.starts_with('%') && pattern.ends_with('%')) {
    return Error{kBadPattern,
                 fmt::format("`%` is no wildcard here: it would be looked for in the text (write "
                             "{}, which may stand anywhere in it; [%] is a per cent sign)",
                             pattern.substr(1, pattern.size() - 2))};
  }
  return std::nullopt;
}

}  // namespace

std::optional<PatternTrouble> TroubleOfPattern(const FieldDecl& field, std::string_view pattern) {
  if (auto other = OtherForm(field, pattern)) return PatternTrouble{*std::move(other), 0};
  const std::optional<size_t> capital = IsInSmallLetters(field) ? CapitalIn(pattern) : std::nullopt;
  if (!capital) return std::nullopt;
  return PatternTrouble{
      {kBadLiteral, fmt::format("{} is in small letters, so it never has this capital (write it "
                                "small, or begin with (?i))",
                                field.name)},
      *capital};
}

}  // namespace pm
