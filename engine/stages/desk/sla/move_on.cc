// A run goes over to the policy that bears its policy's name now.
#include <fmt/ranges.h>

#include "engine/stages/desk/sla/sla.h"

namespace pm {
namespace {

constexpr std::string_view kReason = "policy_changed";

// Equal for rungs that are the same.
std::string KeyOf(const Rung& rung) {
  return fmt::format("{} {} {} {} {} {}", rung.percent, rung.percent_of, rung.after_due.ms,
                     static_cast<int>(rung.action), rung.else_queue, fmt::join(rung.notify, ","));
}

// Marks in the new ladder the rungs that ran, by this policy or an earlier one, and who is late
// those before the due: what warns of a deadline is not told after it.
void MarkFired(const Sla& before, const std::vector<Rung>& ladder, bool is_late, MilestoneRun& m) {
  const std::vector<Rung>& old = before.LadderOf(m);
  for (const uint32_t place : m.fired) {
    if (place < old.size()) m.ran.push_back(KeyOf(old[place]));
  }
  m.fired.clear();
  for (uint32_t i = 0; i < ladder.size(); ++i) {
    const size_t ran = std::erase(m.ran, KeyOf(ladder[i]));
    const bool warns_late = is_late && PlaceOf(ladder[i], m.within) < m.within;
    if (ran > 0 || warns_late) m.fired.push_back(i);
  }
  if (m.ran.size() > MilestoneRun::kMostRan) {
    m.ran.erase(m.ran.begin(), m.ran.end() - MilestoneRun::kMostRan);
  }
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
  const bool passed = m.due <= before.now();
  const bool is_late = passed || m.used >= policy.milestones[milestone].within;
  m.within = passed ? before.WithinOf(m) : is_late ? m.used : Duration{};
  MarkFired(before, policy.ladders[milestone], is_late, m);
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
