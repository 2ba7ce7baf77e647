#include "model/value_text.h"

#include <fmt/format.h>

#include "base/time/text.h"

namespace pm {
namespace {

constexpr size_t kShownBytes = 80;

std::string Cut(std::string_view text) {
  if (text.size() <= kShownBytes) return std::string(text);
  size_t end = kShownBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

std::string ListText(std::string_view encoded) {
  std::string joined;
  for (const std::string_view item : ListItems(encoded)) {
    if (!joined.empty()) joined += ", ";
    joined += item;
  }
  return '[' + Cut(joined) + ']';
}

}  // namespace

std::string DecimalText(int64_t micros) {
  const bool negative = micros < 0;
  const uint64_t size =
      negative ? 0 - static_cast<uint64_t>(micros) : static_cast<uint64_t>(micros);
  std::string text = fmt::format("{}{}", negative ? "-" : "", size / 1'000'000);
  if (size % 1'000'000 == 0) return text;
  text += fmt::format(".{:06}", size % 1'000'000);
  return text.substr(0, text.find_last_not_of('0') + 1);
}

std::string ValueText(const Value& value, std::string_view unit) {
  const auto with_unit = [&](std::string text) {
    return unit.empty() ? text : fmt::format("{} {}", text, unit);
  };
  switch (value.type) {
    case Type::kMissing:
      return "missing";
    case Type::kBool:
      return value.number != 0 ? "true" : "false";
    case Type::kInt:
      return with_unit(std::to_string(value.number));
    case Type::kDecimal:
      return with_unit(DecimalText(value.number));
    case Type::kText:
      return Cut(value.text);
    case Type::kTextList:
      return ListText(value.text);
    case Type::kInstant:
      return FormatInstant({value.number});
    case Type::kDuration:
      return FormatDuration({value.number});
  }
  return {};
}

}  // namespace pm
