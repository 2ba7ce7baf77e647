// Grades and stages that a rule compares a field with.
#pragma once
#include <string_view>

#include "rules/compile/context.h"

namespace pm {

// PM0221 at the place, with those there are, when the field is a grade that no score has, or a
// stage that there is not. The scoring rules must have been compiled.
void ExpectGradeOrStage(CompileContext& context, FieldNumber field, std::string_view text,
                        const SourcePlace& place);

void ExpectStage(CompileContext& context, std::string_view stage, const SourcePlace& place);

}  // namespace pm
