// Who a rep is: the roster file and events together, absence, hours.
#include "engine/stages/desk/desk.h"

namespace pm {
namespace {

constexpr int kSweepBatch = 100;  // leads touched a step (DESIGN section 4)

bool Mentions(const RosterRep& rep, std::string_view text) {
  return rep.id == text || (!rep.email.empty() && rep.email == text) ||
         std::ranges::find(rep.external, text) != rep.external.end();
}

std::string FieldText(const Event& event, FieldNumber field) {
  return std::string(FieldBlock(event.fields).Text(field));
}

void Upsert(Desk& desk, const Event& event, const std::string& id) {
  RepRow& row = desk.step.rows.Edit<RepRow>({desk.hash, id});
  TakeAttributes(desk, &row, event);
  row.deactivated = false;
}

// What to do with one lead of a rep who is away or gone.
void SettleLead(Desk& desk, const std::string& rep, const RepRow& state, LeadId lead) {
  const AssignmentRow* row = desk.step.rows.Find<AssignmentRow>(desk.KeyOf(lead));
  PM_CHECK(row != nullptr && row->rep == rep);
  const bool gone = state.sweep == RepSweep::kDeactivated;
  const bool worked = row->accepted_at != kNever || row->touched_at != kNever;
  const KnownRep who = FindRep(desk, rep);
  Replacement why;
  why.type = "assignment.released";
  why.reason = gone ? "rep_deactivated" : "rep_away";
  why.actor = {"system", ""};
  const auto available = [&](const std::string& id) {
    const KnownRep other = id.empty() ? KnownRep() : FindRep(desk, id);
    return other.has_value() && IsActive(desk, *other) && !IsAway(desk, id);
  };
  const std::string backup = who.has_value() ? who->backup : "";
  const std::string manager = who.has_value() ? who->manager : "";
  if (!worked) {
    const Pool* pool = desk.step.rules.FindPool(row->pool);
    if (!gone && pool != nullptr && pool->keep_when_away) return;
    if (!gone && available(backup)) return GiveTo(desk, lead, backup, why);
    if (gone && state.release_to == "manager" && available(manager)) {
      return GiveTo(desk, lead, manager, why);
    }
    PlaceAnew(desk, lead, why);
    return;
  }
  if (!gone) return;  // who works a lead keeps it
  why.refund = false;
  if (state.release_to == "pool" || state.release_to == "rules") {
    PlaceAnew(desk, lead, why);
  } else if (state.release_to == "manager" && available(manager)) {
    GiveTo(desk, lead, manager, why);
  } else if (available(backup)) {
    GiveTo(desk, lead, backup, why);
  } else if (available(manager)) {
    GiveTo(desk, lead, manager, why);
  } else {
    PlaceAnew(desk, lead, why);
  }
}

std::string OpenPrefix(const Desk& desk, std::string_view rep) {
  std::string prefix(1, OpenEntry::kPrefix);
  AppendBigEndian32(&prefix, desk.hash);
  AppendBigEndian(&prefix, Hash64(rep));
  return prefix;
}

// Goes on with the sweep over the rep's leads, at most a hundred now.
void Sweep(Desk& desk, const std::string& rep) {
  const RepRow state = *desk.step.rows.Find<RepRow>({desk.hash, rep});
  const std::string prefix = OpenPrefix(desk, rep);
  std::string after = state.sweep_after.empty() ? prefix : state.sweep_after;
  for (int n = 0; n < kSweepBatch; ++n) {
    const std::optional<std::string> key = desk.step.rows.NextKey(prefix, after);
    if (!key) {
      RepRow& row = desk.step.rows.Edit<RepRow>({desk.hash, rep});
      row.sweep = RepSweep::kNone;
      row.sweep_after.clear();
      row.due = kNever;
      return;
    }
    after = *key;
    SettleLead(desk, rep, state, LeadOfIndexKey(*key));
  }
  RepRow& row = desk.step.rows.Edit<RepRow>({desk.hash, rep});
  row.sweep_after = after;
  row.due = desk.step.now + Milliseconds(1);
}

void StartSweep(Desk& desk, const std::string& rep, RepSweep sweep) {
  RepRow& row = desk.step.rows.Edit<RepRow>({desk.hash, rep});
  row.sweep = sweep;
  row.sweep_after.clear();
  Sweep(desk, rep);
}

}  // namespace

KnownRep FindRep(Desk& desk, std::string_view id) {
  const RosterRep* roster = desk.step.rules.FindRep(id);
  const RepRow* row = desk.step.rows.Find<RepRow>({desk.hash, std::string(id)});
  if (row == nullptr || !row->attributes.has_value()) return KnownRep(roster);
  RosterRep rep = roster != nullptr ? *roster : RosterRep{};
  rep.id = id;
  return KnownRep(WithAttributes(std::move(rep), *row->attributes));
}

std::string ResolveRep(Desk& desk, std::string_view text) {
  if (text.empty()) return {};
  if (FindRep(desk, text).has_value()) return std::string(text);
  for (const RosterRep& rep : desk.step.rules.roster) {
    if (Mentions(rep, text)) return rep.id;
  }
  std::string prefix(1, RepRow::kPrefix);
  AppendBigEndian32(&prefix, desk.hash);
  std::string after = prefix;
  while (const std::optional<std::string> key = desk.step.rows.NextKey(prefix, after)) {
    const DeskNameKey name = DeskNameKeyOf(*key);
    const KnownRep rep = FindRep(desk, name.name);
    if (rep.has_value() && Mentions(*rep, text)) return rep->id;
    after = *key;
  }
  return {};
}

bool IsActive(const RosterRep& rep, const RepRow* row, Instant now) {
  if (row != nullptr && row->deactivated) return false;
  return now >= rep.active_from && now < rep.active_to;
}

bool IsActive(Desk& desk, const RosterRep& rep) {
  return IsActive(rep, desk.step.rows.Find<RepRow>({desk.hash, rep.id}), desk.step.now);
}

bool IsAway(const RepRow* row, Instant now) {
  return row != nullptr && row->away_from <= now && now < row->away_until;
}

bool IsAway(Desk& desk, std::string_view rep) {
  return IsAway(desk.step.rows.Find<RepRow>({desk.hash, std::string(rep)}), desk.step.now);
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

void OnRepEvent(Desk& desk, const Event& event) {
  const std::string said = FieldText(event, Field("event.rep"));
  const std::string known = ResolveRep(desk, said);
  if (desk.step.rules.DeskOfRep(known.empty() ? said : known) != desk.name) return;
  if (event.type == EventType::kRepUpserted) {
    return Upsert(desk, event, known.empty() ? said : known);
  }
  if (known.empty()) {
    return desk.step.DeadLetter("unknown_rep", fmt::format("no rep '{}'", said), "/data/rep",
                                event.raw);
  }
  RepRow& row = desk.step.rows.Edit<RepRow>({desk.hash, known});
  const FieldBlock fields(event.fields);
  if (event.type == EventType::kRepAway) {
    const Value from = fields.Get(Field("event.starts_at"));
    const Value until = fields.Get(Field("event.until"));
    row.away_from = from.missing() ? desk.step.now : Instant{from.number};
    row.away_until = until.missing() ? kNever : Instant{until.number};
    if (row.away_from > desk.step.now) {
      row.sweep = RepSweep::kAway;
      row.sweep_after.clear();
      row.due = row.away_from;
    } else if (IsAway(desk, known)) {
      StartSweep(desk, known, RepSweep::kAway);
    }
  } else if (event.type == EventType::kRepBack) {
    row.away_from = kNever;
    row.away_until = kNever;
    if (row.sweep == RepSweep::kAway) {
      row.sweep = RepSweep::kNone;
      row.due = kNever;
    }
  } else {
    row.deactivated = true;
    row.release_to = fields.Text(Field("event.release_to"));
    StartSweep(desk, known, RepSweep::kDeactivated);
  }
}

void OnRepDue(Desk& desk, const std::string& rep) { Sweep(desk, rep); }

}  // namespace pm
