// A run goes over to the policy that bears its policy's name now.
#include "engine/stages/desk/sla/sla.h"

namespace pm {
namespace {

constexpr std::string_view kReason = "policy_changed";

bool SameRung(const Rung& a, const Rung& b) {
  return a.percent == b.percent && a.percent_of == b.percent_of && a.after_due == b.after_due &&
         a.action == b.action && a.notify == b.notify && a.else_queue == b.else_queue;
}

// The places in the new ladder of rungs that ran in the old one.
std::vector<uint32_t> FiredIn(const std::vector<Rung>& ladder, const std::vector<Rung>& before,
                              const std::vector<uint32_t>& fired) {
  std::vector<uint32_t> now;
  for (uint32_t i = 0; i < ladder.size(); ++i) {
    const bool ran = std::ranges::any_of(fired, [&](uint32_t place) {
      return place < before.size() && SameRung(before[place], ladder[i]);
    });
    if (ran) now.push_back(i);
  }
  return now;
}

// Milestones that the policy has no more end without a verdict.
void DropRunning(const Sla& before, const SlaPolicy& policy) {
  std::vector<MilestoneRun>& milestones = before.run.milestones;
  const auto gone = [&](const MilestoneRun& m) {
    return m.state == SlaState::kRunning && !policy.milestones[static_cast<size_t>(m.milestone)].on;
  };
  for (const MilestoneRun& m : milestones) {
    if (!gone(m)) continue;
    SlaOutput output = ReportOn(before, m);
    output.reason = kReason;
    Publish(before, "sla.cancelled", std::move(output));
  }
  std::erase_if(milestones, gone);
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
  for (MilestoneRun& m : run.milestones) {
    if (IsOver(m)) continue;
    CountUp(*before, m);
    // What was used of a longer time has used up a shorter one.
    m.used = std::min(m.used, policy->milestones[static_cast<size_t>(m.milestone)].within);
    m.fired =
        FiredIn(policy->ladders[static_cast<size_t>(m.milestone)], before->LadderOf(m), m.fired);
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
