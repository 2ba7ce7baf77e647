// What happens to reps: what events say of them, absence, departure, and the sweeps over their
// leads.
#include "engine/stages/desk/placing.h"

namespace pm {
namespace {

constexpr size_t kSweepBatch = 100;  // leads touched a step (DESIGN section 4)

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

// What becomes of a rep live becomes of them in every world.
template <class Do>
void InOtherWorlds(Desk& desk, Do act) {
  if (!IsLive(desk)) return;
  const Mode mode = desk.step.mode;
  for (const World world : kWorlds) {
    if (world == World::kLive) continue;
    desk.step.Enter(ModeOf(world));
    act();
  }
  desk.step.Enter(mode);
}

bool HasRow(Desk& desk, const std::string& rep) {
  return desk.step.rows.Find<RepRow>({desk.hash, rep}) != nullptr;
}

void Upsert(Desk& desk, const Event& event, const std::string& id) {
  RepRow& row = desk.step.rows.Edit<RepRow>({desk.hash, id});
  const RepAttributes before = row.attributes.value_or(RepAttributes{});
  TakeAttributes(desk, &row, event);
  row.deactivated = false;
  IndexNames(desk, id, before, *row.attributes);
  LookAtWaitingFor(desk, id);
  InOtherWorlds(desk, [&] {
    if (HasRow(desk, id)) desk.step.rows.Edit<RepRow>({desk.hash, id}).deactivated = false;
    LookAtWaitingFor(desk, id);
  });
}

// Who takes over from a rep who is away or gone: the backup or the manager, when they are there.
class Substitutes {
 public:
  Substitutes(Desk& desk, const std::string& rep) : desk_(desk), who_(FindRep(desk, rep)) {}
  // Empty: nobody of that kind. Who belongs to another desk is asked there.
  std::string Backup() const { return who_ ? Present(who_->backup) : ""; }
  std::string Manager() const { return who_ ? Present(who_->manager) : ""; }
  // The same within the caps of theirs and of the lead's pool.
  std::string BackupWithinCaps(const Pool* pool) const {
    const std::string id = Backup();
    const KnownRep backup = id.empty() ? KnownRep() : FindRep(desk_, id);
    return backup && CapReached(desk_, *backup, pool).empty() ? id : "";
  }

 private:
  std::string Present(const std::string& said) const {
    const std::string id = ResolveRep(desk_, said);
    const KnownRep rep = id.empty() ? KnownRep() : FindRep(desk_, id);
    return rep && IsActive(desk_, *rep) && !IsAway(desk_, id) ? id : "";
  }
  Desk& desk_;
  KnownRep who_;
};

// Who gets a lead of `rep` by name; empty: it is placed anew.
std::string SubstituteFor(Desk& desk, const std::string& rep, const RepRow& state, bool worked,
                          const Pool* pool) {
  const Substitutes substitutes(desk, rep);
  if (state.sweep == RepSweep::kAway) return substitutes.BackupWithinCaps(pool);
  if (state.release_to == "manager") {
    const std::string manager = substitutes.Manager();
    if (!worked || !manager.empty()) return manager;
  }
  if (!worked || state.release_to == "pool" || state.release_to == "rules") return {};
  const std::string backup = substitutes.Backup();
  return backup.empty() ? substitutes.Manager() : backup;
}

// What to do with one lead of a rep who is away or gone.
void SettleLead(Desk& desk, const std::string& rep, const RepRow& state, LeadId lead) {
  const AssignmentRow* row = desk.step.rows.Find<AssignmentRow>(desk.KeyOf(lead));
  PM_CHECK(row != nullptr && row->rep == rep);
  desk.step.root = row->root;
  desk.step.mode = static_cast<Mode>(row->mode);
  if (state.sweep == RepSweep::kBack) return CadenceRepBack(desk, *row);
  const bool away = state.sweep == RepSweep::kAway;
  const bool worked = row->accepted_at != kNever || row->touched_at != kNever;
  const Pool* pool = desk.step.rules.FindPool(row->pool);
  // Who works a lead keeps it through an absence.
  if (away && (worked || (pool != nullptr && pool->keep_when_away))) return;
  Replacement why;
  why.type = "assignment.released";
  why.reason = away                                    ? "rep_away"
               : state.sweep == RepSweep::kDeactivated ? "rep_deactivated"
                                                       : "rep_dropped";
  why.refund = !worked;
  why.actor = {"system", ""};
  const std::string substitute = SubstituteFor(desk, rep, state, worked, pool);
  if (!substitute.empty()) return GiveTo(desk, lead, substitute, why);
  PlaceAnew(desk, lead, why);
}

std::string OpenPrefix(const Desk& desk, std::string_view rep) {
  std::string prefix(1, OpenEntry::kPrefix);
  AppendBigEndian32(&prefix, desk.hash);
  AppendBigEndian(&prefix, Hash64(rep));
  return prefix;
}

// Who takes over may not have room for all: the urgent come first, then who has waited longest.
void MostUrgentFirst(Desk& desk, std::vector<LeadId>* leads) {
  std::ranges::sort(*leads, {}, [&](LeadId lead) {
    const AssignmentRow* row = desk.step.rows.Find<AssignmentRow>(desk.KeyOf(lead));
    PM_CHECK(row != nullptr);
    return std::tuple(UrgencyOf(*row), row->routed_at, lead);
  });
}

// Goes on with the sweep over the rep's leads, at most a hundred now.
void Sweep(Desk& desk, const std::string& rep) {
  const RepRow state = *desk.step.rows.Find<RepRow>({desk.hash, rep});
  const std::string prefix = OpenPrefix(desk, rep);
  std::string after = state.sweep_after.empty() ? prefix : state.sweep_after;
  std::vector<LeadId> leads;
  bool more = true;
  while (leads.size() < kSweepBatch) {
    const std::optional<std::string> key = desk.step.rows.NextKey(prefix, after);
    more = key.has_value();
    if (!more) break;
    after = *key;
    leads.push_back(LeadOfIndexKey(*key));
  }
  MostUrgentFirst(desk, &leads);
  for (const LeadId lead : leads) SettleLead(desk, rep, state, lead);
  RepRow& row = desk.step.rows.Edit<RepRow>({desk.hash, rep});
  if (!more) row.sweep = RepSweep::kNone;
  row.sweep_after = more ? after : "";
  row.due = more ? desk.step.now + Milliseconds(1) : kNever;
}

void StartSweep(Desk& desk, const std::string& rep, RepSweep sweep) {
  RepRow& row = desk.step.rows.Edit<RepRow>({desk.hash, rep});
  row.sweep = sweep;
  row.sweep_after.clear();
  Sweep(desk, rep);
}

// Nobody of whom the rules or events know that they work here now.
bool IsGone(Desk& desk, const std::string& rep) {
  const KnownRep who = FindRep(desk, rep);
  const bool here = desk.step.rules.DeskOfRep(rep) == desk.name;
  return !here || !who.has_value() || !IsActive(desk, *who);
}

// Away, back or gone: what becomes of the leads here.
void TakeAbsence(Desk& desk, const Event& event, const std::string& known) {
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
    } else if (AwayUntil(desk, known) > desk.step.now) {
      StartSweep(desk, known, RepSweep::kAway);
    }
  } else if (event.type == EventType::kRepBack) {
    row.away_from = kNever;
    row.away_until = kNever;
    LookAtWaitingFor(desk, known);
    const bool stays = row.sweep != RepSweep::kDeactivated && row.sweep != RepSweep::kDropped;
    if (stays) StartSweep(desk, known, RepSweep::kBack);
  } else {
    row.deactivated = true;
    row.release_to = fields.Text(Field("event.release_to"));
    StartSweep(desk, known, RepSweep::kDeactivated);
  }
}

}  // namespace

void OnRepEvent(Desk& desk, const Event& event) {
  const std::string said = FieldText(event, Field("event.rep"));
  const std::string known = ResolveRep(desk, said);
  if (event.type == EventType::kRepUpserted) {
    return Upsert(desk, event, known.empty() ? said : known);
  }
  if (known.empty()) {
    if (desk.step.rules.DeskOfRep(said) != desk.name) return;
    return desk.step.DeadLetter("unknown_rep", fmt::format("no rep '{}'", said), "/data/rep",
                                event.raw);
  }
  TakeAbsence(desk, event, known);
  InOtherWorlds(desk, [&] {
    if (HasRow(desk, known)) return TakeAbsence(desk, event, known);
    if (event.type == EventType::kRepBack) LookAtWaitingFor(desk, known);
  });
}

void OnRepDue(Desk& desk, const std::string& rep) {
  RepRow& row = desk.step.rows.Edit<RepRow>({desk.hash, rep});
  const bool back = row.sweep == RepSweep::kDropped       ? !IsGone(desk, rep)
                    : row.sweep == RepSweep::kDeactivated ? !row.deactivated
                    : row.sweep == RepSweep::kAway        ? AwayUntil(desk, rep) <= desk.step.now
                                                          : false;
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
