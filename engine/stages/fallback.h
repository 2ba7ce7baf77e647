// What a failed step leaves to be done.
#pragma once
#include "engine/stages/step.h"

namespace pm {

// After a step on `message` threw: what it takes so that no lead is nowhere. A lead that was to be
// placed waits in the queue of the pool of `otherwise`, marked stuck; a person who was moving in is
// there, not merged with anybody; other messages left what they are about where it was, and need
// nothing. Throws BrokenInvariant with nothing changed.
Effects RunFallback(RowReader& below, const Message& message, EventId cause, const RuleBook& rules);

}  // namespace pm
