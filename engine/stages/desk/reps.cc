// Who a rep is: the roster file and events together, absence, hours.
#include "engine/stages/desk/placing.h"
#include "model/normalise/email.h"

namespace pm {
namespace {

uint64_t NameHash(std::string_view kind, std::string_view text) {
  std::string name(kind);
  name += ' ';
  const bool is_address = text.find('@') != std::string_view::npos;
  name += is_address ? ComparedAddress(text) : std::string(text);
  return Hash64(name);
}

// Of the live world, where that is another one.
const RepRow* LiveRow(Desk& desk, std::string_view rep) {
  return IsLive(desk) ? nullptr : desk.step.rows.FindLive<RepRow>({desk.hash, rep});
}

bool IsDescribed(const RepRow* row) { return row != nullptr && row->attributes.has_value(); }

}  // namespace

KnownRep FindRep(Desk& desk, std::string_view id) {
  const RosterRep* roster = desk.step.rules.FindRep(id);
  const RepRow* row = desk.step.rows.Find<RepRow>({desk.hash, id});
  const RepRow* live = LiveRow(desk, id);
  if (!IsDescribed(row) && !IsDescribed(live)) return KnownRep(roster);
  RosterRep rep = roster != nullptr ? *roster : RosterRep{};
  rep.id = id;
  if (IsDescribed(live)) rep = WithAttributes(std::move(rep), *live->attributes);
  if (IsDescribed(row)) rep = WithAttributes(std::move(rep), *row->attributes);
  return KnownRep(std::move(rep));
}

RepNameRow::Key RepNameKey(const Desk& desk, std::string_view text) {
  return {desk.hash, NameHash("name", text)};
}

RepNameRow::Key SupportsKey(const Desk& desk, std::string_view ae) {
  return {desk.hash, NameHash("supports", ae)};
}

std::string ResolveRep(Desk& desk, std::string_view text) {
  if (text.empty()) return {};
  if (FindRep(desk, text).has_value()) return std::string(text);
  if (const RosterRep* rep = desk.step.rules.FindRepBy(text)) return rep->id;
  const RepNameRow* named = FindHereOrLive<RepNameRow>(desk, RepNameKey(desk, text));
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
    const RepNameRow* said = FindHereOrLive<RepNameRow>(desk, SupportsKey(desk, text));
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
  const Instant now = desk.step.now;
  return IsActive(rep, desk.step.rows.Find<RepRow>({desk.hash, rep.id}), now) &&
         IsActive(rep, LiveRow(desk, rep.id), now);
}

bool IsAwayByEvent(const RepRow* row, Instant now) {
  return row != nullptr && row->away_from <= now && now < row->away_until;
}

bool IsOnLeave(const Desk& desk, const RosterRep& rep) {
  if (rep.leave.empty()) return false;  // as of most
  const std::string_view zone = rep.zone.empty() ? "UTC" : std::string_view(rep.zone);
  // Holidays and hours aside: nights and weekends of leave belong to it.
  return !desk.step.rules.Hours("", zone, {}, rep.leave).IsOpen(desk.step.now);
}

bool IsAway(Desk& desk, std::string_view rep) {
  if (AwayUntil(desk, rep) > desk.step.now) return true;
  const KnownRep who = FindRep(desk, rep);
  return who && IsOnLeave(desk, *who);
}

Instant AwayUntil(Desk& desk, std::string_view rep) {
  Instant until = desk.step.now;
  for (const RepRow* row : {desk.step.rows.Find<RepRow>({desk.hash, rep}), LiveRow(desk, rep)}) {
    if (IsAwayByEvent(row, desk.step.now)) until = std::max(until, row->away_until);
  }
  return until;
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
