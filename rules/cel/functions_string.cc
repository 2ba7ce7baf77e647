// Texts: what the core has of them, and the string extension. Indices count code points.
#include <fmt/format.h>

#include <algorithm>

#include "base/text/base64.h"
#include "base/text/utf8.h"
#include "rules/cel/evaluation.h"
#include "rules/cel/format.h"
#include "rules/cel/functions.h"
#include "rules/cel/pattern.h"

namespace pm::cel {
namespace {

using Args = std::span<const Value>;
constexpr size_t kNowhere = std::string_view::npos;

bool Continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Bytes of the code point at `at`, which is not the end.
size_t PointSize(std::string_view text, size_t at) {
  size_t end = at + 1;
  while (end < text.size() && Continues(text[end])) ++end;
  return end - at;
}

// The byte at which code point `index` begins, or the end for the one past the last; kNowhere
// beyond.
size_t ByteOf(std::string_view text, int64_t index) {
  if (index < 0) return kNowhere;
  size_t at = 0;
  for (; index > 0 && at < text.size(); --index) at += PointSize(text, at);
  return index == 0 ? at : kNowhere;
}

Value OutOfRange(Evaluation& evaluation, int64_t index) {
  return evaluation.Fail(ErrorKind::kRange, fmt::format("index out of range: {}", index));
}
Value IndexOfByte(std::string_view text, size_t byte) {
  if (byte == kNowhere) return Value::Int(-1);
  return Value::Int(static_cast<int64_t>(CodePoints(text.substr(0, byte))));
}

Value Contains(Evaluation&, Args args) {
  return Value::Bool(args[0].text().find(args[1].text()) != kNowhere);
}
Value StartsWith(Evaluation&, Args args) {
  return Value::Bool(args[0].text().starts_with(args[1].text()));
}
Value EndsWith(Evaluation&, Args args) {
  return Value::Bool(args[0].text().ends_with(args[1].text()));
}
// Of a pattern that is not constant; constant ones are compiled once (plan.h).
Value Matches(Evaluation& evaluation, Args args) {
  const auto pattern = Pattern::Compile(args[1].text());
  if (!pattern.has_value()) return evaluation.Fail(ErrorKind::kArgument, pattern.error().text);
  return Value::Bool((*pattern)->Matches(args[0].text()));
}

Value CharAt(Evaluation& evaluation, Args args) {
  const std::string_view text = args[0].text();
  const size_t at = ByteOf(text, args[1].integer);
  if (at == kNowhere) return OutOfRange(evaluation, args[1].integer);
  return Value::String(text.substr(at, at < text.size() ? PointSize(text, at) : 0));
}

Value IndexOf(Evaluation& evaluation, Args args) {
  const std::string_view text = args[0].text(), wanted = args[1].text();
  if (args.size() == 2) return IndexOfByte(text, text.find(wanted));
  const size_t from = ByteOf(text, args[2].integer);
  if (from == kNowhere || (from == text.size() && !wanted.empty())) {
    return OutOfRange(evaluation, args[2].integer);
  }
  return IndexOfByte(text, text.find(wanted, from));
}

Value LastIndexOf(Evaluation& evaluation, Args args) {
  const std::string_view text = args[0].text(), wanted = args[1].text();
  if (args.size() == 2) return IndexOfByte(text, text.rfind(wanted));
  const size_t from = ByteOf(text, args[2].integer);
  if (from == kNowhere || (from == text.size() && !wanted.empty())) {
    return OutOfRange(evaluation, args[2].integer);
  }
  return IndexOfByte(text, text.rfind(wanted, from));
}

Value Substring(Evaluation& evaluation, Args args) {
  const std::string_view text = args[0].text();
  const size_t begin = ByteOf(text, args[1].integer);
  if (begin == kNowhere) return OutOfRange(evaluation, args[1].integer);
  if (args.size() == 2) return Value::String(text.substr(begin));
  const size_t end = ByteOf(text, args[2].integer);
  if (end == kNowhere) return OutOfRange(evaluation, args[2].integer);
  if (end < begin) {
    return evaluation.Fail(ErrorKind::kRange,
                           fmt::format("invalid substring range. start: {}, end: {}",
                                       args[1].integer, args[2].integer));
  }
  return Value::String(text.substr(begin, end - begin));
}

template <char kFrom, char kTo, int kShift>
Value ChangeCase(Evaluation& evaluation, Args args) {
  char* text = evaluation.NewText(args[0].size);
  if (text == nullptr) return evaluation.NoRoom();
  std::ranges::transform(args[0].text(), text, [](char c) {
    return c >= kFrom && c <= kTo ? static_cast<char>(c + kShift) : c;
  });
  return Value::String({text, args[0].size});
}

Value Reverse(Evaluation& evaluation, Args args) {
  const std::string_view text = args[0].text();
  char* reversed = evaluation.NewText(text.size());
  if (reversed == nullptr) return evaluation.NoRoom();
  for (size_t at = 0; at < text.size();) {
    const size_t size = PointSize(text, at);
    std::copy_n(text.data() + at, size, reversed + text.size() - at - size);
    at += size;
  }
  return Value::String({reversed, text.size()});
}

// White space of Unicode, as UTF-8.
size_t SpaceAt(std::string_view text) {
  const size_t size = PointSize(text, 0);
  const std::string_view point = text.substr(0, size);
  if (size == 1) return (point[0] >= '\t' && point[0] <= '\r') || point[0] == ' ' ? 1 : 0;
  for (const std::string_view space :
       {"\u0085", "\u00A0", "\u1680", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000"}) {
    if (point == space) return size;
  }
  return point >= "\u2000" && point <= "\u200A" && size == 3 ? size : 0;
}

Value Trim(Evaluation&, Args args) {
  std::string_view text = args[0].text();
  while (!text.empty() && SpaceAt(text) > 0) text.remove_prefix(SpaceAt(text));
  while (!text.empty()) {
    size_t last = text.size() - 1;
    while (last > 0 && Continues(text[last])) --last;
    if (SpaceAt(text.substr(last)) == 0) break;
    text.remove_suffix(text.size() - last);
  }
  return Value::String(text);
}

// Where the next occurrence of `wanted` from `from` on begins; an empty one is before each code
// point and at the end.
size_t NextOccurrence(std::string_view text, std::string_view wanted, size_t from) {
  return from > text.size() ? kNowhere : text.find(wanted, from);
}
size_t After(std::string_view text, std::string_view wanted, size_t at) {
  if (!wanted.empty()) return at + wanted.size();
  return at < text.size() ? at + PointSize(text, at) : at + 1;
}

Value Replace(Evaluation& evaluation, Args args) {
  const std::string_view text = args[0].text(), from = args[1].text(), to = args[2].text();
  const int64_t limit = args.size() > 3 && args[3].integer >= 0 ? args[3].integer : INT64_MAX;
  int64_t count = 0;
  for (size_t at = NextOccurrence(text, from, 0); at != kNowhere && count < limit;
       at = NextOccurrence(text, from, After(text, from, at))) {
    ++count;
  }
  const size_t times = static_cast<size_t>(count);
  const size_t size = text.size() - times * from.size() + times * to.size();
  char* out = evaluation.NewText(size);
  if (out == nullptr) return evaluation.NoRoom();
  char* next = out;
  size_t copied = 0, at = 0;
  const auto put = [&](std::string_view part) {
    std::copy_n(part.data(), part.size(), next);
    next += part.size();
  };
  for (; count > 0; --count) {
    const size_t found = NextOccurrence(text, from, at);
    put(text.substr(copied, found - copied));
    put(to);
    copied = found + from.size();
    at = After(text, from, found);
  }
  put(text.substr(copied));
  return Value::String({out, size});
}

Value Split(Evaluation& evaluation, Args args) {
  const std::string_view text = args[0].text(), separator = args[1].text();
  const int64_t limit = args.size() > 2 && args[2].integer >= 0 ? args[2].integer : INT64_MAX;
  if (limit == 0 || (text.empty() && separator.empty())) return Value::List({});
  Value* parts = evaluation.NewItems(text.size() + 1);
  if (parts == nullptr) return evaluation.NoRoom();
  size_t count = 0, begin = 0;
  while (static_cast<int64_t>(count) + 1 < limit) {
    const size_t end =
        separator.empty() ? begin + PointSize(text, begin) : text.find(separator, begin);
    if (end == kNowhere || (separator.empty() && end >= text.size())) break;
    parts[count++] = Value::String(text.substr(begin, end - begin));
    begin = end + separator.size();
  }
  parts[count++] = Value::String(text.substr(begin));
  return Value::List({parts, count});
}

Value Join(Evaluation& evaluation, Args args) {
  const std::string_view separator = args.size() > 1 ? args[1].text() : std::string_view();
  const std::span<const Value> parts = args[0].list();
  size_t size = parts.empty() ? 0 : separator.size() * (parts.size() - 1);
  for (const Value& part : parts) {
    if (part.kind != ValueKind::kString) {
      return evaluation.Fail(ErrorKind::kNoOverload, DebugText(part) + " is no string");
    }
    size += part.size;
  }
  char* out = evaluation.NewText(size);
  if (out == nullptr) return evaluation.NoRoom();
  char* next = out;
  for (size_t i = 0; i < parts.size(); ++i) {
    for (const std::string_view piece : {i > 0 ? separator : std::string_view(), parts[i].text()}) {
      std::copy_n(piece.data(), piece.size(), next);
      next += piece.size();
    }
  }
  return Value::String({out, size});
}

Value Quote(Evaluation& evaluation, Args args) {
  std::string quoted = "\"";
  for (const char c : args[0].text()) {
    const size_t special = std::string_view("\a\b\f\n\r\t\v\\\"").find(c);
    if (special == kNowhere) {
      quoted += c;
    } else {
      quoted += '\\';
      quoted += std::string_view("abfnrtv\\\"")[special];
    }
  }
  return evaluation.NewString(quoted + '"');
}

Value EncodeBase64(Evaluation& evaluation, Args args) {
  return evaluation.NewString(Base64(args[0].text()));
}
// Padding may be left out.
Value DecodeBase64(Evaluation& evaluation, Args args) {
  std::string text(args[0].text());
  if (text.find('=') == std::string::npos) text.append((4 - text.size() % 4) % 4, '=');
  const auto bytes = ParseBase64(text);
  if (!bytes.has_value()) return evaluation.Fail(ErrorKind::kArgument, bytes.error().text);
  return evaluation.NewBytes(*bytes);
}

constexpr FunctionRow kRows[] = {
    {"contains", "string.(string) -> bool", Contains, Work::kProduct},
    {"startsWith", "string.(string) -> bool", StartsWith, Work::kLinear},
    {"endsWith", "string.(string) -> bool", EndsWith, Work::kLinear},
    {"matches", "string.(string) -> bool", Matches, Work::kPattern},
    {"matches", "(string, string) -> bool", Matches, Work::kPattern},
    {"charAt", "string.(int) -> string", CharAt, Work::kLinear},
    {"indexOf", "string.(string) -> int", IndexOf, Work::kProduct},
    {"indexOf", "string.(string, int) -> int", IndexOf, Work::kProduct},
    {"lastIndexOf", "string.(string) -> int", LastIndexOf, Work::kProduct},
    {"lastIndexOf", "string.(string, int) -> int", LastIndexOf, Work::kProduct},
    {"substring", "string.(int) -> string", Substring, Work::kLinear, Growth::kFirst},
    {"substring", "string.(int, int) -> string", Substring, Work::kLinear, Growth::kFirst},
    {"lowerAscii", "string.() -> string", ChangeCase<'A', 'Z', 'a' - 'A'>, Work::kLinear,
     Growth::kFirst},
    {"upperAscii", "string.() -> string", ChangeCase<'a', 'z', 'A' - 'a'>, Work::kLinear,
     Growth::kFirst},
    {"reverse", "string.() -> string", Reverse, Work::kLinear, Growth::kFirst},
    {"trim", "string.() -> string", Trim, Work::kLinear, Growth::kFirst},
    {"replace", "string.(string, string) -> string", Replace, Work::kProduct, Growth::kProduct},
    {"replace", "string.(string, string, int) -> string", Replace, Work::kProduct,
     Growth::kProduct},
    {"split", "string.(string) -> list(string)", Split, Work::kProduct, Growth::kParts},
    {"split", "string.(string, int) -> list(string)", Split, Work::kProduct, Growth::kParts},
    {"join", "list(string).() -> string", Join, Work::kLinear, Growth::kFirst},
    {"join", "list(string).(string) -> string", Join, Work::kProduct, Growth::kProduct},
    {"format", "string.(list(dyn)) -> string", Format, Work::kLinear, Growth::kFormat},
    {"strings.quote", "(string) -> string", Quote, Work::kLinear, Growth::kProduct},
    {"base64.encode", "(bytes) -> string", EncodeBase64, Work::kLinear, Growth::kProduct},
    {"base64.decode", "(string) -> bytes", DecodeBase64, Work::kLinear, Growth::kFirst},
};

}  // namespace

std::span<const FunctionRow> StringFunctions() { return kRows; }

}  // namespace pm::cel
