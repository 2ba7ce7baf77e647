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

std::map<std::string_view, std::string_view> DesksOfReps(const RuleBook& book) {
  std::map<std::string_view, const Pool*> pools;  // by name, as the book will have them
  std::set<std::string_view> desks;
  for (const Pool& pool : book.pools) {
    pools.emplace(pool.name, &pool);
    desks.insert(pool.desk);
  }
  std::map<std::string_view, std::string_view> desk_of;
  if (desks.empty()) return desk_of;
  for (const auto& [name, pool] : pools) {
    for (const PoolMember& member : pool->members) desk_of.emplace(member.rep, pool->desk);
  }
  const std::string_view of_others = desks.contains("main") ? "main" : *desks.begin();
  std::map<std::string_view, std::string_view> desk_of_rep;
  for (const RosterRep& rep : book.roster) {
    const auto in = desk_of.find(rep.id);
    desk_of_rep.emplace(rep.id, in == desk_of.end() ? of_others : in->second);
  }
  return desk_of_rep;
}

size_t ColumnOf(const Route& route) {
  const auto& outputs = route.table->outputs();
  const auto at = std::ranges::find(outputs, route.to.name);
  PM_CHECK(at != outputs.end());
  return static_cast<size_t>(at - outputs.begin());
}

}  // namespace pm
