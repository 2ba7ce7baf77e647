#include "rules/compile/checks/takers.h"

#include "rules/compile/checks/destinations.h"
#include "rules/condition_make.h"
#include "rules/prove/row_condition.h"

namespace pm {
namespace {

// A lead that a row before it matches as well, which passes it on, is not kept; nor one that is
// left without an answer.
Condition KeptByRow(const Taker& taker, size_t row, const FieldTable& fields) {
  const RouteTable& table = *taker.route->table;
  std::vector<Condition> parts = {taker.whole, RowCondition(table, row, fields)};
  for (const size_t before : taker.passing_rows) {
    if (before < row && table.Overlap(before, row)) {
      parts.push_back(NotOf(RowCondition(table, before, fields)));
    }
  }
  for (const size_t other : taker.clashes->Beside(row)) {
    parts.push_back(NotOf(RowCondition(table, other, fields)));
  }
  return AllOf(parts);
}

}  // namespace

Condition Both(const Condition& a, const Condition& b) {
  const Condition parts[] = {a, b};
  return AllOf(parts);
}

bool PassesOn(const Route& route, const RouteTable::Row& row) {
  return route.to.else_pool.empty() && NamesNobody(route, row);
}

Taker::Taker(const Route& taking, Condition condition, const RuleBook& book)
    : route(&taking), whole(std::move(condition)), is_sure(KeepsForSure(taking, book)) {
  if (taking.table == nullptr) return;
  clashes.emplace(*taking.table);
  const std::vector<RouteTable::Row>& rows = taking.table->rows();
  for (size_t row = 0; row < rows.size(); ++row) {
    if (PassesOn(taking, rows[row])) passing_rows.push_back(row);
  }
}

bool Keeps(const Route& route) {
  if (route.to.from == TargetFrom::kPool || !route.to.else_pool.empty()) return true;
  return route.to.from == TargetFrom::kPoolColumn &&
         std::ranges::any_of(route.table->rows(),
                             [&](const RouteTable::Row& row) { return !PassesOn(route, row); });
}

bool KeepsForSure(const Route& route, const RuleBook& book) {
  std::vector<std::string> pools;
  if (!route.to.else_pool.empty()) {
    pools = {route.to.else_pool};
  } else if (route.to.from == TargetFrom::kPool) {
    pools = {route.to.name};
  } else {
    for (const RouteTable::Row& row : route.table->rows()) {
      if (!PassesOn(route, row)) pools.push_back(row.outputs[ColumnOf(route)]);
    }
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
  const auto [hit, clashing] = table.Find(facts);
  if (clashing < table.rows().size()) return std::nullopt;
  if (hit == table.rows().size() || PassesOn(*taker.route, table.rows()[hit])) return std::nullopt;
  return KeptByRow(taker, hit, fields);
}

std::optional<Condition> LeftByClash(const Taker& taker, Facts facts, const FieldTable& fields) {
  if (!taker.route->table || !taker.whole.Holds(facts)) return std::nullopt;
  const RouteTable& table = *taker.route->table;
  const auto [hit, clashing] = table.Find(facts);
  if (clashing == table.rows().size()) return std::nullopt;
  const Condition parts[] = {taker.whole, RowCondition(table, hit, fields),
                             RowCondition(table, clashing, fields)};
  return AllOf(parts);
}

}  // namespace pm
