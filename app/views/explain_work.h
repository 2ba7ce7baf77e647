// What runs for a lead at its desk, in sentences: by when the SLA wants what, which steps of a
// cadence come next, and which were left out and why.
#pragma once
#include <string>
#include <vector>

#include "app/views/lead_view.h"

namespace pm {

// Nothing for a lead that is at no desk. `rules` names policies and cadences.
std::vector<std::string> WorkInWords(const LeadRows& rows, const StoreView& store,
                                     const RuleBook& rules);

}  // namespace pm
