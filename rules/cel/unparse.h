// A tree back as text.
#pragma once
#include <string>

#include "rules/cel/ast.h"

namespace pm::cel {

// One line that parses to the same tree, with brackets only where they are needed, before or after
// ExpandMacros.
std::string Unparse(const Ast& ast);
std::string Unparse(const Ast& ast, ExprId id);

}  // namespace pm::cel
