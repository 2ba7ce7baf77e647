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

class IdleGroups {
 public:
  explicit IdleGroups(std::string_view pattern) : pattern_(pattern) {}

  // Nothing when braces or numbers of escapes could come about.
  std::optional<std::string> Without() {
    Sequence all = Read(true);
    if (!sure_) return std::nullopt;
    return std::move(all.text);
  }

 private:
  // What stands between parentheses.
  struct Sequence {
    std::string text;
    bool alternates = false, sets_flags = false;
  };

  Sequence Read(bool outermost) {
    Sequence all;
    bool first = true;  // but for flags
    while (at_ < pattern_.size() && pattern_[at_] != ')') {
      if (pattern_[at_] == '(') {
        ReadGroup(outermost && first, &all, &first);
        continue;
      }
      first = false;
      Take(End(), &all.text);
      all.alternates = all.alternates || all.text.back() == '|';
    }
    return all;
  }

  // Of what is no group.
  size_t End() {
    if (pattern_[at_] == '[') return BehindClass(pattern_, at_);
    sure_ = sure_ && pattern_[at_] != '{';
    if (pattern_[at_] != '\\') return at_ + 1;
    const char what = at_ + 1 < pattern_.size() ? pattern_[at_ + 1] : '0';
    sure_ = sure_ && what != 'Q' && !IsAsciiDigit(what);
    return BehindEscape(pattern_, at_);
  }

  void ReadGroup(bool may_be_all, Sequence* all, bool* first) {
    const std::string_view rest = pattern_.substr(at_);
    const size_t head = rest.starts_with("(?") ? rest.find_first_of(":)>") : 0;
    if (head != rest.npos && head > 0 && rest[head] == ')') {  // `(?i)`
      all->sets_flags = true;
      Take(at_ + head + 1, &all->text);
      return;
    }
    const std::string_view opening = rest.substr(0, head == rest.npos ? 1 : head + 1);
    at_ += opening.size();
    const Sequence body = Read(false);
    ++at_;
    const bool last = at_ >= pattern_.size();
    const bool repeated = !last && std::string_view("*+?{").contains(pattern_[at_]);
    const bool plain = opening == "(" || opening == "(?:";
    const bool joins = !body.alternates || (may_be_all && last);
    const bool idle = plain && joins && !repeated && !body.sets_flags;
    if (!idle) all->text += plain ? "(?:" : opening;
    all->text += body.text;
    if (!idle) all->text += ')';
    *first = false;
  }

  void Take(size_t end, std::string* text) {
    end = std::min(end, pattern_.size());
    text->append(pattern_.substr(at_, end - at_));
    at_ = end;
  }

  const std::string_view pattern_;
  size_t at_ = 0;
  bool sure_ = true;
};

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

std::string WithoutIdleGroups(std::string_view pattern) {
  return IdleGroups(pattern).Without().value_or(std::string(pattern));
}

}  // namespace pm
