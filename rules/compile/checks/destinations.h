// Where the leads of a route may come to. Pure; results live as long as the book's vectors stay.
#pragma once
#include <map>
#include <string_view>
#include <vector>

#include "rules/book.h"

namespace pm {

// While rules are compiled the book's lists are not sorted yet.
const Pool* PoolNamed(const RuleBook& book, std::string_view name);        // null: none
const RosterRep* RosterNamed(const RuleBook& book, std::string_view rep);  // null: none

// The pool itself, then those that it overflows into, each once.
std::vector<const Pool*> PoolsFrom(const RuleBook& book, std::string_view pool);
// All of that for what a route leads to, its `else` and the rows of its table.
std::vector<const Pool*> PoolsOf(const RuleBook& book, const Route& route);
// Where each rep of the roster works, as RuleBook::DeskOfRep will say. Empty without pools.
std::map<std::string_view, std::string_view> DesksOfReps(const RuleBook& book);
// Place of the table's column that a target names, among its outputs.
size_t ColumnOf(const Route& route);

}  // namespace pm
