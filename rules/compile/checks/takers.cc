#include "rules/compile/checks/takers.h"

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

std::optional<Condition> TakenBy(const Taker& taker, Facts facts, const FieldTable& fields) {
  if (!taker.whole.Holds(facts)) return std::nullopt;
  if (!taker.route->table) return taker.whole;
  const RouteTable& table = *taker.route->table;
  const size_t hit = table.FirstMatch(facts);
  if (hit == table.rows().size()) return std::nullopt;
  return Both(taker.whole, RowCondition(table, hit, fields));
}

}  // namespace pm
