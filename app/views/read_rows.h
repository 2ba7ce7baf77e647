// Rows of a store as their structs, for views. Reads only.
#pragma once
#include <optional>

#include "engine/runtime/store.h"
#include "engine/stages/rows.h"

namespace pm {

// nullopt: no such row.
template <class R>
std::optional<R> ReadRow(const StoreView& store, const typename R::Key& key,
                         World world = World::kLive) {
  const std::optional<std::string> bytes = store.Get(RowKey<R>(key, world));
  if (!bytes.has_value()) return std::nullopt;
  R row;
  PM_CHECK(Decode(*bytes, &row));
  return row;
}

}  // namespace pm
