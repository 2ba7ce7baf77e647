#include "rules/cel/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <vector>

#include "base/text/utf8.h"
#include "rules/cel/literal_text.h"
#include "rules/cel/moment.h"

namespace pm::cel {
namespace {

constexpr int kDefaultPrecision = 6;
constexpr size_t kMaxFormatted = 1 << 20;

// What is wrong, or nothing.
using Problem = std::string;

void AppendString(std::string* out, const Value& value);

void AppendBytes(std::string* out, std::string_view bytes) {
  bool replaced = false;  // adjacent invalid bytes become one replacement
  while (!bytes.empty()) {
    const size_t valid = ValidUtf8Prefix(bytes);
    if (valid == 0) {
      if (!replaced) *out += "\uFFFD";
      replaced = true;
      bytes.remove_prefix(1);
    } else {
      replaced = false;
      *out += bytes.substr(0, valid);
      bytes.remove_prefix(valid);
    }
  }
}

void AppendList(std::string* out, std::span<const Value> items) {
  *out += '[';
  for (size_t i = 0; i < items.size() && out->size() < kMaxFormatted; ++i) {
    if (i > 0) *out += ", ";
    AppendString(out, items[i]);
  }
  *out += ']';
}

// Sorted by the keys as they are written.
void AppendMap(std::string* out, std::span<const MapEntry> entries) {
  std::vector<std::pair<std::string, const Value*>> sorted;
  for (const MapEntry& entry : entries) {
    sorted.emplace_back("", &entry.value);
    AppendString(&sorted.back().first, entry.key);
  }
  std::ranges::stable_sort(sorted, {},
                           [](const auto& pair) { return std::string_view(pair.first); });
  *out += '{';
  for (size_t i = 0; i < sorted.size() && out->size() < kMaxFormatted; ++i) {
    if (i > 0) *out += ", ";
    *out += sorted[i].first + ": ";
    AppendString(out, *sorted[i].second);
  }
  *out += '}';
}

void AppendString(std::string* out, const Value& value) {
  switch (value.kind) {
    case ValueKind::kString:
    case ValueKind::kType:
      *out += value.text();
      return;
    case ValueKind::kBytes:
      return AppendBytes(out, value.text());
    case ValueKind::kUint:
      *out += std::to_string(value.natural);
      return;
    case ValueKind::kDouble:
      *out += FixedText(value.real);
      return;
    case ValueKind::kTimestamp:
      *out += TimestampText(value);
      return;
    case ValueKind::kDuration:
      *out += DurationText(value);
      return;
    case ValueKind::kList:
      return AppendList(out, value.list());
    case ValueKind::kMap:
      return AppendMap(out, value.entries());
    case ValueKind::kNull:
    case ValueKind::kBool:
    case ValueKind::kInt:
    case ValueKind::kOptional:
    case ValueKind::kMessage:
    case ValueKind::kDecimal:
    case ValueKind::kUnknown:
    case ValueKind::kError:
      *out += DebugText(value);
  }
}

bool IsWhole(const Value& value) {
  return value.kind == ValueKind::kInt || value.kind == ValueKind::kUint;
}
// Sign and magnitude of a whole number.
std::pair<bool, uint64_t> Magnitude(const Value& value) {
  const bool negative = value.kind == ValueKind::kInt && value.integer < 0;
  return {negative, negative ? 0 - value.natural : value.natural};
}

Problem Decimal(std::string* out, const Value& value) {
  if (!IsWhole(value) && value.kind != ValueKind::kDouble) {
    return fmt::format("%d writes numbers, not {}", TypeName(value.kind));
  }
  AppendString(out, value);
  return {};
}

Problem Real(std::string* out, const Value& value, char clause, int precision) {
  if (!value.is_number()) {
    return fmt::format("%{} writes numbers, not {}", clause, TypeName(value.kind));
  }
  const double number = value.kind == ValueKind::kDouble ? value.real
                        : value.kind == ValueKind::kInt  ? static_cast<double>(value.integer)
                                                         : static_cast<double>(value.natural);
  if (!std::isfinite(number)) {
    *out += DoubleText(number);
    return {};
  }
  std::array<char, kMaxClauseBytes> buffer{};
  const auto form = clause == 'f' ? std::chars_format::fixed : std::chars_format::scientific;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, form, precision);
  out->append(buffer.data(), end.ptr);
  return {};
}

Problem Binary(std::string* out, const Value& value) {
  if (value.kind == ValueKind::kBool) {
    *out += value.boolean() ? '1' : '0';
    return {};
  }
  if (!IsWhole(value)) {
    return fmt::format("%b writes whole numbers and bools, not {}", TypeName(value.kind));
  }
  const auto [negative, magnitude] = Magnitude(value);
  *out += fmt::format("{}{:b}", negative ? "-" : "", magnitude);
  return {};
}

Problem Octal(std::string* out, const Value& value) {
  if (!IsWhole(value)) {
    return fmt::format("%o writes whole numbers, not {}", TypeName(value.kind));
  }
  const auto [negative, magnitude] = Magnitude(value);
  *out += fmt::format("{}{:o}", negative ? "-" : "", magnitude);
  return {};
}

Problem Hex(std::string* out, const Value& value, bool upper) {
  std::string text;
  if (IsWhole(value)) {
    const auto [negative, magnitude] = Magnitude(value);
    text = fmt::format("{}{:x}", negative ? "-" : "", magnitude);
  } else if (value.kind == ValueKind::kString || value.kind == ValueKind::kBytes) {
    for (const char c : value.text()) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  } else {
    return fmt::format("%{} writes whole numbers, strings and bytes, not {}", upper ? 'X' : 'x',
                       TypeName(value.kind));
  }
  if (upper) {
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  }
  *out += text;
  return {};
}

Problem Clause(std::string* out, const Value& value, char clause, int precision) {
  switch (clause) {
    case 's':
      AppendString(out, value);
      return {};
    case 'd':
      return Decimal(out, value);
    case 'f':
    case 'e':
      return Real(out, value, clause, precision);
    case 'b':
      return Binary(out, value);
    case 'o':
      return Octal(out, value);
    case 'x':
    case 'X':
      return Hex(out, value, clause == 'X');
    default:
      return fmt::format("there is no clause %{}", clause);
  }
}

// `.3` of `%.3f`: false if it is malformed or more than allowed.
bool TakePrecision(std::string_view* text, int* precision) {
  if (!text->starts_with('.')) return true;
  const char* first = text->data() + 1;
  const auto read = std::from_chars(first, text->data() + text->size(), *precision);
  if (read.ec != std::errc() || *first == '-' || *precision > kMaxPrecision) return false;
  text->remove_prefix(static_cast<size_t>(read.ptr - text->data()));
  return true;
}

Problem Write(std::string_view text, std::span<const Value> values, std::string* out) {
  size_t used = 0;
  while (!text.empty()) {
    const size_t plain = std::min(text.find('%'), text.size());
    *out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    text.remove_prefix(1);
    if (text.starts_with('%')) {
      *out += '%';
      text.remove_prefix(1);
      continue;
    }
    int precision = kDefaultPrecision;
    if (!TakePrecision(&text, &precision)) {
      return fmt::format("a precision is a number up to {}", kMaxPrecision);
    }
    if (text.empty()) return "a clause ends with a letter, such as %s";
    if (used == values.size()) return fmt::format("index {} out of range", used);
    if (Problem problem = Clause(out, values[used++], text[0], precision); !problem.empty()) {
      return problem;
    }
    if (out->size() > kMaxFormatted) return "the formatted text is too long";
    text.remove_prefix(1);
  }
  return {};
}

}  // namespace

Value Format(Evaluation& evaluation, std::span<const Value> args) {
  std::string out;
  const Problem problem = Write(args[0].text(), args[1].list(), &out);
  if (!problem.empty()) return evaluation.Fail(ErrorKind::kArgument, "format: " + problem);
  return evaluation.NewString(out);
}

}  // namespace pm::cel
