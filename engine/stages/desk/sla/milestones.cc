// How milestones begin, go over to another rep and end.
#include "engine/stages/desk/sla/sla.h"

namespace pm {
namespace {

void Start(Sla& sla, Milestone milestone, Instant at) {
  MilestoneRun m;
  m.milestone = milestone;
  m.started = at;
  sla.run.stands = StandsUntilOpening(sla);
  m.since = sla.run.stands ? sla.row.due : at;
  SetDue(sla, m);
  SlaOutput output = ReportOn(sla, m);
  output.business_ms = 0;
  Publish(sla, "sla.started", std::move(output));
  const auto place = std::ranges::lower_bound(sla.run.milestones, milestone, std::less<>(),
                                              &MilestoneRun::milestone);
  sla.run.milestones.insert(place, std::move(m));
}

// The policy that governs a lead placed now; null: none.
const SlaPolicy* PolicyOf(Desk& desk, const AssignmentRow& row) {
  return row.sla_hash ? desk.step.rules.FindSla(row.sla_hash) : nullptr;
}

// The run of a lead without one: milestones `from: routed` begin.
void Begin(Desk& desk, const AssignmentRow& row) {
  const SlaPolicy* policy = PolicyOf(desk, row);
  if (policy == nullptr) return;
  SlaRun& run = desk.step.rows.Edit<SlaRun>(desk.KeyOf(row.card.lead));
  run.policy = policy->hash;
  run.clock = ClockOf(desk, *policy, row);
  run.under = RefOf(desk, row);
  Sla sla{desk, row, *policy, run, &HoursOf(desk, *policy, run.clock)};
  for (int i = 0; i < kMilestones; ++i) {
    const auto milestone = static_cast<Milestone>(i);
    const MilestoneRule& rule = policy->milestones[i];
    if (!rule.on || rule.from_assigned) continue;
    if (milestone == Milestone::kAssign && !row.rep.empty()) continue;  // it never waited
    Start(sla, milestone, row.routed_at);
  }
  FollowPauses(sla);
  SetRowDue(sla);
}

void CancelMilestone(const Sla& sla, const MilestoneRun& m, std::string_view reason,
                     const PastAssignment* past) {
  SlaOutput output = ReportOn(sla, m, past);
  output.reason = reason;
  Publish(sla, "sla.cancelled", std::move(output));
}

// A milestone that ends unmet with its assignment or its lead. A deadline that has passed is a
// breach; with its assignment (`past`) the verdict waits for the end of the grace, with its lead
// there is nobody left to wait.
void EndUnmet(const Sla& sla, MilestoneRun& m, std::string_view reason,
              const PastAssignment* past = nullptr) {
  if (m.state != SlaState::kRunning) return;
  if (m.due < sla.now()) {
    const bool waits = past != nullptr && sla.now() < VerdictAt(sla, m);
    if (!waits) BreachMilestone(sla, m, past);
    return;
  }
  CancelMilestone(sla, m, reason, past);
}

// Judges what awaits its verdict, before the assignment is forgotten. What ends it may be older
// than what ended the assignment: by its time the deadline had not passed.
void JudgePast(const Sla& sla, PastAssignment& past, std::string_view reason) {
  for (MilestoneRun& m : past.milestones) {
    if (!AwaitsVerdict(m, past)) continue;
    if (m.due < sla.now()) {
      BreachMilestone(sla, m, &past);
    } else {
      CancelMilestone(sla, m, reason, &past);
    }
  }
}

// The assignment is over: its own milestones are kept apart for evidence that comes late.
void EndAssignment(Sla& sla, std::string_view reason) {
  SlaRun& run = sla.run;
  if (run.assigned_at == kNever) return;
  PastAssignment past{run.under, run.assigned_at, sla.now(), false, {}};
  // One that the policy has no more was judged, and has nothing to come with another rep.
  const auto ends = [&](const MilestoneRun& m) {
    const MilestoneRule& rule = sla.RuleOf(m);
    return m.milestone != Milestone::kAssign && (rule.per_assignment || !rule.on);
  };
  for (MilestoneRun& m : run.milestones) {
    if (!ends(m)) continue;
    EndUnmet(sla, m, reason, &past);
    past.milestones.push_back(m);
  }
  std::erase_if(run.milestones, ends);
  if (run.past.size() == SlaRun::kMostKept) {
    JudgePast(sla, run.past.front(), reason);
    run.past.erase(run.past.begin());
  }
  run.past.push_back(std::move(past));
  run.assigned_at = kNever;
  run.begun = false;
}

// The lead waits, now or again.
void BackToQueue(Sla& sla) {
  const bool lost = sla.run.assigned_at != kNever;
  EndAssignment(sla, "queued");
  ChangeClock(sla, ClockOf(sla.desk, sla.policy, sla.row), "queued");
  FollowHold(sla);
  sla.run.under = RefOf(sla.desk, sla.row);
  const MilestoneRule& assign = sla.policy.milestones[static_cast<size_t>(Milestone::kAssign)];
  if (lost && assign.on && assign.per_assignment) {
    std::erase_if(sla.run.milestones,
                  [](const MilestoneRun& m) { return m.milestone == Milestone::kAssign; });
    Start(sla, Milestone::kAssign, sla.now());
  }
}

}  // namespace

std::optional<Sla> FindRun(Desk& desk, const AssignmentRow& row) {
  const DeskLeadKey key = desk.KeyOf(row.card.lead);
  const SlaRun* found = desk.step.rows.Find<SlaRun>(key);
  if (found == nullptr) return std::nullopt;
  const SlaPolicy* policy = desk.step.rules.FindSla(found->policy);
  if (policy == nullptr) return std::nullopt;
  SlaRun& run = desk.step.rows.Edit<SlaRun>(key);
  return Sla{desk, row, *policy, run, &HoursOf(desk, *policy, run.clock)};
}

MilestoneRun* FindMilestone(std::vector<MilestoneRun>& milestones, Milestone milestone) {
  const auto it = std::ranges::find(milestones, milestone, &MilestoneRun::milestone);
  return it == milestones.end() ? nullptr : &*it;
}

void SlaRouted(Desk& desk, const AssignmentRow& row) {
  std::optional<Sla> sla = FindRun(desk, row);
  if (!sla.has_value()) return Begin(desk, row);
  if (!row.rep.empty()) return;
  BackToQueue(*sla);
  FollowPauses(*sla);
  SetRowDue(*sla);
}

void SlaAssigned(Desk& desk, const AssignmentRow& row) {
  if (desk.step.rows.Find<SlaRun>(desk.KeyOf(row.card.lead)) == nullptr) Begin(desk, row);
  std::optional<Sla> sla = FindRun(desk, row);
  if (!sla.has_value()) return;
  SlaRun& run = sla->run;
  if (run.assigned_at != kNever && run.under.seq == row.seq && run.clock.rep == row.rep) return;
  EndAssignment(*sla, "reassigned");
  FollowHold(*sla);
  MilestoneRun* assign = FindMilestone(run.milestones, Milestone::kAssign);
  if (assign != nullptr && !IsOver(*assign)) {
    MeetMilestone(*sla, *assign, desk.step.now, {"rule", sla->policy.name}, "assigned");
  }
  ChangeClock(*sla, ClockOf(desk, sla->policy, row), "rep_changed");
  run.under = RefOf(desk, row);
  run.assigned_at = desk.step.now;
  for (int i = 0; i < kMilestones; ++i) {
    const auto milestone = static_cast<Milestone>(i);
    const MilestoneRule& rule = sla->policy.milestones[i];
    const bool begins = rule.on && (rule.from_assigned || rule.per_assignment);
    if (!begins || milestone == Milestone::kAssign) continue;
    if (FindMilestone(run.milestones, milestone) == nullptr) {
      Start(*sla, milestone, desk.step.now);
    }
  }
  FollowPauses(*sla);
  SetRowDue(*sla);
}

void SlaCancel(Desk& desk, const AssignmentRow& row, std::string_view reason) {
  const std::optional<Sla> sla = FindRun(desk, row);
  if (sla.has_value()) {
    for (PastAssignment& past : sla->run.past) JudgePast(*sla, past, reason);
    for (MilestoneRun& m : sla->run.milestones) EndUnmet(*sla, m, reason);
  }
  desk.step.rows.Erase<SlaRun>(desk.KeyOf(row.card.lead));
}

Instant SlaNextDue(Desk& desk, LeadId lead) {
  const SlaRun* run = desk.step.rows.Find<SlaRun>(desk.KeyOf(lead));
  Instant next = kNever;
  if (run == nullptr) return next;
  for (const MilestoneRun& m : run->milestones) {
    if (m.state == SlaState::kRunning) next = std::min(next, m.due);
  }
  return next;
}

}  // namespace pm
