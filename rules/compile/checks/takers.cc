#include "rules/compile/checks/takers.h"

#include "rules/compile/checks/destinations.h"
#include "rules/condition_make.h"
#include "rules/prove/row_condition.h"
#include "rules/tables/route_table.h"

namespace pm {

Condition Both(const Condition& a, const Condition& b) {
  const Condition parts[] = {a, b};
  return AllOf(parts);
}

bool KeepsAll(const Route& route) {
  if (route.to.from == TargetFrom::kPool || !route.to.else_pool.empty()) return true;
  return route.to.from == TargetFrom::kPoolColumn &&
         std::ranges::none_of(route.table->rows(),
                              [&](const RouteTable::Row& row) { return NamesNobody(route, row); });
}

bool KeepsForSure(const Route& route, const RuleBook& book) {
  std::vector<std::string> pools;
  if (!route.to.else_pool.empty()) {
    pools = {route.to.else_pool};
  } else if (route.to.from == TargetFrom::kPool) {
    pools = {route.to.name};
  } else {
    for (const RouteTable::Row& row : route.table->rows())
      pools.push_back(row.outputs[ColumnOf(route)]);
  }
  std::ranges::sort(pools);
  const auto others = std::ranges::unique(pools);
  pools.erase(others.begin(), others.end());
  return std::ranges::all_of(pools,
                             [&](const std::string& name) { return ComesToQueue(name, book); });
}

bool ComesToQueue(const std::string& pool, const RuleBook& book) {
  std::vector<std::string> chain = {pool};
  for (size_t i = 0; i < chain.size(); ++i) {
    // Pools are sorted only in a finished book.
    const auto one = std::ranges::find(book.pools, chain[i], &Pool::name);
    if (one == book.pools.end()) continue;
    if (one->strategy == PoolStrategy::kQueue) return true;
    for (const std::string& next : one->overflow) {
      if (std::ranges::find(chain, next) == chain.end()) chain.push_back(next);
    }
  }
  return false;
}

std::optional<Condition> TakenBy(const Taker& taker, Facts facts, const FieldTable& fields) {
  if (!taker.whole.Holds(facts)) return std::nullopt;
  if (!taker.route->table) return taker.whole;
  const RouteTable& table = *taker.route->table;
  const size_t hit = table.FirstMatch(facts);
  if (hit == table.rows().size()) return std::nullopt;
  return Both(taker.whole, RowCondition(table, hit, fields));
}

}  // namespace pm
