// Macros: calls whose arguments are not values but names and bodies (`all`, `map`, `cel.bind`).
#pragma once
#include <span>
#include <string_view>

#include "rules/cel/ast.h"
#include "rules/cel/problem.h"

namespace pm::cel {

// Turns each call of a macro into a kMacro node, and the argument of has() into a test. A call of
// another number of arguments than the macro takes stays a call. PM0254 where a name is missing.
void ExpandMacros(Ast* ast, Problems* problems);

// What has variables, as it is written, for hints: `all`, `exists`, `map`, ...
std::span<const std::string_view> MacroNames();

}  // namespace pm::cel
