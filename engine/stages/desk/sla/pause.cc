// Pauses: while a policy's condition holds over the lead's card, business time stands still.
#include "engine/stages/desk/sla/sla.h"

namespace pm {
namespace {

bool ShouldPause(const Sla& sla) {
  if (!sla.policy.pauses) return false;
  FactSheet facts(sla.desk.step.rules.slots());
  facts.Add(FieldBlock(sla.row.card.fields));
  return sla.policy.pause_while.Holds(facts.facts());
}

void Tell(const Sla& sla, const MilestoneRun& m, std::string_view type) {
  SlaOutput output = ReportOn(sla, m);
  output.reason = "pause_while";
  Publish(sla, type, std::move(output));
}

// A deadline that has passed already is judged all the same.
bool Stops(const Sla& sla, const MilestoneRun& m) {
  return m.state == SlaState::kRunning && m.due > sla.now();
}

void Pause(Sla& sla) {
  for (MilestoneRun& m : sla.run.milestones) {
    if (!IsOver(m)) CountUp(sla, m);
  }
  sla.run.paused_since = sla.now();
  AddToLedger(sla.run, {"rule:" + sla.policy.name, "pause_while", sla.now(), kNever});
  for (MilestoneRun& m : sla.run.milestones) {
    if (!Stops(sla, m)) continue;
    SetDue(sla, m);
    Tell(sla, m, "sla.paused");
  }
}

void Resume(Sla& sla) {
  for (MilestoneRun& m : sla.run.milestones) {
    if (!IsOver(m)) CountUp(sla, m);
  }
  sla.run.paused_since = kNever;
  for (SlaLedgerEntry& entry : sla.run.ledger) {
    if (entry.why == "pause_while" && entry.to == kNever) entry.to = sla.now();
  }
  for (MilestoneRun& m : sla.run.milestones) {
    if (!Stops(sla, m)) continue;
    SetDue(sla, m);
    Tell(sla, m, "sla.resumed");
  }
}

}  // namespace

void AddToLedger(SlaRun& run, SlaLedgerEntry entry) {
  if (run.ledger.size() == SlaRun::kMostKept) run.ledger.erase(run.ledger.begin());
  run.ledger.push_back(std::move(entry));
}

void FollowPauses(Sla& sla) {
  const bool pause = ShouldPause(sla);
  if (pause && !sla.paused()) Pause(sla);
  if (!pause && sla.paused()) Resume(sla);
}

void SlaCardChanged(Desk& desk, const AssignmentRow& row) {
  const SlaRun* run = desk.step.rows.Find<SlaRun>(desk.KeyOf(row.card.lead));
  const SlaPolicy* policy = run == nullptr ? nullptr : desk.step.rules.FindSla(run->policy);
  if (policy == nullptr || (!policy->pauses && policy->hours != SlaHours::kProspect)) return;
  std::optional<Sla> sla = FindRun(desk, row);
  SlaClock clock = sla->run.clock;
  clock.zone = ClockOf(desk, sla->policy, row).zone;
  ChangeClock(*sla, std::move(clock), "zone_changed");
  FollowPauses(*sla);
  SetRowDue(*sla);
}

}  // namespace pm
