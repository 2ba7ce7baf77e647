// Timers of the SLA: verdicts and the rungs of the ladders.
#include "engine/stages/desk/sla/sla.h"

namespace pm {
namespace {

void Alert(const Sla& sla, std::string_view code, std::string what, std::string_view what_to_do) {
  AlertOutput alert;
  alert.decision_id = sla.row.decision;
  alert.actor = {"rule", sla.policy.name};
  alert.lead = OutLeadOf(sla.row.card);
  alert.severity = "warning";
  alert.code = code;
  alert.what = std::move(what);
  alert.what_to_do = what_to_do;
  alert.recipients = Recipients(sla, {"manager"});
  sla.desk.step.Publish("alert.raised", ToText(sla.row.card.lead), std::move(alert));
}

// A rung that tells nobody would pass for one that did.
SlaOutput RungReport(const Sla& sla, const MilestoneRun& m, const Rung& rung,
                     std::string_view action, const std::vector<std::string>& notify) {
  SlaOutput output = ReportOn(sla, m);
  output.rung = rung.text;
  output.action = action;
  output.recipients = Recipients(sla, notify);
  // A warning to the rep of a lead that still waits is nobody's.
  const bool somebody = std::ranges::any_of(
      notify, [&](const std::string& name) { return name != "rep" || !sla.row.rep.empty(); });
  if (somebody && output.recipients.empty()) {
    Alert(sla, "nobody_to_tell",
          fmt::format("SLA '{}' was to tell {} at `{}` of {}, but there is nobody by that",
                      sla.policy.name, fmt::join(notify, ", "), rung.text, output.milestone),
          "Give the rep, or the members of the pool, a manager; or name somebody in the rung.");
  }
  return output;
}

void Escalate(const Sla& sla, const MilestoneRun& m, const Rung& rung, std::string_view reason) {
  const std::vector<std::string> manager = {"manager"};
  SlaOutput output =
      RungReport(sla, m, rung, "escalate", rung.notify.empty() ? manager : rung.notify);
  output.reason = reason;
  Publish(sla, "sla.escalated", std::move(output));
}

// Why a rule must not take the lead from its rep; empty: it may.
std::string_view KeptBecause(const AssignmentRow& row) {
  if (row.rep.empty()) return "queued";
  if (row.meeting) return "meeting";
  if (row.replied) return "replied";
  return row.touched_at != kNever ? "touched" : "";
}

void AlertNobody(const Sla& sla) {
  Alert(sla, "nobody_eligible",
        fmt::format("SLA '{}' was to take the lead from {}, but nobody else can have it",
                    sla.policy.name, sla.row.rep),
        "Give it to somebody, or see why the pool's members are out.");
}

void Reassign(const Sla& sla, const MilestoneRun& m, const Rung& rung) {
  if (const std::string_view why = KeptBecause(sla.row); !why.empty()) {
    return Escalate(sla, m, rung, why);
  }
  const bool spent = sla.row.reassignments >= rung.reassign_at_most;
  if (spent && !rung.else_queue) return Escalate(sla, m, rung, "at_most");
  const LeadId lead = sla.row.card.lead;
  SlaOutput output = RungReport(sla, m, rung, "reassign", rung.notify);
  Replacement why;
  why.type = "assignment.reassigned";
  why.reason = fmt::format("sla_{}", MilestoneName(m.milestone));
  why.keep_if_nobody = !rung.else_queue;
  why.to_queue = spent;
  why.by_ladder = true;
  why.actor = {"rule", sla.policy.name};
  if (!PlaceAnew(sla.desk, lead, why)) {
    Escalate(sla, m, rung, "nobody_eligible");
    return AlertNobody(sla);
  }
  sla.desk.step.Publish("sla.escalated", ToText(lead), std::move(output));
}

void Fire(const Sla& sla, const SlaHappening& happening) {
  PastAssignment* past = happening.past;
  MilestoneRun& m =
      *FindMilestone(past != nullptr ? past->milestones : sla.run.milestones, happening.milestone);
  if (happening.rung == SlaHappening::kVerdict) return BreachMilestone(sla, m, past);
  const Rung& rung = sla.LadderOf(m)[static_cast<size_t>(happening.rung)];
  m.fired.push_back(static_cast<uint32_t>(happening.rung));
  switch (rung.action) {
    case RungAction::kNotify: {
      const bool before = PlaceOf(rung, sla.WithinOf(m)) < sla.WithinOf(m);
      return Publish(sla, before ? "sla.warning" : "sla.escalated",
                     RungReport(sla, m, rung, "notify", rung.notify));
    }
    case RungAction::kEscalate:
      return Escalate(sla, m, rung, "");
    case RungAction::kReassign:
      return Reassign(sla, m, rung);
  }
}

// Who got a lead after the last tick before an outage could not see it until now: the clock of that
// assignment starts now. What came ahead of this tick, from a later time, came after the outage.
void RestartAfterOutage(Sla& sla) {
  const bool outage = sla.now() - sla.run.due > kSlaLate;
  if (!outage || sla.desk.step.tick_before == kNever || sla.paused()) return;
  for (MilestoneRun& m : sla.run.milestones) {
    const bool unseen = m.state == SlaState::kRunning && sla.RuleOf(m).from_assigned &&
                        m.started >= sla.desk.step.tick_before && m.started <= sla.now();
    if (!unseen) continue;
    AddToLedger(sla.run, {"system", "outage", m.started, sla.now()});
    const Milestone milestone = m.milestone;
    m = MilestoneRun{};
    m.milestone = milestone;
    m.started = m.since = sla.now();
    SetDue(sla, m);
    SlaOutput output = ReportOn(sla, m);
    output.reason = "outage";
    Publish(sla, "sla.rescheduled", std::move(output));
  }
}

}  // namespace

void SlaTakenByLadder(Desk& desk, LeadId lead) {
  const AssignmentRow* row = desk.step.rows.Find<AssignmentRow>(desk.KeyOf(lead));
  if (row == nullptr || desk.step.rows.Find<SlaRun>(desk.KeyOf(lead)) == nullptr) return;
  SlaRun& run = desk.step.rows.Edit<SlaRun>(desk.KeyOf(lead));
  const bool is_last = !run.past.empty() && run.past.back().what.rep == row->previous_rep;
  if (is_last) run.past.back().by_ladder = true;
}

void OnSlaDue(Desk& desk, LeadId lead) {
  const DeskLeadKey key = desk.KeyOf(lead);
  const AssignmentRow* row = desk.step.rows.Find<AssignmentRow>(key);
  PM_CHECK(row != nullptr);
  desk.step.root = row->root;
  desk.step.mode = static_cast<Mode>(row->mode);
  std::optional<Sla> first = FindRun(desk, *row);
  if (!first.has_value()) {  // no store keeps the policy any more: nothing can come of the run
    desk.step.rows.Erase<SlaRun>(key);
    return;
  }
  RestartAfterOutage(*first);
  for (;;) {
    row = desk.step.rows.Find<AssignmentRow>(key);
    if (row == nullptr) return;
    std::optional<Sla> sla = FindRun(desk, *row);
    if (!sla.has_value()) return;
    const SlaHappening next = NextHappening(*sla);
    if (next.at > desk.step.now) {
      SetRowDue(*sla);
      return Reorder(desk, lead);
    }
    Fire(*sla, next);
  }
}

}  // namespace pm
