// The lead that a publisher's event is about, from the rows as they are after it.
#pragma once
#include <optional>

#include "app/views/lead_view.h"
#include "engine/stages/rows.h"
#include "model/messages/event.h"

namespace pm {

// The lead named, else the latest of the person whom its ids, address or phone name, wherever they
// live now, in that world. nullopt: nobody yet, or known only by a browser or another system's
// record.
std::optional<LeadId> FindLead(const StoreView& store, const Event& event, World world);

}  // namespace pm
