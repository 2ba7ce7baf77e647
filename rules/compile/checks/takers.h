// Routes that keep leads from those behind them. Pure.
#pragma once
#include <optional>

#include "rules/book.h"

namespace pm {

Condition Both(const Condition& a, const Condition& b);

// A route that keeps every lead it matches.
struct Taker {
  const Route* route;
  Condition whole;       // with those of the routes it stands in
  bool is_sure = false;  // KeepsForSure
};

// Its target is a pool, which takes the lead.
bool KeepsAll(const Route& route);
// The same also when nobody of the pool may have one: its overflow comes to a queue.
bool KeepsForSure(const Route& route, const RuleBook& book);
// The pool is a queue, or one of its overflow or of theirs is: a lead always lands.
bool ComesToQueue(const std::string& pool, const RuleBook& book);
// The condition by which the route takes a lead with these facts; nothing when it does not.
std::optional<Condition> TakenBy(const Taker& taker, Facts facts, const FieldTable& fields);

}  // namespace pm
