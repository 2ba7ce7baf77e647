#include "rules/literal.h"

#include <fmt/format.h>

#include <charconv>

#include "base/time/text.h"
#include "model/normalise/country.h"
#include "model/normalise/domain.h"
#include "model/normalise/text.h"

namespace pm {
namespace {

constexpr int kBadLiteral = 210;
constexpr int64_t kMicros = 1'000'000;

std::unexpected<Error> Bad(const FieldDecl& field, std::string_view text, std::string_view wanted) {
  return Fail(kBadLiteral, fmt::format("{} is {}, which '{}' is not", field.name, wanted, text));
}

Result<std::string> ReadCountry(const FieldDecl& field, std::string_view text) {
  if (text.size() == 2) {
    if (const auto code = NormaliseCountry(text)) return std::string(*code);
  }
  const auto meant = NormaliseCountry(text);
  return Fail(kBadLiteral,
              fmt::format("{} is an ISO 3166 country code of two letters, which '{}' is not{}",
                          field.name, text, meant ? fmt::format(" (write {})", *meant) : ""));
}

// The engine derives the domain of an address; it has the form of a domain all the same.
Normaliser FormOf(const FieldDecl& field) {
  const bool domain = field.number == Field("lead.email_domain").number;
  return domain ? Normaliser::kDomain : field.normalise;
}

Result<std::string> ReadText(const FieldDecl& field, std::string_view text) {
  switch (FormOf(field)) {
    case Normaliser::kSymbol:
      return FoldText(text);
    case Normaliser::kEmail:
      return FoldText(text);
    case Normaliser::kDomain:
      return NormaliseDomain(text);
    case Normaliser::kCountry:
      return ReadCountry(field, text);
    case Normaliser::kTrim:
    case Normaliser::kPhone:
    case Normaliser::kRegion:
    case Normaliser::kCompany:
      return CleanText(text);
    case Normaliser::kNone:
      return std::string(text);
  }
  return std::string(text);
}

Result<int64_t> ReadNumber(const FieldDecl& field, std::string_view text) {
  switch (field.type) {
    case Type::kBool:
      if (text == "true") return 1;
      if (text == "false") return 0;
      return Bad(field, text, "true or false");
    case Type::kInt:
      if (auto number = ReadInteger(text)) return *number;
      return Bad(field, text, "a whole number");
    case Type::kDecimal:
      if (auto number = ReadDecimal(text)) return *number;
      return Bad(field, text, "a number");
    case Type::kInstant:
      if (auto instant = ParseInstant(text)) return instant->ms;
      return Bad(field, text, "an instant such as 2026-11-22T09:00:00Z");
    case Type::kDuration:
      if (auto length = ParseDuration(text)) return length->ms;
      return Bad(field, text, "a duration such as 90s or 14d");
    case Type::kMissing:
    case Type::kText:
    case Type::kTextList:
      break;
  }
  return Bad(field, text, TypeName(field.type));
}

std::string InCapitals(std::string_view text) {
  std::string capitals(text);
  for (char& c : capitals) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return capitals;
}

bool FoldsCase(Normaliser normaliser) {
  return normaliser == Normaliser::kSymbol || normaliser == Normaliser::kEmail ||
         normaliser == Normaliser::kDomain;
}

}  // namespace

Result<int64_t> ReadInteger(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return Fail(kBadLiteral, fmt::format("'{}' is not a whole number", text));
  }
  return number;
}

Result<int64_t> ReadDecimal(std::string_view text) {
  const auto bad = [&] { return Fail(kBadLiteral, fmt::format("'{}' is not a number", text)); };
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative ? 1 : 0);
  const size_t dot = std::min(digits.find('.'), digits.size());
  std::string fraction(dot < digits.size() ? digits.substr(dot + 1) : "0");
  if (fraction.empty() || fraction.size() > 6 ||
      !std::ranges::all_of(fraction, [](char c) { return c >= '0' && c <= '9'; })) {
    return bad();
  }
  fraction.resize(6, '0');
  PM_TRY(const int64_t whole, ReadInteger(digits.substr(0, dot)));
  PM_TRY(const int64_t rest, ReadInteger(fraction));
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
    PM_TRY(operand.text, ReadText(field, text));
    return operand;
  }
  PM_TRY(operand.number, ReadNumber(field, text));
  return operand;
}

Result<Operand> ReadTextPart(const FieldDecl& field, std::string_view text) {
  if (text.empty()) {
    return Fail(kBadLiteral, fmt::format("an empty text is in every {}", field.name));
  }
  Operand operand{.kind = ValueKind::kString, .number = 0, .text = std::string(text)};
  if (FoldsCase(FormOf(field))) operand.text = FoldText(text);
  if (FormOf(field) == Normaliser::kCountry) operand.text = InCapitals(text);
  return operand;
}

std::string FoldedItem(std::string_view text) { return FoldText(text); }

}  // namespace pm
