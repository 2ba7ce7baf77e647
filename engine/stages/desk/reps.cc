// Who a rep is: the roster file and events together, absence, hours.
#include "engine/stages/desk/desk.h"
#include "engine/stages/desk/shadow.h"

namespace pm {
namespace {

uint64_t NameHash(std::string_view kind, std::string_view text) {
  return Hash64(fmt::format("{} {}", kind, text));
}

}  // namespace

KnownRep FindRep(Desk& desk, std::string_view id) {
  const RosterRep* roster = desk.step.rules.FindRep(id);
  const RepRow* row = desk.step.rows.Find<RepRow>({PeopleHash(desk), id});
  if (row == nullptr || !row->attributes.has_value()) return KnownRep(roster);
  RosterRep rep = roster != nullptr ? *roster : RosterRep{};
  rep.id = id;
  return KnownRep(WithAttributes(std::move(rep), *row->attributes));
}

RepNameRow::Key RepNameKey(const Desk& desk, std::string_view text) {
  return {PeopleHash(desk), NameHash("name", text)};
}

RepNameRow::Key SupportsKey(const Desk& desk, std::string_view ae) {
  return {PeopleHash(desk), NameHash("supports", ae)};
}

std::string ResolveRep(Desk& desk, std::string_view text) {
  if (text.empty()) return {};
  if (FindRep(desk, text).has_value()) return std::string(text);
  if (const RosterRep* rep = desk.step.rules.FindRepBy(text)) return rep->id;
  const RepNameRow* named = desk.step.rows.Find<RepNameRow>(RepNameKey(desk, text));
  return named == nullptr ? std::string() : named->reps.front();
}

std::string SdrOf(Desk& desk, std::string_view ae) {
  const std::string id = ResolveRep(desk, ae);
  const std::string whom = id.empty() ? std::string(ae) : id;
  std::vector<std::string> sdrs = desk.step.rules.SupportersOf(whom);
  const KnownRep known = FindRep(desk, whom);
  // Events may name the AE as this one is named here, or by address.
  for (const std::string_view text :
       {std::string_view(whom), ae, std::string_view(known ? known->email : whom)}) {
    const RepNameRow* said = desk.step.rows.Find<RepNameRow>(SupportsKey(desk, text));
    if (said != nullptr) sdrs.insert(sdrs.end(), said->reps.begin(), said->reps.end());
  }
  std::ranges::sort(sdrs);
  std::string active;
  for (const std::string& sdr : sdrs) {
    const KnownRep rep = FindRep(desk, sdr);
    if (!rep || !IsActive(desk, *rep)) continue;
    // Events may have given the SDR another AE since.
    const std::string now = ResolveRep(desk, rep->supports);
    if ((now.empty() ? rep->supports : now) != whom) continue;
    if (!IsAway(desk, sdr)) return sdr;
    if (active.empty()) active = sdr;
  }
  return active;
}

bool IsActive(const RosterRep& rep, const RepRow* row, Instant now) {
  if (row != nullptr && row->deactivated) return false;
  return now >= rep.active_from && now < rep.active_to;
}

bool IsActive(Desk& desk, const RosterRep& rep) {
  return IsActive(rep, desk.step.rows.Find<RepRow>({PeopleHash(desk), rep.id}), desk.step.now);
}

bool IsAway(const RepRow* row, Instant now) {
  return row != nullptr && row->away_from <= now && now < row->away_until;
}

bool IsAway(Desk& desk, std::string_view rep) {
  return IsAway(desk.step.rows.Find<RepRow>({PeopleHash(desk), rep}), desk.step.now);
}

const Calendar& HoursOf(Desk& desk, const RosterRep& rep) {
  return desk.step.rules.Hours(rep.hours, rep.zone.empty() ? "UTC" : rep.zone, rep.holidays,
                               rep.leave);
}

OutRep OutRepOf(Desk& desk, std::string_view rep) {
  OutRep out;
  out.id = rep;
  if (const KnownRep who = FindRep(desk, rep)) {
    out.email = who->email;
    out.name = who->name;
    out.external.tokens = who->external;
  }
  return out;
}

}  // namespace pm
