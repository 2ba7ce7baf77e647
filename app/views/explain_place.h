// Where a lead is, what it waits for and until when, and what would have to be different for it to
// go on: from its rows as they are, by the rules in force.
#pragma once
#include "app/views/explanation.h"

namespace pm {

void ExplainPlace(const LeadRows& rows, const StoreView& store, const RuleBook& rules,
                  Explanation* explanation);

}  // namespace pm
