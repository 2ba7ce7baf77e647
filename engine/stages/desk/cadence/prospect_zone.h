// Which wall clock a prospect lives by, from what is known of the lead.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/time/zone.h"
#include "model/messages/routing.h"

namespace pm::cadence {

// One zone, or several when only their common hours are safe. Never empty.
struct ProspectZone {
  std::vector<const Zone*> zones;  // the first one's wall clock counts business days
  // explicit, region, phone, country, account, unknown_zone, safest or rep
  std::string_view source;

  std::string Text() const;  // names with commas
};

// The first that tells: `lead.time_zone`; `lead.country` and `lead.region`; the country of the
// phone number if it has one zone; `lead.country` if it has one; the account's country and region
// likewise; `unknown_zone` of the cadence: `safest` takes all zones of the country, an IANA name
// that zone; else the rep's. Postcodes are not looked up.
ProspectZone ZoneOfProspect(const LeadCard& card, std::string_view unknown_zone,
                            const Zone& rep_zone);

}  // namespace pm::cadence
