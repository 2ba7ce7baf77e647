// Values for the fields of a program (CEL) for which it answers as asked, by trying out what stands
// in it.
#pragma once
#include "rules/prove/goal.h"
#include "rules/prove/lead_draft.h"

namespace pm {

// Leaves the fields as they were and answers false when nothing it tried will do.
bool SampleProgram(const GoalOf& goal, LeadDraft* store, uint64_t* work);

}  // namespace pm
