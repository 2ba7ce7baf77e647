// A bound on the work of an expression, before it ever runs.
#pragma once
#include <cstdint>

#include "rules/cel/ast.h"
#include "rules/cel/checker.h"
#include "rules/cel/declarations.h"
#include "rules/cel/problem.h"
#include "rules/cel/resolve.h"

namespace pm::cel {

// Units of work.h that no evaluation passes, as long as each binding keeps to the size that its
// declaration states. UINT64_MAX stands for more than can be counted. PM0256 at the innermost part
// that takes more than `most`.
uint64_t CheckCost(const Ast& ast, const Resolution& resolution, const Checked& checked,
                   const Declarations& declarations, uint64_t most, Problems* problems);

}  // namespace pm::cel
