#include <fmt/format.h>

#include <cmath>

#include "base/text/utf8.h"
#include "rules/cel/literal_text.h"
#include "rules/cel/moment.h"
#include "rules/cel/value.h"

namespace pm::cel {
namespace {

void Append(std::string* out, const Value& value, size_t max);

void AppendItems(std::string* out, std::span<const Value> items, size_t max) {
  for (size_t i = 0; i < items.size() && out->size() < max; ++i) {
    if (i > 0) *out += ", ";
    Append(out, items[i], max);
  }
}

void AppendMap(std::string* out, std::span<const MapEntry> entries, size_t max) {
  *out += '{';
  for (size_t i = 0; i < entries.size() && out->size() < max; ++i) {
    if (i > 0) *out += ", ";
    Append(out, entries[i].key, max);
    *out += ": ";
    Append(out, entries[i].value, max);
  }
  *out += '}';
}

void AppendOptional(std::string* out, const Value& value, size_t max) {
  if (value.items == nullptr) {
    *out += "optional.none()";
    return;
  }
  *out += "optional.of(";
  Append(out, *value.items, max);
  *out += ')';
}

// Whole characters only.
std::string_view Front(std::string_view text, size_t max) {
  return text.size() <= max ? text : text.substr(0, ValidUtf8Prefix(text.substr(0, max)));
}

std::string Scalar(const Value& value, size_t max) {
  switch (value.kind) {
    case ValueKind::kBool:
      return value.boolean() ? "true" : "false";
    case ValueKind::kInt:
      return fmt::format("{}", value.integer);
    case ValueKind::kUint:
      return fmt::format("{}u", value.natural);
    case ValueKind::kDouble:
      return std::isfinite(value.real) ? EncodeDouble(value.real) : DoubleText(value.real);
    case ValueKind::kString:
      return EncodeString(Front(value.text(), max));
    case ValueKind::kBytes:
      return EncodeBytes(value.text().substr(0, max));
    case ValueKind::kType:
      return std::string(value.text());
    case ValueKind::kTimestamp:
      return fmt::format("timestamp(\"{}\")", TimestampText(value));
    case ValueKind::kDuration:
      return fmt::format("duration(\"{}\")", DurationText(value));
    case ValueKind::kUnknown:
      return fmt::format("unknown[{}]", fmt::join(value.missing(), ", "));
    case ValueKind::kError:
      return fmt::format("error: {}", value.error->text);
    case ValueKind::kNull:
    case ValueKind::kList:
    case ValueKind::kMap:
    case ValueKind::kMessage:
    case ValueKind::kDecimal:
    case ValueKind::kOptional:
      break;
  }
  return "null";
}

// As deep as values are, which the bound on expressions and bindings keeps small.
void Append(std::string* out, const Value& value, size_t max) {
  if (value.kind == ValueKind::kList) {
    *out += '[';
    AppendItems(out, value.list(), max);
    *out += ']';
  } else if (value.kind == ValueKind::kMap) {
    AppendMap(out, value.entries(), max);
  } else if (value.kind == ValueKind::kOptional) {
    AppendOptional(out, value, max);
  } else {
    *out += Scalar(value, max);
  }
}

}  // namespace

std::string DebugText(const Value& value, size_t max_bytes) {
  std::string text;
  Append(&text, value, max_bytes);
  return text;
}

}  // namespace pm::cel
