// Grades that a rule compares a score with.
#pragma once
#include <string_view>

#include "rules/compile/context.h"

namespace pm {

// When the field is a grade: PM0221 at the place, with the grades there are, when no score has this
// one. The scoring rules must have been compiled.
void ExpectGrade(CompileContext& context, FieldNumber field, std::string_view text,
                 const SourcePlace& place);

}  // namespace pm
