// `text.format(list)` of the string extension.
#pragma once
#include <span>

#include "rules/cel/evaluation.h"
#include "rules/cel/value.h"

namespace pm::cel {

// %s %d %f %e %b %o %x %X and %%, with a precision for %f and %e. Fails on a clause that is none of
// these, on values it cannot write, and when the list is too short.
Value Format(Evaluation& evaluation, std::span<const Value> args);

inline constexpr int kMaxPrecision = 100;       // digits behind the point
inline constexpr size_t kMaxClauseBytes = 512;  // of a number, at most

}  // namespace pm::cel
