// Leads of modes `shadow` and `test`: what happens to them is decided as if they were live, but
// they must not stand in the way of what is live.
#pragma once
#include "engine/stages/account/account.h"

namespace pm::account {

inline bool IsRehearsal(Mode mode) { return mode == Mode::kShadow || mode == Mode::kTest; }

// The person's lead ends, in its own mode, because something live begins. The case is about the
// person's latest other lead afterwards, or about none.
void EndRehearsal(Case& c);

}  // namespace pm::account
