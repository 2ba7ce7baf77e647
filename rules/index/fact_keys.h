// The facts of one decision, encoded once for an index. Borrows the facts; one thread.
#pragma once
#include <array>
#include <span>
#include <vector>

#include "rules/index/needs.h"

namespace pm::index {

inline constexpr size_t kMaxColumns = 64;

class FactKeys {
 public:
  FactKeys() = default;
  // At most kMaxColumns.
  void Encode(std::span<const Column> columns, Facts facts);

  Key key(size_t column) const { return keys_[column]; }  // of kItem: missing or not only
  // Null when it is missing.
  const Value* value(const Column& column) const {
    const Value& value = facts_[column.slot];
    return value.type == column.type ? &value : nullptr;
  }
  // Of a column of items.
  std::span<const Key> items(size_t column) const;

 private:
  struct Items {
    size_t column;
    std::vector<Key> keys;
  };
  Facts facts_;
  std::array<Key, kMaxColumns> keys_;
  std::vector<Items> items_;
};

}  // namespace pm::index
