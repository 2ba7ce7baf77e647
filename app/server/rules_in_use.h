// What the rows of a store still need of the rules. Reads only; any thread, on a view of its own.
#pragma once
#include <set>
#include <string>
#include <vector>

#include "engine/runtime/store.h"
#include "rules/book.h"

namespace pm {

// Policies and cadences that open leads, running SLAs or enrolments are pinned to. nullopt when
// there are more than `most` rows to read: then all may be in use.
std::optional<std::set<ContentHash>> DocumentsInUse(const StoreView& store,
                                                    size_t most = 1'000'000);

inline constexpr size_t kMostLeadsCounted = 1000;  // of a rep
struct RepWithLeads {
  std::string rep;
  size_t leads = 0;  // kMostLeadsCounted: or more
};

// Reps who have leads and whom neither `rules` nor events know, by their ids: rules that drop them
// are refused until they are released.
std::vector<RepWithLeads> DroppedRepsWithLeads(const StoreView& store, const RuleBook& rules);

// Reps whom `rules` put at another desk than the one that has their leads, sorted.
std::vector<std::string> MovedReps(const StoreView& store, const RuleBook& rules);

}  // namespace pm
