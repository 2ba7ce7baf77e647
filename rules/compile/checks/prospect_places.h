// By which clocks the prospects of a route may live, from what its condition asks of them; in the
// order the desk looks for a zone (engine/stages/desk/cadence/prospect_zone.h). One thread.
#pragma once
#include <string>
#include <vector>

#include "base/time/zone.h"
#include "rules/compile/checks/prover.h"

namespace pm {

struct ProspectPlace {
  std::vector<const Zone*> zones;  // only their common minutes are safe; empty: the rep's own
  Condition known;                 // holds for leads whose clocks are just these
  std::string where;               // `in Europe/Madrid`
};

// Of a condition that asks for zones, countries or regions those; there may be no lead in some of
// them. Of any other the one place of leads that tell nothing of where they are.
// `unknown_zone`: of the cadence.
std::vector<ProspectPlace> ProspectPlacesOf(Prover& prover, const Condition& whole,
                                            std::string_view unknown_zone);

}  // namespace pm
