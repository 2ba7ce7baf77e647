#include "rules/index/fact_keys.h"

#include <algorithm>

namespace pm::index {
namespace {

Key TextKey(const Column& column, std::string_view text) {
  if (column.part == Part::kWhole) return KeyOf(text);
  if (text.size() < column.length) return kNoKey;
  return KeyOf(column.part == Part::kPrefix ? text.substr(0, column.length)
                                            : text.substr(text.size() - column.length));
}

}  // namespace

void FactKeys::Encode(std::span<const Column> columns, Facts facts) {
  facts_ = facts;
  for (size_t i = 0; i < columns.size(); ++i) {
    const Column& column = columns[i];
    const Value& value = facts[column.slot];
    if (value.type != column.type) {
      keys_[i] = kMissingKey;
    } else if (value.type == Type::kText) {
      keys_[i] = TextKey(column, value.text);
    } else if (value.type != Type::kTextList) {
      keys_[i] = KeyOf(value.number);
    } else {
      keys_[i] = kNoKey;
      Items& items = items_.emplace_back(i);
      for (const std::string_view item : ListItems(value.text)) items.keys.push_back(KeyOf(item));
    }
  }
}

std::span<const Key> FactKeys::items(size_t column) const {
  const auto found = std::ranges::find(items_, column, &Items::column);
  if (found == items_.end()) return {};
  return found->keys;
}

}  // namespace pm::index
