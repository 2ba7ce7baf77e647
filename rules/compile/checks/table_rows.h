// Rows of a route's table: those that no lead reaches, and two that match one lead where one may.
#pragma once
#include <vector>

#include "rules/compile/checks/earlier.h"

namespace pm {

struct TableUse {
  const Route& route;
  const Condition& whole;                              // what the leads of the route are
  const std::vector<const ScreeningRule*>& screening;  // that keep what would come to it
  // Nothing is told of rows that are reached only when nobody can take a lead before them.
  bool sure_only = false;
};

void ProveTableRows(Prover& prover, Earlier& earlier, const TableUse& use);

}  // namespace pm
