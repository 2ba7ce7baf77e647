// A run goes over to the policy that bears its policy's name now.
#include "engine/stages/desk/sla/sla.h"

namespace pm {
namespace {

constexpr std::string_view kReason = "policy_changed";

bool SameRung(const Rung& a, const Rung& b) {
  return a.percent == b.percent && a.percent_of == b.percent_of && a.after_due == b.after_due &&
         a.action == b.action && a.notify == b.notify && a.else_queue == b.else_queue;
}

// The places in the new ladder of rungs that ran in the old one, and of those that it is too late
// for: what warns of a deadline is not told after it.
std::vector<uint32_t> FiredIn(const std::vector<Rung>& ladder, const Sla& before,
                              const MilestoneRun& m) {
  const std::vector<Rung>& old = before.LadderOf(m);
  const bool is_late = m.due <= before.now();
  std::vector<uint32_t> now;
  for (uint32_t i = 0; i < ladder.size(); ++i) {
    const Duration within = before.WithinOf(m);
    const bool warns = PlaceOf(ladder[i], within) < within;
    const bool ran = std::ranges::any_of(m.fired, [&](uint32_t place) {
      return place < old.size() && SameRung(old[place], ladder[i]);
    });
    if (ran || (is_late && warns)) now.push_back(i);
  }
  return now;
}

// Milestones that the policy has no more end without a verdict, unless their deadline has passed.
void DropRunning(const Sla& before, const SlaPolicy& policy) {
  std::vector<MilestoneRun>& milestones = before.run.milestones;
  const auto gone = [&](const MilestoneRun& m) {
    return m.state == SlaState::kRunning && m.due > before.now() &&
           !policy.milestones[static_cast<size_t>(m.milestone)].on;
  };
  for (const MilestoneRun& m : milestones) {
    if (!gone(m)) continue;
    SlaOutput output = ReportOn(before, m);
    output.reason = kReason;
    Publish(before, "sla.cancelled", std::move(output));
  }
  std::erase_if(milestones, gone);
}

// A deadline that has passed keeps the time it had. One that is to come has what the policy says
// now, but no less than was used: who is late by the policy of now is late now.
void MoveMilestone(const Sla& before, const SlaPolicy& policy, MilestoneRun& m) {
  const auto milestone = static_cast<size_t>(m.milestone);
  CountUp(before, m);
  m.fired = FiredIn(policy.ladders[milestone], before, m);
  if (m.due <= before.now()) {
    m.within = before.WithinOf(m);
  } else {
    m.within = m.used > policy.milestones[milestone].within ? m.used : Duration{};
  }
}

// The same of those that ended with an assignment and await their verdict.
void KeepPast(const Sla& before) {
  for (PastAssignment& past : before.run.past) {
    for (MilestoneRun& m : past.milestones) {
      if (AwaitsVerdict(m, past)) m.within = before.WithinOf(m);
    }
  }
}

}  // namespace

void SlaMoveOn(Desk& desk, AssignmentRow& row) {
  const SlaPolicy* named = row.sla_hash ? desk.step.rules.FindSla(row.sla) : nullptr;
  if (named != nullptr) row.sla_hash = named->hash;
  const std::optional<Sla> before = FindRun(desk, row);
  if (!before.has_value()) return;
  const SlaPolicy* policy = desk.step.rules.FindSla(before->policy.name);
  if (policy == nullptr || policy->hash == before->run.policy) return;
  SlaRun& run = before->run;
  DropRunning(*before, *policy);
  KeepPast(*before);
  for (MilestoneRun& m : run.milestones) {
    if (!IsOver(m)) MoveMilestone(*before, *policy, m);
  }
  run.policy = policy->hash;
  run.clock = ClockOf(desk, *policy, row);
  Sla sla{desk, row, *policy, run, &HoursOf(desk, *policy, run.clock)};
  FollowHold(sla);
  for (MilestoneRun& m : run.milestones) {
    if (m.state == SlaState::kRunning) Reschedule(sla, m, kReason);
  }
  FollowPauses(sla);
  SetRowDue(sla);
}

}  // namespace pm
