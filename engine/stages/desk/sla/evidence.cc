// Evidence: what shows that a milestone was met, in time by when it happened, not by when it came.
#include "engine/stages/desk/sla/sla.h"

namespace pm {
namespace {

constexpr Duration kMostBackDated = Hours(24);  // people's word about the past goes back that far

struct Evidence {
  Milestone milestone;
  Instant at;
  std::string rep;     // whose it is; empty: nobody's in particular
  std::string reason;  // `back_dated`
  OutActor actor;
};

// Who had the lead then.
std::string RepAt(const SlaRun& run, const AssignmentRow& row, Instant at) {
  for (const PastAssignment& past : run.past) {
    if (past.from <= at && at < past.to) return past.what.rep;
  }
  return row.rep;
}

Evidence Judge(const Sla& sla, Milestone milestone, Instant occurred_at, const OutActor& actor,
               EvidenceBy by) {
  Evidence evidence{milestone, occurred_at, "", "", actor};
  if (by == EvidenceBy::kPerson && (actor.type == "rep" || actor.type == "ops")) {
    evidence.at = std::max(occurred_at, sla.now() - kMostBackDated);
    if (sla.now() - evidence.at > kSlaLate) evidence.reason = "back_dated";
  }
  const bool named = actor.type == "rep" && !actor.id.empty();
  evidence.rep = named ? actor.id : RepAt(sla.run, sla.row, evidence.at);
  return evidence;
}

// The latest assignment of a rep who does not have the lead now; null: none.
PastAssignment* PastOf(Sla& sla, const std::string& rep) {
  if (rep == sla.row.rep) return nullptr;
  auto& past = sla.run.past;
  const auto it = std::find_if(past.rbegin(), past.rend(),
                               [&](const PastAssignment& p) { return p.what.rep == rep; });
  return it == past.rend() ? nullptr : &*it;
}

// True when a breach turned out to be none.
bool Count(Sla& sla, Milestone milestone, const Evidence& evidence, PastAssignment* past) {
  const bool per_assignment = sla.policy.milestones[static_cast<size_t>(milestone)].per_assignment;
  if (past == nullptr || !per_assignment) {
    MilestoneRun* m = FindMilestone(sla.run.milestones, milestone);
    return m != nullptr && MeetMilestone(sla, *m, evidence.at, evidence.actor, evidence.reason);
  }
  MilestoneRun* m = FindMilestone(past->milestones, milestone);
  const bool open = m != nullptr && (m->state == SlaState::kBreached || AwaitsVerdict(*m, *past));
  if (!open) return false;
  SlaRun then = sla.run;  // its business time ran by that rep's hours
  then.clock.rep = past->what.rep;
  const Calendar& hours = HoursOf(sla.desk, sla.policy, then.clock);
  return MeetMilestone(Sla{sla.desk, sla.row, sla.policy, then, &hours}, *m, evidence.at,
                       evidence.actor, evidence.reason, past);
}

// The ladder took the lead from a rep who had been in time: it goes back unless the new one has
// begun.
bool ShouldGoBack(const Sla& sla, const PastAssignment* past) {
  if (past == nullptr || !past->by_ladder || sla.run.begun) return false;
  const std::string& rep_id = past->what.rep;
  if (sla.desk.step.rules.DeskOfRep(rep_id) != sla.desk.name) return false;
  const KnownRep rep = FindRep(sla.desk, rep_id);
  return rep.has_value() && IsActive(sla.desk, *rep) && !IsAway(sla.desk, rep_id);
}

void GiveBack(Desk& desk, LeadId lead, const Evidence& evidence) {
  Replacement why;
  why.type = "assignment.reassigned";
  why.reason = "sla_amended";
  why.actor = evidence.actor;
  GiveTo(desk, lead, evidence.rep, why);
  const AssignmentRow* row = desk.step.rows.Find<AssignmentRow>(desk.KeyOf(lead));
  PM_CHECK(row != nullptr);
  std::optional<Sla> sla = FindRun(desk, *row);
  if (!sla.has_value() || row->rep != evidence.rep) return;
  Count(*sla, Milestone::kAccept, evidence, nullptr);
  sla->run.begun = true;
  SetRowDue(*sla);
}

}  // namespace

bool MeetMilestone(const Sla& sla, MilestoneRun& m, Instant at, const OutActor& actor,
                   std::string_view reason, const PastAssignment* past) {
  if (m.state == SlaState::kMet) return false;
  at = std::max(at, m.started);
  const bool amends = m.state == SlaState::kBreached;
  if (at > m.due) {
    if (m.met_at == kNever) m.met_at = at;
    if (!amends) BreachMilestone(sla, m, past);
    return false;
  }
  m.state = SlaState::kMet;
  m.met_at = at;
  SlaOutput output = ReportOn(sla, m, past);
  output.occurred_at = at;
  output.business_ms = UsedUntil(sla, m, at).ms;
  output.actor = actor;
  output.reason = reason;
  Publish(sla, amends ? "sla.amended" : "sla.met", std::move(output));
  return amends;
}

void BreachMilestone(const Sla& sla, MilestoneRun& m, const PastAssignment* past) {
  m.state = SlaState::kBreached;
  SlaOutput output = ReportOn(sla, m, past);
  output.occurred_at = m.due;
  output.business_ms = m.met_at == kNever ? sla.WithinOf(m).ms : UsedUntil(sla, m, m.met_at).ms;
  Publish(sla, "sla.breached", std::move(output));
}

std::string AssigneeAt(Desk& desk, const AssignmentRow& row, Instant at) {
  if (const SlaRun* run = desk.step.rows.Find<SlaRun>(desk.KeyOf(row.card.lead))) {
    return RepAt(*run, row, at);
  }
  return at < row.assigned_at && !row.previous_rep.empty() ? row.previous_rep : row.rep;
}

void SlaEvidence(Desk& desk, const AssignmentRow& row, Milestone milestone, Instant occurred_at,
                 const OutActor& actor, EvidenceBy by) {
  std::optional<Sla> sla = FindRun(desk, row);
  if (!sla.has_value()) return;
  const Evidence evidence = Judge(*sla, milestone, occurred_at, actor, by);
  // A touch from before the lead was routed answers nothing; clocks may differ a little.
  if (milestone == Milestone::kFirstTouch && evidence.at + kClocksDiffer < row.routed_at) return;
  PastAssignment* past = PastOf(*sla, evidence.rep);
  bool amended = Count(*sla, milestone, evidence, past);
  const bool by_assignee = past != nullptr || evidence.rep == row.rep;
  if (milestone == Milestone::kFirstTouch && by_assignee) {
    amended = Count(*sla, Milestone::kAccept, evidence, past) || amended;
  }
  if (evidence.rep == row.rep && !row.rep.empty()) sla->run.begun = true;
  SetRowDue(*sla);
  if (amended && ShouldGoBack(*sla, past)) GiveBack(desk, row.card.lead, evidence);
}

}  // namespace pm
