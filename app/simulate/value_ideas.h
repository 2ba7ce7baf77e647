// Values that a lead's field could be given so that a test on it may turn: taken from what the test
// compares with. Ideas only; whoever asks tries them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "rules/book.h"
#include "rules/condition_node.h"

namespace pm {

struct ValueIdea {
  std::string field;  // one that a publisher may set
  std::string json;   // empty: the field is left out
};
// A dozen at most for a test; `holds`: it should come to hold, else not to. Fields that the engine
// derives are reached through those they come from; scores are not.
std::vector<ValueIdea> IdeasForTest(const ConditionNode& test, bool holds,
                                    const FieldTable& fields);
// Of a program's fields, from the constants in its text.
std::vector<ValueIdea> IdeasForProgram(const ConditionNode& program, const FieldTable& fields);
// So that a value of the field lies in a cell of a table, or no longer does.
struct TableCell;
std::vector<ValueIdea> IdeasForCell(const TableCell& cell, bool matches, const FieldDecl& field);

}  // namespace pm
