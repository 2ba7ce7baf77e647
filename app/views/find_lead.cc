#include "app/views/find_lead.h"

#include "app/views/read_rows.h"
#include "engine/stages/account/account.h"
#include "engine/stages/account/records/identity_row.h"
#include "engine/stages/account/records/redirect_row.h"

namespace pm {
namespace {

using account::IdentityRow;
using account::PersonRow;
using account::RedirectRow;

constexpr int kMaxMoves = 64;

std::optional<LeadId> LatestLead(const PersonRow& person) {
  return person.current ? std::optional(person.current) : std::nullopt;
}

}  // namespace

std::optional<LeadId> FindLead(const StoreView& store, const Event& event, World world) {
  if (event.lead) return event.lead;
  PersonId person = event.person;
  HomeId home = person ? HomeId{person.home} : HomeOf(event.home);
  if (!person && event.identity.empty()) return std::nullopt;
  for (int moves = 0; moves < kMaxMoves; ++moves) {
    if (!person) {
      const auto identity =
          ReadRow<IdentityRow>(store, {home, account::IdentityHash(event.identity)}, world);
      if (identity.has_value() && identity->moved_to) {
        home = identity->moved_to;
        continue;
      }
      if (identity.has_value()) person = identity->person;
    }
    if (person) {
      if (const auto row = ReadRow<PersonRow>(store, {home, person}, world))
        return LatestLead(*row);
    }
    auto redirect = person ? ReadRow<RedirectRow>(store, {home, person}, world) : std::nullopt;
    if (!redirect.has_value()) redirect = ReadRow<RedirectRow>(store, {home, {}}, world);
    if (!redirect.has_value()) return std::nullopt;
    home = redirect->to;
    if (redirect->as) person = redirect->as;
  }
  return std::nullopt;
}

}  // namespace pm
