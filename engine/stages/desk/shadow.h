// Leads in mode `shadow` have rows of their own at a desk, as if beside the others there were
// another desk with the same people: they take no turn, no place under a cap and no place in a
// queue from any other lead.
#pragma once
#include "engine/stages/desk/desk.h"
#include "engine/stages/desk/records/shadow_keys.h"

namespace pm {

// What keys begin with of rows that say who is there: names, absence, suppression.
inline uint32_t PeopleHash(const Desk& desk) { return DeskHash(desk.name); }
inline bool IsShadow(const Desk& desk) { return desk.hash != PeopleHash(desk); }
// The desk as leads of that mode see it.
inline Desk DeskFor(Mode mode, const Desk& desk) {
  Desk same(desk.step, desk.name);
  same.hash = DeskRowsHash(desk.name, mode);
  return same;
}

// desk.cc: what is meant for a lead that is here.
void OnLeadMessage(Desk& desk, MessageType type, std::string_view body);

}  // namespace pm
