#include "app/server/secret_texts.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <string>

#include "engine/runtime/kafka/client/connection.h"
#include "model/normalise/ascii.h"

namespace pm {
namespace {

constexpr std::string_view kBlank = " \t", kSpace = " \t\r\n";

bool IsWord(char c) {
  return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '_' || c == '.' || c == '-';
}

// `pas` is also what misspelt passwords begin with.
bool NamesSecret(std::string_view key) {
  constexpr auto kParts = std::to_array<std::string_view>(
      {"pas", "pwd", "secret", "token", "credential", "jaas", ".pem", "private"});
  const std::string name = AsciiLowered(key);
  if (name.ends_with("url")) return false;  // where a token is had
  return name == "pw" || IsSecret(name) ||
         std::ranges::any_of(kParts, [&](std::string_view part) { return name.contains(part); });
}

size_t LineEnd(std::string_view text, size_t at) {
  return std::min(text.find('\n', at), text.size());
}

size_t LineStart(std::string_view text, size_t at) {
  return at == 0 ? 0 : text.rfind('\n', at - 1) + 1;  // npos wraps to 0
}

size_t Indent(std::string_view text, size_t line) {
  const size_t first = text.find_first_not_of(kBlank, line);
  return std::min(first, text.size()) - line;
}

// Past the separator between the word before `at` and a value; npos: there is none. A blank is one
// where a colon was forgotten.
size_t PastSeparator(std::string_view text, size_t at) {
  if (at < text.size() && (text[at] == '\'' || text[at] == '"')) ++at;
  const size_t next = text.find_first_not_of(kSpace, at);
  if (next == text.npos) return text.npos;
  if (text[next] == ':' || text[next] == '=') return next + 1;
  const bool beside = next > at && next < LineEnd(text, at);
  return beside && text[next] != '}' && text[next] != '#' ? at : text.npos;
}

// Past the quote that closes the one at `at`.
size_t PastQuoted(std::string_view text, size_t at) {
  const char quote = text[at];
  for (++at; at < text.size() && text[at] != quote; ++at) {
    if (quote == '"' && text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

// Where the value ends that begins at `at`, its key's line being indented so far.
size_t EndOfValue(std::string_view text, size_t at, size_t indent) {
  const size_t first = text.find_first_not_of(kBlank, at);
  const bool quoted = first != text.npos && (text[first] == '\'' || text[first] == '"');
  size_t end = LineEnd(text, quoted ? PastQuoted(text, first) : at);
  // A value of which nothing stands beside its key is in the next line, however that is indented.
  bool begun = text.substr(at, end - at).find_first_not_of(kSpace) != text.npos;
  while (end < text.size()) {
    const size_t line = end + 1;
    const bool empty =
        text.substr(line, LineEnd(text, line) - line).find_first_not_of(kSpace) == text.npos;
    if (!empty && begun && Indent(text, line) <= indent) break;
    begun = begun || !empty;
    end = LineEnd(text, line);
  }
  return end;
}

// Whether the value says where the secret is, and nothing else: that may be shown.
bool IsNamed(std::string_view value) {
  static const RE2 kInBraces(R"(\s*\{\s*(?:file|environment):\s+[^\s{},'"]+\s*\})");
  static const RE2 kBelow(R"( *\n +(?:file|environment): +[^\s{},'"]+ *\n)");
  re2::StringPiece in_braces(value.data(), value.size()), below = in_braces;
  return RE2::Consume(&in_braces, kInBraces) || RE2::Consume(&below, kBelow);
}

// Whether a word of what is hidden stands in `told`. Words of a letter or two stand everywhere.
bool Repeats(const Source& source, std::string_view told) {
  constexpr std::string_view kBetween = " \t\r\n'\",:=[]{}";
  constexpr size_t kLeastBytes = 3;
  for (const SourceStretch& one : SecretStretches(source.text())) {
    const std::string_view text = source.text().substr(one.begin, one.end - one.begin);
    for (size_t at = text.find_first_not_of(kBetween); at != text.npos;) {
      const size_t end = std::min(text.find_first_of(kBetween, at), text.size());
      if (end - at >= kLeastBytes && told.contains(text.substr(at, end - at))) return true;
      at = text.find_first_not_of(kBetween, end);
    }
  }
  return false;
}

}  // namespace

std::vector<SourceStretch> SecretStretches(std::string_view text) {
  std::vector<SourceStretch> found;
  for (size_t at = 0; at < text.size(); ++at) {
    if (!IsWord(text[at])) continue;
    const size_t word = at;
    while (at < text.size() && IsWord(text[at])) ++at;
    if (!NamesSecret(text.substr(word, at - word))) continue;
    const size_t begin = PastSeparator(text, at);
    if (begin == text.npos || IsNamed(text.substr(begin))) continue;
    const size_t line = LineStart(text, word);
    at = EndOfValue(text, begin, Indent(text, line));
    found.push_back({begin, at});
  }
  return found;
}

void HideSecret(Diagnostic* problem) {
  const SourcePlace& place = problem->place;
  if (place.source == nullptr) return;
  const bool is_there = place.source->IsHidden(place.position);
  if (!is_there && !Repeats(*place.source, problem->message + problem->hint)) return;
  problem->place.length = 1;
  if (const size_t quoted = problem->message.find('\''); quoted != std::string::npos) {
    problem->message.replace(quoted, std::string::npos, "(a secret, not shown)");
  }
  problem->hint =
      "a secret stands in a file or in the environment: `{ file: /run/secrets/kafka }` or "
      "`{ environment: KAFKA_PASSWORD }`";
}

}  // namespace pm
