// Rows of decision tables as conditions, for proofs about them.
#pragma once
#include "rules/condition.h"
#include "rules/tables/route_table.h"

namespace pm {

// Holds for the leads that match the row; a missing value does not match a cell that asks for one.
Condition RowCondition(const RouteTable& table, size_t row, const FieldTable& fields);

}  // namespace pm
