#include "rules/literal.h"

#include <fmt/format.h>

#include <charconv>

#include "base/time/text.h"
#include "model/normalise/text.h"
#include "rules/text_form.h"

namespace pm {
namespace {

constexpr int kBadLiteral = 210, kTooLong = 23;
constexpr int64_t kMicros = 1'000'000;
constexpr size_t kDecimals = 6;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::unexpected<Error> Bad(const FieldDecl& field, std::string_view text, std::string_view wanted) {
  return Fail(kBadLiteral, fmt::format("{} is {}, which '{}' is not", field.name, wanted, text));
}

// Else it would be a number.
bool HasTooManyDecimals(std::string_view text) {
  const size_t dot = text.find('.');
  return dot != text.npos && text.size() > dot + 1 + kDecimals &&
         ReadDecimal(text.substr(0, dot + 1 + kDecimals)).has_value() &&
         text.find_first_not_of("0123456789", dot + 1) == text.npos;
}

Result<int64_t> ReadDigits(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return Fail(kBadLiteral, fmt::format("'{}' is not a whole number", text));
  }
  return number;
}

// Of the form of a number, with a point if `decimal`: then it is only too large.
bool IsNumberTooLarge(std::string_view text, bool decimal) {
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  const size_t dot = decimal ? digits.find('.') : digits.npos;
  const auto are_digits = [](std::string_view part) {
    return !part.empty() && std::ranges::all_of(part, IsDigit);
  };
  return are_digits(digits.substr(0, dot)) &&
         (dot == digits.npos || are_digits(digits.substr(dot + 1)));
}

std::unexpected<Error> TooLarge(const FieldDecl& field, std::string_view text,
                                std::string_view least, std::string_view most) {
  const bool negative = text.starts_with('-');
  return Fail(kBadLiteral, fmt::format("{} is {} at {}, which '{}' is beyond", field.name,
                                       negative ? least : most, negative ? "least" : "most", text));
}

// `012`, which some read as ten: without its zeros, else empty.
std::string WithoutZeros(std::string_view text) {
  const bool negative = text.starts_with('-');
  std::string_view digits = text.substr(negative ? 1 : 0);
  if (digits.size() < 2 || digits[0] != '0' || !IsDigit(digits[1])) return {};
  while (digits.size() > 1 && digits[0] == '0' && IsDigit(digits[1])) digits.remove_prefix(1);
  return fmt::format("{}{}", negative ? "-" : "", digits);
}

Result<int64_t> ReadNumber(const FieldDecl& field, std::string_view text) {
  const bool is_number = field.type == Type::kInt || field.type == Type::kDecimal;
  if (const std::string plain = is_number ? WithoutZeros(text) : ""; !plain.empty()) {
    return Fail(kBadLiteral,
                fmt::format("{} is a number without zeros before it, which '{}' is not (write {})",
                            field.name, text, plain));
  }
  switch (field.type) {
    case Type::kBool:
      if (text == "true") return 1;
      if (text == "false") return 0;
      return Bad(field, text, "true or false");
    case Type::kInt:
      if (auto number = ReadInteger(text)) return *number;
      if (IsNumberTooLarge(text, false)) {
        return TooLarge(field, text, "-9223372036854775808", "9223372036854775807");
      }
      return Bad(field, text, "a whole number");
    case Type::kDecimal:
      if (auto number = ReadDecimal(text)) return *number;
      if (HasTooManyDecimals(text)) {
        return Fail(kBadLiteral, fmt::format("{} has {} decimals at most, so it is never '{}'",
                                             field.name, kDecimals, text));
      }
      if (IsNumberTooLarge(text, true)) {
        return TooLarge(field, text, "-9223372036854.775807", "9223372036854.775807");
      }
      return Bad(field, text, "a number");
    case Type::kInstant:
      if (auto instant = ParseInstant(text)) return instant->ms;
      return Bad(field, text, "an instant such as 2026-11-22T09:00:00Z");
    case Type::kDuration:
      if (const auto length = ParseDuration(text); length || length.error().code == kTooLong) {
        if (length) return length->ms;
        return Fail(kBadLiteral, fmt::format("{}: {}", field.name, length.error().text));
      }
      return Bad(field, text, "a duration such as 90s or 14d");
    case Type::kMissing:
    case Type::kText:
    case Type::kTextList:
      break;
  }
  return Bad(field, text, TypeName(field.type));
}

}  // namespace

Result<int64_t> ReadInteger(std::string_view text) {
  if (const std::string plain = WithoutZeros(text); !plain.empty()) {
    return Fail(kBadLiteral, fmt::format("'{}' has zeros before it: write {}", text, plain));
  }
  return ReadDigits(text);
}

Result<int64_t> ReadDecimal(std::string_view text) {
  const auto bad = [&] { return Fail(kBadLiteral, fmt::format("'{}' is not a number", text)); };
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative ? 1 : 0);
  const size_t dot = std::min(digits.find('.'), digits.size());
  std::string fraction(dot < digits.size() ? digits.substr(dot + 1) : "0");
  if (fraction.empty() || fraction.size() > kDecimals || !std::ranges::all_of(fraction, IsDigit)) {
    return bad();
  }
  fraction.resize(kDecimals, '0');
  PM_TRY(const int64_t whole, ReadInteger(digits.substr(0, dot)));
  PM_TRY(const int64_t rest, ReadDigits(fraction));
  int64_t micros = 0;
  if (digits.starts_with('-') || __builtin_mul_overflow(whole, kMicros, &micros) ||
      __builtin_add_overflow(micros, rest, &micros)) {
    return bad();
  }
  return negative ? -micros : micros;
}

Result<Operand> ReadLiteral(const FieldDecl& field, std::string_view text) {
  Operand operand{.kind = KindOf(field.type), .number = 0, .text = {}};
  if (field.type == Type::kText || field.type == Type::kTextList) {
    operand.kind = ValueKind::kString;
    PM_TRY(operand.text, WholeTextForm(field, text));
    return operand;
  }
  PM_TRY(operand.number, ReadNumber(field, text));
  return operand;
}

Result<Operand> ReadTextPart(const FieldDecl& field, TestOp op, std::string_view text) {
  Operand operand{.kind = ValueKind::kString, .number = 0, .text = {}};
  PM_TRY(operand.text, TextPartForm(field, op, text));
  return operand;
}

std::string FoldedItem(std::string_view text) { return FoldText(text); }

}  // namespace pm
