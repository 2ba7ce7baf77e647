// What happens to reps: what events say of them, absence, departure, and the sweeps over their
// leads.
#include "engine/stages/desk/desk.h"

namespace pm {
namespace {

constexpr int kSweepBatch = 100;  // leads touched a step (DESIGN section 4)

std::string FieldText(const Event& event, FieldNumber field) {
  return std::string(FieldBlock(event.fields).Text(field));
}

void AddName(Desk& desk, const RepNameRow::Key& key, const std::string& rep) {
  RepNameRow& row = desk.step.rows.Edit<RepNameRow>(key);
  const auto place = std::ranges::lower_bound(row.reps, rep);
  if (place == row.reps.end() || *place != rep) row.reps.insert(place, rep);
}

void RemoveName(Desk& desk, const RepNameRow::Key& key, const std::string& rep) {
  if (desk.step.rows.Find<RepNameRow>(key) == nullptr) return;
  RepNameRow& row = desk.step.rows.Edit<RepNameRow>(key);
  std::erase(row.reps, rep);
  if (row.reps.empty()) desk.step.rows.Erase<RepNameRow>(key);
}

// Keeps the names that events gave in step with what they say now.
void IndexNames(Desk& desk, const std::string& id, const RepAttributes& before,
                const RepAttributes& now) {
  const auto follow = [&](FieldNumber field, auto key) {
    const std::string old(FieldBlock(before.fields).Text(field));
    const std::string_view text = FieldBlock(now.fields).Text(field);
    if (!old.empty() && old != text) RemoveName(desk, key(desk, old), id);
    if (!text.empty()) AddName(desk, key(desk, text), id);
  };
  follow(Field("rep.email"), RepNameKey);
  follow(Field("rep.supports"), SupportsKey);
  for (const std::string& token : now.external) AddName(desk, RepNameKey(desk, token), id);
}

void Upsert(Desk& desk, const Event& event, const std::string& id) {
  RepRow& row = desk.step.rows.Edit<RepRow>({desk.hash, id});
  const RepAttributes before = row.attributes.value_or(RepAttributes{});
  TakeAttributes(desk, &row, event);
  row.deactivated = false;
  IndexNames(desk, id, before, *row.attributes);
  LookAtWaitingFor(desk, id);
}

// What to do with one lead of a rep who is away or gone.
void SettleLead(Desk& desk, const std::string& rep, const RepRow& state, LeadId lead) {
  const AssignmentRow* row = desk.step.rows.Find<AssignmentRow>(desk.KeyOf(lead));
  PM_CHECK(row != nullptr && row->rep == rep);
  desk.step.root = row->root;
  desk.step.mode = static_cast<Mode>(row->mode);
  const bool gone = state.sweep != RepSweep::kAway;
  const bool worked = row->accepted_at != kNever || row->touched_at != kNever;
  const KnownRep who = FindRep(desk, rep);
  Replacement why;
  why.type = "assignment.released";
  why.reason = state.sweep == RepSweep::kAway          ? "rep_away"
               : state.sweep == RepSweep::kDeactivated ? "rep_deactivated"
                                                       : "rep_dropped";
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

// Nobody of whom the rules or events know that they work now.
bool IsGone(Desk& desk, const std::string& rep) {
  const KnownRep who = FindRep(desk, rep);
  return !who.has_value() || !IsActive(desk, *who);
}

}  // namespace

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
    const bool leaves = row.sweep == RepSweep::kDropped || row.sweep == RepSweep::kDeactivated;
    if (leaves) return;  // all their leads go anyway
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
    LookAtWaitingFor(desk, known);
  } else {
    row.deactivated = true;
    row.release_to = fields.Text(Field("event.release_to"));
    StartSweep(desk, known, RepSweep::kDeactivated);
  }
}

void OnRepDue(Desk& desk, const std::string& rep) {
  RepRow& row = desk.step.rows.Edit<RepRow>({desk.hash, rep});
  const bool back = row.sweep == RepSweep::kDropped       ? !IsGone(desk, rep)
                    : row.sweep == RepSweep::kDeactivated ? !row.deactivated
                                                          : !IsAway(desk, rep);
  if (back) {  // there again meanwhile
    row.sweep = RepSweep::kNone;
    row.sweep_after.clear();
    row.due = kNever;
    return;
  }
  Sweep(desk, rep);
}

void ReleaseIfDropped(Desk& desk, const std::string& rep) {
  const RepRow& state = *desk.step.rows.Find<RepRow>({desk.hash, rep});
  const std::string leads = OpenPrefix(desk, rep);
  const bool has_any = desk.step.rows.NextKey(leads, leads).has_value();
  if (!has_any || state.sweep == RepSweep::kDeactivated || !IsGone(desk, rep)) return;
  RepRow& row = desk.step.rows.Edit<RepRow>({desk.hash, rep});
  row.sweep = RepSweep::kDropped;
  row.sweep_after.clear();
  row.release_to.clear();
  row.due = desk.step.now;
}

}  // namespace pm
