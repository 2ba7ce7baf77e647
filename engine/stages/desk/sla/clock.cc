// Business time of an SLA run. A rung, like the due, is a place on the milestone's own business
// clock, so that pauses and changes of calendar move them all alike.
#include "base/time/country_zones.h"
#include "engine/stages/desk/sla/sla.h"

namespace pm {
namespace {

const Calendar& Always(const RuleBook& rules) { return rules.Hours("always", "UTC", {}, {}); }

const Calendar& PoolHours(Desk& desk, const SlaClock& clock) {
  const Pool* pool = desk.step.rules.FindPool(clock.pool);
  if (pool != nullptr) return desk.step.rules.Hours(pool->hours, pool->zone, {}, {});
  const KnownRep rep = FindRep(desk, clock.rep);
  return rep.has_value() ? HoursOf(desk, *rep) : Always(desk.step.rules);
}

const Calendar& RepHours(Desk& desk, const SlaClock& clock) {
  const KnownRep rep = FindRep(desk, clock.rep);
  return rep.has_value() ? HoursOf(desk, *rep) : PoolHours(desk, clock);
}

// Named hours float: in the assignee's zone, the pool's while there is none.
const Calendar& NamedHours(Desk& desk, const SlaPolicy& policy, const SlaClock& clock) {
  const KnownRep rep = FindRep(desk, clock.rep);
  const Pool* pool = desk.step.rules.FindPool(clock.pool);
  std::string zone = rep.has_value() ? rep->zone : pool != nullptr ? pool->zone : "";
  if (zone.empty()) zone = "UTC";
  return desk.step.rules.Hours(policy.calendar, zone, {}, {});
}

// The pool's hours (else the rep's) as they would be where the prospect is.
const Calendar& ProspectHours(Desk& desk, const SlaClock& clock) {
  if (clock.zone.empty()) return PoolHours(desk, clock);
  const Pool* pool = desk.step.rules.FindPool(clock.pool);
  const KnownRep rep = FindRep(desk, clock.rep);
  const std::string hours = pool != nullptr ? pool->hours : rep.has_value() ? rep->hours : "";
  return desk.step.rules.Hours(hours, clock.zone, {}, {});
}

// When the milestone's business clock shows `place`.
Instant InstantOf(const Sla& sla, const MilestoneRun& m, Duration place) {
  if (place == sla.WithinOf(m)) return m.due;
  if (place <= m.used) return m.since;
  if (sla.paused()) return kNever;
  return sla.hours->Add(m.since, place - m.used);
}

Instant RungAt(const Sla& sla, const MilestoneRun& m, const Rung& rung) {
  const Duration within = sla.WithinOf(m);
  const Duration place = PlaceOf(rung, within);
  const Instant at = InstantOf(sla, m, place);
  return place < within ? at : std::max(at, VerdictAt(sla, m));
}

bool HasFired(const MilestoneRun& m, size_t rung) {
  return std::ranges::find(m.fired, static_cast<uint32_t>(rung)) != m.fired.end();
}

}  // namespace

const Calendar& HoursOf(Desk& desk, const SlaPolicy& policy, const SlaClock& clock) {
  switch (policy.hours) {
    case SlaHours::kAlways:
      return Always(desk.step.rules);
    case SlaHours::kCalendar:
      return NamedHours(desk, policy, clock);
    case SlaHours::kPool:
      return PoolHours(desk, clock);
    case SlaHours::kProspect:
      return ProspectHours(desk, clock);
    case SlaHours::kAssignee:
      return RepHours(desk, clock);
  }
  return Always(desk.step.rules);
}

SlaClock ClockOf(Desk& desk, const SlaPolicy& policy, const AssignmentRow& row) {
  SlaClock clock{row.rep, row.pool, ""};
  if (policy.hours != SlaHours::kProspect) return clock;
  const FieldBlock card(row.card.fields);
  clock.zone = card.Text(Field("lead.time_zone"));
  if (!clock.zone.empty() && FindZone(clock.zone).has_value()) return clock;
  clock.zone = SingleZoneOfCountry(card.Text(Field("lead.country")));
  if (!clock.zone.empty()) return clock;
  const Pool* pool = desk.step.rules.FindPool(row.pool);
  if (pool != nullptr) clock.zone = pool->zone;
  return clock;
}

// An `at` before `since`, where hours changed or a pause began or ended, is counted back by the
// hours as they are now, since those of before are not kept. That is only told: verdicts go by the
// due.
Duration UsedUntil(const Sla& sla, const MilestoneRun& m, Instant at) {
  if (m.since > sla.now()) return m.used;  // it stands until then
  Duration more = sla.hours->Elapsed(m.since, at);
  if (sla.paused()) more = std::min(more, Duration{});
  return std::max(m.used + more, Duration{});
}

void CountUp(const Sla& sla, MilestoneRun& m) {
  if (sla.now() <= m.since) return;
  m.used = UsedUntil(sla, m, sla.now());
  m.since = sla.now();
}

void SetDue(const Sla& sla, MilestoneRun& m) {
  if (m.due <= sla.now()) return;
  m.due = sla.paused() ? kNever : sla.hours->Add(m.since, sla.WithinOf(m) - m.used);
}

void Reschedule(const Sla& sla, MilestoneRun& m, std::string_view reason) {
  const Instant before = m.due;
  SetDue(sla, m);
  if (m.due == before) return;
  SlaOutput output = ReportOn(sla, m);
  output.reason = reason;
  Publish(sla, "sla.rescheduled", std::move(output));
}

void ChangeClock(Sla& sla, SlaClock clock, std::string_view reason) {
  if (clock == sla.run.clock) return;
  for (MilestoneRun& m : sla.run.milestones) {
    if (!IsOver(m)) CountUp(sla, m);
  }
  sla.run.clock = std::move(clock);
  sla.hours = &HoursOf(sla.desk, sla.policy, sla.run.clock);
  for (MilestoneRun& m : sla.run.milestones) {
    if (m.state == SlaState::kRunning) Reschedule(sla, m, reason);
  }
}

bool StandsUntilOpening(const Sla& sla) {
  const bool own_hours =
      sla.policy.hours == SlaHours::kAlways || sla.policy.hours == SlaHours::kCalendar;
  return !own_hours && sla.row.place == Place::kHeldForHours && sla.row.due > sla.now();
}

void FollowHold(const Sla& sla) {
  const bool stands = StandsUntilOpening(sla);
  const bool stood = std::exchange(sla.run.stands, stands);
  if (!stands && !stood) return;
  for (MilestoneRun& m : sla.run.milestones) {
    if (IsOver(m)) continue;
    CountUp(sla, m);
    m.since = stands ? sla.row.due : sla.now();
    if (m.state == SlaState::kRunning) Reschedule(sla, m, stands ? "off_hours" : "hours_open");
  }
}

Duration PlaceOf(const Rung& rung, Duration within) {
  if (!rung.percent) return std::max(within + rung.after_due, Duration{});
  return {within.ms / 100 * rung.percent_of + within.ms % 100 * rung.percent_of / 100};
}

Instant VerdictAt(const Sla& sla, const MilestoneRun& m) {
  return m.due == kNever ? kNever : m.due + sla.policy.grace;
}

SlaHappening NextHappening(const Sla& sla) {
  SlaHappening next;
  const auto consider = [&](Instant at, const MilestoneRun& m, int rung,
                            PastAssignment* past = nullptr) {
    if (at < next.at) next = {at, m.milestone, rung, past};
  };
  for (PastAssignment& past : sla.run.past) {
    for (const MilestoneRun& m : past.milestones) {
      if (AwaitsVerdict(m, past)) consider(VerdictAt(sla, m), m, SlaHappening::kVerdict, &past);
    }
  }
  for (const MilestoneRun& m : sla.run.milestones) {
    if (IsOver(m)) continue;
    if (m.state == SlaState::kRunning) consider(VerdictAt(sla, m), m, SlaHappening::kVerdict);
    const std::vector<Rung>& ladder = sla.LadderOf(m);
    for (size_t i = 0; i < ladder.size(); ++i) {
      if (!HasFired(m, i)) consider(RungAt(sla, m, ladder[i]), m, static_cast<int>(i));
    }
  }
  return next;
}

void SetRowDue(Sla& sla) {
  const SlaHappening next = NextHappening(sla);
  const bool held_up = next.at <= sla.now() && sla.now() - sla.run.due > kSlaLate;
  if (held_up) return;
  sla.run.due = next.at == kNever ? kNever : std::max(next.at, sla.now());
}

}  // namespace pm
