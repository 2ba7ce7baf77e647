// A negative test of a field that may be missing is never true while it is missing, which is seldom
// what its writer thought of: it must say has(x) beside it (RULES.md).
#pragma once
#include "rules/cel/ast.h"
#include "rules/cel/declarations.h"
#include "rules/cel/problem.h"
#include "rules/cel/resolve.h"

namespace pm::cel {

// PM0257 for each variable that may be missing and is read behind `!=` or inside `!`, `== false` or
// `? false : ...`, also through a macro's variable, unless it is asked for: has(x) && ...,
// !has(x) || ..., has(x) ? ... : .... Each once. `negative`: the whole stands under a `not`.
void CheckGuards(const Ast& ast, const Resolution& resolution, const Declarations& declarations,
                 Problems* problems, bool negative = false);

}  // namespace pm::cel
