// Routes that keep leads from those behind them. Pure.
#pragma once
#include <optional>

#include "rules/book.h"

namespace pm {

Condition Both(const Condition& a, const Condition& b);

// A route that keeps every lead it matches.
struct Taker {
  const Route* route;
  Condition whole;  // with those of the routes it stands in
};

// Its target is a pool, which always takes the lead.
bool KeepsAll(const Route& route);
// The condition by which the route takes a lead with these facts; nothing when it does not.
std::optional<Condition> TakenBy(const Taker& taker, Facts facts, const FieldTable& fields);

}  // namespace pm
