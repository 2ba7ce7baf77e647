#include <fmt/format.h>

#include "rules/index/rule_index.h"
#include "rules/index/rule_index_data.h"

namespace pm {
namespace {

using namespace index;

constexpr size_t kMaxNamed = 20;  // rules that are looked at always

std::string_view Reason(WhyAlways why) {
  switch (why) {
    case WhyAlways::kOpen:
      return "asks for nothing";
    case WhyAlways::kExpression:
      return "only its expression tells";
    case WhyAlways::kText:
      return "asks for no single text";
    case WhyAlways::kList:
      return "asks for a text of lists.*";
    case WhyAlways::kAlternatives:
      return "has too many alternatives";
    case WhyAlways::kColumns:
      return "asks only for fields that few rules ask for";
    case WhyAlways::kFew:
      return "asks for no single value";
  }
  return {};
}

std::string ColumnText(const Column& column, const RuleIndex::Words& words) {
  const std::string field = words.field(column.slot);
  switch (column.part) {
    case Part::kWhole:
      return field;
    case Part::kPrefix:
      return fmt::format("{} (first {} bytes)", field, column.length);
    case Part::kSuffix:
      return fmt::format("{} (last {} bytes)", field, column.length);
    case Part::kItem:
      return fmt::format("{} (items)", field);
  }
  return field;
}

std::string ShapeLine(const RuleIndexData& data, const Shape& shape,
                      const RuleIndex::Words& words) {
  std::vector<std::string> names;
  for (const uint8_t column : shape.columns()) {
    names.push_back(ColumnText(data.columns[column], words));
  }
  return fmt::format("{} by {}: {} keys, at most {} share one, {} bytes\n", shape.boxes(),
                     fmt::join(names, " and "), shape.keys(), shape.longest(), shape.bytes());
}

std::string BitmapLine(const RuleIndexData& data, const RuleIndex::Words& words) {
  std::vector<std::string> names;
  for (const auto& [column, classes] : data.bitmaps.Statistics()) {
    names.push_back(
        fmt::format("{} in {} classes", ColumnText(data.columns[column], words), classes));
  }
  return fmt::format("{} by bitmaps: {}, {} bytes\n", data.bitmaps.postings().size(),
                     fmt::join(names, ", "), data.bitmaps.bytes());
}

std::string AlwaysLines(const RuleIndexData& data, const RuleIndex::Words& words) {
  std::string text = fmt::format("{} looked at always\n", data.always.size());
  for (size_t i = 0; i < data.always.size() && i < kMaxNamed; ++i) {
    text += fmt::format("  {}: {}\n", words.rule(data.always[i].rule), Reason(data.why[i]));
  }
  if (data.always.size() > kMaxNamed) {
    text += fmt::format("  and {} more\n", data.always.size() - kMaxNamed);
  }
  return text;
}

}  // namespace

std::string RuleIndex::PlanText(size_t rules, const Words& words) const {
  if (data_ == nullptr) {
    return rules == 0 ? "" : fmt::format("{} {}, each looked at: so few\n", rules, words.rules);
  }
  std::string text;
  for (const Shape& shape : data_->shapes) text += ShapeLine(*data_, shape, words);
  if (!data_->bitmaps.postings().empty()) text += BitmapLine(*data_, words);
  if (!data_->always.empty()) text += AlwaysLines(*data_, words);
  if (data_->never > 0) text += fmt::format("{} never match\n", data_->never);
  const size_t guards = data_->guards.size();
  if (guards > 0) {
    text += fmt::format("{} sets of what else is asked, {} bytes\n", guards, data_->guards.bytes());
  }
  return text + fmt::format("{} bytes of index for {} {}: {} each\n", bytes(), rules, words.rules,
                            bytes() / rules);
}

}  // namespace pm
