// Why a call fits no overload, in the writer's words.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "rules/cel/ast.h"
#include "rules/cel/declarations.h"
#include "rules/cel/problem.h"

namespace pm::cel {

// Reports a call in `ast` that no overload takes with arguments of these types: an unknown function
// (PM0252), or wrong ones (PM0253).
void ReportCall(const Ast& ast, const Expr& call, const std::vector<const Type*>& args,
                const Declarations& declarations, Problems* problems);

// A hint for an argument of `&&` or `||` that is a bare value behind a comparison, as the last of
// `a == 'x' || 'y'`: the comparison is meant for it, too. Empty for others.
std::string ComparisonMeant(const Ast& ast, const Expr& call, size_t index);

// How a constant that fails should be written, by what is said of it; mostly empty.
std::string HintOfConstant(std::string_view message);

// `&&` for `_&&_`; the name itself for what is no operator.
std::string_view OperatorText(std::string_view function);

}  // namespace pm::cel
