// A tree as tests and `rules dump` show it: one node a line, what it stands for and its type.
#pragma once
#include <string>

#include "rules/cel/ast.h"
#include "rules/cel/checker.h"
#include "rules/cel/plan.h"
#include "rules/cel/resolve.h"

namespace pm::cel {

// After parsing: `call _&&_`, `select title`, `literal "DE"`.
std::string DumpTree(const Ast& ast);
// After resolving: the same with what names stand for.
std::string DumpResolved(const Ast& ast, const Resolution& resolution);
// After checking: the same with types, and the overloads of calls.
std::string DumpChecked(const Ast& ast, const Resolution& resolution, const Checked& checked);
// What is evaluated: constants folded, sets and patterns made.
std::string DumpPlan(const Plan& plan);

}  // namespace pm::cel
