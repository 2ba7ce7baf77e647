// Own fields that take a bare key of events from the built-in field it meant.
#pragma once
#include "rules/compile/context.h"

namespace pm {

// PM0259 at the declaration of each, once all fields are compiled.
void CheckTakenKeys(CompileContext& context);

}  // namespace pm
