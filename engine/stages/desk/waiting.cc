// What waits in a queue or for hours, looked at again: because the rules changed, or because a rep
// is there again. Sweeps have their cursor and due in the pool's row or, over a whole desk, in the
// desk's.
#include "engine/stages/desk/placing.h"
#include "engine/stages/desk/records/desk_row.h"
#include "engine/stages/desk/records/enrolment.h"
#include "engine/stages/desk/records/sla_run.h"

namespace pm {
namespace {

constexpr int kSweepBatch = 100;  // rows a step (DESIGN section 4)

std::string GroupPrefix(char prefix, const Desk& desk, std::string_view pool) {
  std::string text(1, prefix);
  AppendBigEndian32(&text, desk.hash);
  AppendBigEndian(&text, Hash64(pool));
  return text;
}

std::string DeskPrefix(char prefix, uint32_t desk) {
  std::string text(1, prefix);
  AppendBigEndian32(&text, desk);
  return text;
}

// The next key behind `after` of two runs of rows, the first of which sorts before the second.
std::optional<std::string> NextOfTwo(Desk& desk, const std::string& first,
                                     const std::string& second, const std::string& after) {
  PM_CHECK(first < second);
  if (after < second) {
    auto key = desk.step.rows.NextKey(first, std::max(after, first));
    if (key.has_value()) return key;
  }
  return desk.step.rows.NextKey(second, std::max(after, second));
}

std::optional<std::string> NextWaiting(Desk& desk, std::string_view pool,
                                       const std::string& after) {
  return NextOfTwo(desk, GroupPrefix(HeldEntry::kPrefix, desk, pool),
                   GroupPrefix(QueueEntry::kPrefix, desk, pool), after);
}

// The pool is gone: the fallback queue takes its leads, and somebody is told, once.
void TellOfLostPool(Desk& desk, const std::string& pool, int64_t leads) {
  AlertOutput alert;
  alert.severity = "warning";
  alert.code = "pool_gone";
  alert.what = fmt::format("{} {} in pool {}, which the rules no longer have", leads,
                           leads == 1 ? "lead waited" : "leads waited", pool);
  alert.what_to_do = "See that whoever served the pool knows where its leads are now.";
  desk.step.Publish("alert.raised", pool, std::move(alert));
}

void SettleHeld(Desk& desk, AssignmentRow& row, const Pool& pool) {
  AssignmentRow trial = row;
  const OutActor nobody;
  Placing probe{desk, trial, "", nobody, {}, {}};
  const Eligibility eligible = Sift(probe, pool);
  const Instant opens = SoonestOpening(desk, eligible.later);
  const bool holds = pool.strategy != PoolStrategy::kQueue && pool.off_hours == OffHours::kHold &&
                     eligible.now.empty() && opens != kNever;
  if (!holds) return PlaceWaiting(desk, row);
  if (opens == row.due) return;
  row.due = opens;
  SlaRouted(desk, row);
  ++row.seq;
  Placing told{desk, row, "", {"system", ""}, {}, {}};
  PublishQueued(told, "off_hours");
}

void SettleQueued(Desk& desk, AssignmentRow& row, const Pool& pool) {
  if (pool.strategy != PoolStrategy::kQueue) {
    // It waits there because nobody could take it.
    AssignmentRow trial = row;
    const OutActor nobody;
    Placing probe{desk, trial, "", nobody, {}, {}};
    if (CouldTake(probe, pool.name)) return PlaceWaiting(desk, row);
  }
  Reorder(desk, row.card.lead);
}

void SettleWaiting(Desk& desk, LeadId lead) {
  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(desk.KeyOf(lead));
  desk.step.root = row.root;
  desk.step.mode = static_cast<Mode>(row.mode);
  const Pool* pool = desk.step.rules.FindPool(row.pool);
  if (pool == nullptr || pool->desk != desk.name) return PlaceWaiting(desk, row);
  if (row.place == Place::kHeldForHours) return SettleHeld(desk, row, *pool);
  PM_CHECK(row.place == Place::kQueued);
  SettleQueued(desk, row, *pool);
}

// Whether a change of rules may mean anything to what waits for the pool.
bool IsConcerned(Desk& desk, const std::string& name, const PoolRow& state) {
  const Pool* pool = desk.step.rules.FindPool(name);
  const bool steady =
      pool != nullptr && pool->desk == desk.name && pool->strategy == PoolStrategy::kQueue;
  const bool sorted = steady && !state.sweep && IsQueuedAs(state, *pool);
  return state.held > 0 || (state.queued > 0 && !sorted);
}

// The desks of the step's world that hold leads, at their next due.
void LookAtDesks(Step& step, bool propagate) {
  const std::string all(1, AssignmentRow::kPrefix);
  std::string after = all;
  while (const std::optional<std::string> key = step.rows.NextKey(all, after)) {
    const uint32_t desk = DeskLeadKeyOf(*key).desk;
    DeskRow& row = step.rows.Edit<DeskRow>({desk});
    row.sweep_after.clear();
    row.propagates |= propagate;  // what is under way goes on, by the rules of now
    row.moved_after.clear();
    row.due = step.now;
    if (desk == UINT32_MAX) return;
    after = DeskPrefix(AssignmentRow::kPrefix, desk + 1);
  }
}

// False: all are done, and what is to follow may follow in this step.
bool LookAtPoolsAndReps(Desk& desk) {
  const DeskRow* before = desk.step.rows.Find<DeskRow>({desk.hash});
  std::string after = before->sweep_after;
  const bool goes_on = before->propagates;
  bool more = true;
  int n = 0;
  for (; more && n < kSweepBatch; ++n) {
    const std::optional<std::string> key = NextOfTwo(desk, DeskPrefix(PoolRow::kPrefix, desk.hash),
                                                     DeskPrefix(RepRow::kPrefix, desk.hash), after);
    more = key.has_value();
    if (!more) break;
    after = *key;
    const std::string name(DeskNameKeyOf(*key).name);
    if (key->front() == RepRow::kPrefix) {
      ReleaseIfDropped(desk, name);
    } else if (IsConcerned(desk, name, *desk.step.rows.Find<PoolRow>({desk.hash, name}))) {
      LookAtWaiting(desk, name);
    }
  }
  DeskRow& row = desk.step.rows.Edit<DeskRow>({desk.hash});
  row.sweep_after = after;
  row.due = desk.step.now + Milliseconds(1);
  return more || (goes_on && n > 1);
}

// Whether the rules now say something else under a name that the lead is bound to.
bool MovesOn(Desk& desk, const DeskLeadKey& key, const AssignmentRow& row) {
  const RuleBook& rules = desk.step.rules;
  const auto other = [](const auto* now, ContentHash pinned) {
    return pinned && now != nullptr && now->hash != pinned;
  };
  if (other(rules.FindSla(row.sla), row.sla_hash) ||
      other(rules.FindCadence(row.cadence), row.cadence_hash)) {
    return true;
  }
  const SlaRun* run = desk.step.rows.Find<SlaRun>(key);
  const SlaPolicy* policy = run == nullptr ? nullptr : rules.FindSla(run->policy);
  if (policy != nullptr && other(rules.FindSla(policy->name), run->policy)) return true;
  const Enrolment* enrolment = desk.step.rows.Find<Enrolment>(key);
  if (enrolment == nullptr || !enrolment->running()) return false;
  const Cadence* cadence = rules.FindCadence(enrolment->cadence);
  return cadence == nullptr || cadence->hash != enrolment->hash;
}

// The same of the leads that go over to other policies and cadences.
bool MoveLeadsOn(Desk& desk) {
  const std::string all = DeskPrefix(AssignmentRow::kPrefix, desk.hash);
  std::string after = std::max(desk.step.rows.Find<DeskRow>({desk.hash})->moved_after, all);
  bool more = true;
  for (int n = 0; more && n < kSweepBatch; ++n) {
    const std::optional<std::string> key = desk.step.rows.NextKey(all, after);
    more = key.has_value();
    if (!more) break;
    after = *key;
    const DeskLeadKey lead = DeskLeadKeyOf(*key);
    if (!MovesOn(desk, lead, *desk.step.rows.Find<AssignmentRow>(lead))) continue;
    AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(lead);
    desk.step.root = row.root;
    desk.step.mode = static_cast<Mode>(row.mode);
    SlaMoveOn(desk, row);
    CadenceMoveOn(desk, row);
  }
  DeskRow& row = desk.step.rows.Edit<DeskRow>({desk.hash});
  row.moved_after = after;
  row.due = desk.step.now + Milliseconds(1);
  return more;
}

}  // namespace

void LookAtWaiting(Desk& desk, const std::string& pool) {
  PoolRow& row = desk.step.rows.Edit<PoolRow>({desk.hash, pool});
  row.sweep = true;
  row.sweep_after.clear();
  row.due = desk.step.now;
}

void LookAtWaitingFor(Desk& desk, const std::string& rep) {
  for (const Pool& pool : desk.step.rules.pools) {
    if (pool.strategy == PoolStrategy::kQueue || pool.desk != desk.name) continue;
    if (!pool.HasMember(rep)) continue;
    if (NextWaiting(desk, pool.name, "").has_value()) LookAtWaiting(desk, pool.name);
  }
}

void OnPoolDue(Desk& desk, const std::string& pool) {
  const PoolRow* before = desk.step.rows.Find<PoolRow>({desk.hash, pool});
  std::string after = before->sweep_after;
  const int64_t leads = before->queued + before->held;
  if (after.empty() && leads > 0 && desk.step.rules.FindPool(pool) == nullptr) {
    TellOfLostPool(desk, pool, leads);
  }
  bool more = true;
  for (int n = 0; more && n < kSweepBatch; ++n) {
    const std::optional<std::string> key = NextWaiting(desk, pool, after);
    more = key.has_value();
    if (!more) break;
    after = *key;
    SettleWaiting(desk, LeadOfIndexKey(*key));
  }
  PoolRow& row = desk.step.rows.Edit<PoolRow>({desk.hash, pool});
  row.sweep = more;
  const Pool* now = desk.step.rules.FindPool(pool);
  if (!more && now != nullptr) row.order = OrderName(*now);
  row.sweep_after = more ? after : "";
  const bool again = row.queued > 0 && now != nullptr && now->strategy != PoolStrategy::kQueue;
  row.due = more ? desk.step.now + Milliseconds(1) : again ? desk.step.now + kLookAgain : kNever;
}

void OnRulesSwitched(Step& step, bool propagate) {
  for (const World world : kWorlds) {
    step.Enter(ModeOf(world));
    LookAtDesks(step, propagate);
  }
  step.Enter(Mode::kLive);
}

void OnDeskDue(Desk& desk) {
  if (LookAtPoolsAndReps(desk)) return;
  if (desk.step.rows.Find<DeskRow>({desk.hash})->propagates && MoveLeadsOn(desk)) return;
  desk.step.rows.Erase<DeskRow>({desk.hash});
}

}  // namespace pm
