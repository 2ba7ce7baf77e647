#include "rules/compile/checks/destinations.h"

#include <algorithm>
#include <set>

#include "rules/tables/route_table.h"

namespace pm {
namespace {

void Add(const RuleBook& book, std::string_view name, std::vector<const Pool*>* pools) {
  const Pool* pool = PoolNamed(book, name);
  if (pool == nullptr || std::ranges::find(*pools, pool) != pools->end()) return;
  pools->push_back(pool);
  for (const std::string& next : pool->overflow) Add(book, next, pools);
}

}  // namespace

const Pool* PoolNamed(const RuleBook& book, std::string_view name) {
  const auto found = std::ranges::find(book.pools, name, &Pool::name);
  return found == book.pools.end() ? nullptr : &*found;
}

const RosterRep* RosterNamed(const RuleBook& book, std::string_view rep) {
  const auto found = std::ranges::find(book.roster, rep, &RosterRep::id);
  return found == book.roster.end() ? nullptr : &*found;
}

std::vector<const Pool*> PoolsFrom(const RuleBook& book, std::string_view pool) {
  std::vector<const Pool*> pools;
  Add(book, pool, &pools);
  return pools;
}

std::vector<const Pool*> PoolsOf(const RuleBook& book, const Route& route) {
  std::vector<const Pool*> pools;
  if (route.to.from == TargetFrom::kPool) Add(book, route.to.name, &pools);
  if (route.to.from == TargetFrom::kPoolColumn && route.table) {
    const size_t column = ColumnOf(route);
    std::set<std::string_view> names;
    for (const RouteTable::Row& row : route.table->rows()) names.insert(row.outputs[column]);
    for (const std::string_view name : names) Add(book, name, &pools);
  }
  Add(book, route.to.else_pool, &pools);
  return pools;
}

size_t ColumnOf(const Route& route) {
  const auto& outputs = route.table->outputs();
  const auto at = std::ranges::find(outputs, route.to.name);
  PM_CHECK(at != outputs.end());
  return static_cast<size_t>(at - outputs.begin());
}

}  // namespace pm
