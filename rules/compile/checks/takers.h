// Routes that keep leads from those behind them. Pure.
#pragma once
#include <optional>

#include "rules/book.h"
#include "rules/tables/row_clashes.h"

namespace pm {

Condition Both(const Condition& a, const Condition& b);

// A row of the route's table names nobody, and nothing says who else: on to the next route.
bool PassesOn(const Route& route, const RouteTable::Row& row);

// A route that keeps the leads it matches: of a table those whose row names a pool.
struct Taker {
  Taker(const Route& taking, Condition condition, const RuleBook& book);
  const Route* route;
  Condition whole;                    // with those of the routes it stands in
  bool is_sure;                       // KeepsForSure
  std::vector<size_t> passing_rows;   // of its table, that PassesOn; rising
  std::optional<RowClashes> clashes;  // of its table
};

// Its target is a pool, which takes the lead; of a table that of some row.
bool Keeps(const Route& route);
// The same also when nobody of the pool may have one: its overflow comes to a queue.
bool KeepsForSure(const Route& route, const RuleBook& book);
// The pool is a queue, or one of its overflow or of theirs is: a lead always lands.
bool ComesToQueue(const std::string& pool, const RuleBook& book);
// The condition by which the route takes a lead with these facts; nothing when it does not.
std::optional<Condition> TakenBy(const Taker& taker, Facts facts, const FieldTable& fields);
// Two rows of its table match these facts, so that it takes no such lead: the condition of both.
std::optional<Condition> LeftByClash(const Taker& taker, Facts facts, const FieldTable& fields);

}  // namespace pm
