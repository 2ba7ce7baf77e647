// A part of a condition that only CEL can say: a program of the fields and lists it reads.
// Immutable; any thread.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "rules/cel/program.h"
#include "rules/condition_node.h"

namespace pm {

// A list of the rules as a value of CEL.
struct ListValue {
  explicit ListValue(std::shared_ptr<const TextList> texts);
  std::shared_ptr<const TextList> list;
  std::vector<cel::Value> items;  // its texts, borrowed
};

struct ConditionProgram {
  cel::Program program;  // its variables are the node's inputs, by number
  std::shared_ptr<const cel::Declarations> declarations;  // it calls functions of theirs
};

// The verdict over the node's inputs. A program that fails (a division by zero, a bound that is
// passed) is unknown, as one is that a missing field decides.
Tri EvalProgram(const ConditionNode& node, Facts facts);

// What it saw, for people: `account.employees 40, lead.seats missing`, and why it failed if it did.
std::string ProgramSaw(const ConditionNode& node, Facts facts, const FieldTable& fields);

}  // namespace pm
