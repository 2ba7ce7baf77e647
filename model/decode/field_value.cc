#include "model/decode/field_value.h"

#include <charconv>

#include "base/text/utf8.h"
#include "base/time/civil.h"
#include "base/time/text.h"
#include "base/time/zone.h"
#include "base/time/zone_names.h"
#include "model/normalise/company.h"
#include "model/normalise/country.h"
#include "model/normalise/domain.h"
#include "model/normalise/phone.h"
#include "model/normalise/region.h"
#include "model/normalise/text.h"
#include "model/value_text.h"

namespace pm {
namespace {

constexpr int64_t kMicros = 1'000'000;

FieldOutcome Problem(std::string reason, std::string detail) {
  FieldOutcome out;
  out.kind = FieldOutcome::Kind::kProblem;
  out.reason = std::move(reason);
  out.detail = std::move(detail);
  return out;
}

// `text`: the number as it was written.
FieldOutcome Number(const FieldDecl& decl, int64_t n, std::string_view text) {
  if (n < decl.min || n > decl.max) {
    const bool below = n < decl.min;
    const Value bound{.type = decl.type, .number = below ? decl.min : decl.max, .text = {}};
    return Problem("out_of_range",
                   fmt::format("{} is {} {}, the {} value", text, below ? "below" : "above",
                               ValueText(bound), below ? "smallest" : "largest"));
  }
  FieldOutcome out;
  out.kind = FieldOutcome::Kind::kSet;
  out.value.type = decl.type;
  out.value.number = n;
  return out;
}

std::string_view TypeInWords(Type type) {
  switch (type) {
    case Type::kMissing:
      break;
    case Type::kBool:
      return "true or false";
    case Type::kInt:
      return "a whole number";
    case Type::kDecimal:
      return "a number with at most 6 decimal places, up to 9223372036854";
    case Type::kText:
      return "a text";
    case Type::kTextList:
      return "a list of texts";
    case Type::kInstant:
      return "a time";
    case Type::kDuration:
      return "a duration";
  }
  return "nothing";
}

FieldOutcome WrongType(const FieldDecl& decl, const JsonNode& json) {
  return Problem("wrong_type", fmt::format("{} is {}, but this is not: {}", decl.name,
                                           TypeInWords(decl.type), json.text.substr(0, 60)));
}

JunkList JunkOf(const FieldDecl& decl) {
  if (decl.normalise == Normaliser::kCountry || decl.normalise == Normaliser::kRegion) {
    return JunkList::kCode;
  }
  const bool name = decl.name.ends_with("_name") || decl.name.ends_with(".name");
  return name ? JunkList::kName : JunkList::kText;
}

// The normalised text; empty with a reason when it is not of the field's form.
std::string NormaliseText(const FieldDecl& decl, std::string_view text, const FieldContext& context,
                          std::string* why) {
  if (decl.number == Field("lead.time_zone").number) {
    if (std::optional<std::string> zone = FindZoneName(CleanText(text))) return *std::move(zone);
    *why = fmt::format("'{}' is no IANA zone such as Europe/Berlin", CleanText(text));
    return {};
  }
  switch (decl.normalise) {
    case Normaliser::kNone:
    case Normaliser::kTrim:
    case Normaliser::kCompany:
      return CleanText(text);
    case Normaliser::kSymbol:
      return FoldText(text);
    case Normaliser::kEmail: {
      const Result<Email> email = NormaliseEmail(text, *context.email);
      if (email.has_value()) return email->deliver_to;
      *why = email.error().text;
      return {};
    }
    case Normaliser::kDomain: {
      Result<std::string> domain = NormaliseDomain(text);
      if (domain.has_value()) return *std::move(domain);
      *why = domain.error().text;
      return {};
    }
    case Normaliser::kPhone:
      return NormalisePhone(text, context.country).text;
    case Normaliser::kCountry: {
      if (const std::optional<std::string_view> code = NormaliseCountry(text)) {
        return std::string(*code);
      }
      *why = fmt::format("'{}' is no country we know", CleanText(text));
      return {};
    }
    case Normaliser::kRegion:
      return NormaliseRegion(context.country, text).text;
  }
  return {};
}

FieldOutcome ReadText(const FieldDecl& decl, std::string_view text, const FieldContext& context) {
  if (IsNothing(decl, text)) return {};
  std::string why;
  FieldOutcome out;
  out.storage = NormaliseText(decl, text, context, &why);
  if (!why.empty()) return Problem("invalid_value", why);
  if (out.storage.empty()) return {};
  const size_t bytes = out.storage.size();
  const auto most = static_cast<size_t>(decl.max);
  if (bytes > most && decl.number != Field("submission.message").number) {
    return Problem("too_long", fmt::format("{} bytes; at most {}", bytes, most));
  }
  if (bytes > most) {  // its beginning is worth more to a rep than nothing
    out.storage.resize(ValidUtf8Prefix(std::string_view(out.storage).substr(0, most)));
    out.reason = "too_long";
    out.detail = fmt::format("{} bytes; cut to the first {}", bytes, out.storage.size());
  }
  out.kind = FieldOutcome::Kind::kSet;
  out.value = Value::Text(out.storage);
  return out;
}

FieldOutcome ReadList(const FieldDecl& decl, const JsonNode& json, const FieldContext& context) {
  const std::vector<JsonNode> items =
      json.is(JsonNode::Kind::kArray) ? json.items : std::vector<JsonNode>{json};
  if (static_cast<int64_t>(items.size()) > decl.max) {
    return Problem("too_long", fmt::format("{} items; at most {}", items.size(), decl.max));
  }
  FieldOutcome out;
  for (const JsonNode& item : items) {
    if (!item.is(JsonNode::Kind::kString)) return WrongType(decl, json);
    if (IsNothing(decl, item.text)) continue;
    std::string why;
    const std::string normal = NormaliseText(decl, item.text, context, &why);
    if (!why.empty()) return Problem("invalid_value", why);
    if (!normal.empty()) AppendListItem(&out.storage, normal);
  }
  if (out.storage.empty()) return out;
  out.kind = FieldOutcome::Kind::kSet;
  out.value = Value::List(out.storage);
  return out;
}

FieldOutcome ReadBool(const FieldDecl& decl, const JsonNode& json) {
  if (json.kind == JsonNode::Kind::kBool) return Number(decl, json.boolean ? 1 : 0, json.text);
  const std::string text = FoldText(json.text);
  if (text == "true" || text == "yes" || text == "y" || text == "1") return Number(decl, 1, text);
  if (text == "false" || text == "no" || text == "n" || text == "0") return Number(decl, 0, text);
  return IsJunk(text, JunkList::kText) ? FieldOutcome{} : WrongType(decl, json);
}

FieldOutcome ReadInt(const FieldDecl& decl, const JsonNode& json) {
  const std::string text = CleanText(json.text);
  if (IsJunk(text, JunkList::kText)) return {};
  int64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error == std::errc() && end == text.data() + text.size()) return Number(decl, n, text);
  const std::optional<int64_t> micros = ParseMicros(text);
  if (!micros || *micros % kMicros != 0) return WrongType(decl, json);
  return Number(decl, *micros / kMicros, text);
}

FieldOutcome ReadInstant(const FieldDecl& decl, const JsonNode& json) {
  if (IsJunk(json.text, JunkList::kText)) return {};
  if (const Result<Instant> at = ParseInstant(json.text)) return Number(decl, at->ms, json.text);
  const Result<LocalDate> date = ParseDate(json.text);
  if (!date.has_value()) return WrongType(decl, json);
  return Number(decl, Utc().ToInstant(LocalDateTime{*date, {}}).ms, json.text);
}

}  // namespace

bool IsNothing(const FieldDecl& decl, std::string_view text) { return IsJunk(text, JunkOf(decl)); }

std::optional<int64_t> ParseMicros(std::string_view token) {
  const bool negative = token.starts_with('-');
  if (negative) token.remove_prefix(1);
  int64_t exponent = 0;
  if (const size_t e = token.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view digits = token.substr(e + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (error != std::errc() || end != digits.data() + digits.size() || exponent > 30 ||
        exponent < -30) {
      return std::nullopt;
    }
    token = token.substr(0, e);
  }
  uint64_t mantissa = 0;
  int64_t scale = 6 + exponent;  // how many places the mantissa still moves left
  bool point = false;
  bool digits = false;
  for (const char c : token) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    digits = true;
    if (point && scale <= 0) {
      if (c != '0') return std::nullopt;  // finer than a millionth
      continue;
    }
    const auto digit = static_cast<uint64_t>(c - '0');
    if (mantissa > (uint64_t{INT64_MAX} - digit) / 10) return std::nullopt;
    mantissa = mantissa * 10 + digit;
    if (point) --scale;
  }
  if (!digits) return std::nullopt;
  for (; scale > 0 && mantissa != 0; --scale) {
    if (mantissa > uint64_t{INT64_MAX} / 10) return std::nullopt;
    mantissa *= 10;
  }
  for (; scale < 0 && mantissa != 0; ++scale) {
    if (mantissa % 10 != 0) return std::nullopt;
    mantissa /= 10;
  }
  const auto value = static_cast<int64_t>(mantissa);
  return negative ? -value : value;
}

FieldOutcome ReadField(const FieldDecl& decl, const JsonNode& json, const FieldContext& context) {
  if (decl.set_by == SetBy::kEngine) {
    return Problem("not_settable", fmt::format("{} is set by the engine", decl.name));
  }
  if (json.kind == JsonNode::Kind::kNull) {
    FieldOutcome out;
    out.kind = FieldOutcome::Kind::kClear;
    return out;
  }
  const bool list = json.is(JsonNode::Kind::kArray);
  const bool nested = json.is(JsonNode::Kind::kObject);
  if (nested || (list && decl.type != Type::kTextList)) return WrongType(decl, json);
  switch (decl.type) {
    case Type::kBool:
      return ReadBool(decl, json);
    case Type::kInt:
      return ReadInt(decl, json);
    case Type::kDecimal: {
      if (IsJunk(json.text, JunkList::kText)) return {};
      const std::string text = CleanText(json.text);
      const std::optional<int64_t> micros = ParseMicros(text);
      return micros ? Number(decl, *micros, text) : WrongType(decl, json);
    }
    case Type::kText:
      if (json.kind == JsonNode::Kind::kBool) return WrongType(decl, json);
      return ReadText(decl, json.text, context);
    case Type::kTextList:
      return ReadList(decl, json, context);
    case Type::kInstant:
      return ReadInstant(decl, json);
    case Type::kDuration: {
      if (IsJunk(json.text, JunkList::kText)) return {};
      if (json.kind == JsonNode::Kind::kNumber) return ReadInt(decl, json);
      const Result<Duration> length = ParseDuration(json.text);
      return length.has_value() ? Number(decl, length->ms, json.text) : WrongType(decl, json);
    }
    case Type::kMissing:
      break;
  }
  return WrongType(decl, json);
}

}  // namespace pm
