// Text to tree. Macros are still calls in it (macros.h).
#pragma once
#include <optional>
#include <string_view>

#include "rules/cel/ast.h"
#include "rules/cel/problem.h"

namespace pm::cel {

// Nothing when there is a problem: all that cannot be read as tokens, or the first place where they
// do not fit together. PM0250 syntax, PM0251 larger or deeper than the bounds, PM0255 a number or
// text that means nothing. The tree keeps views of `text` only through copies of its own.
std::optional<Ast> Parse(std::string_view text, Problems* problems);

}  // namespace pm::cel
