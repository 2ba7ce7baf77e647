// Requests of reps: imperative, may lose, always answered.
#include "engine/stages/desk/desk.h"

namespace pm {
namespace {

// Nobody named: who had the lead then, or has the assignment that is named.
std::string WhoAsks(Desk& desk, const Event& event, const AssignmentRow& row) {
  const FieldBlock fields(event.fields);
  const std::string_view by = fields.Text(Field("event.by")).empty()
                                  ? fields.Text(Field("event.rep"))
                                  : fields.Text(Field("event.by"));
  if (!by.empty()) return ResolveRep(desk, by);
  return event.assignment ? row.rep : AssigneeAt(desk, row, event.occurred_at);
}

std::string WhyStale(const Event& event, const AssignmentRow& row, const std::string& by) {
  if (event.assignment && event.assignment.seq != row.seq) return "stale_assignment";
  if (row.rep.empty()) return "not_assigned";
  if (by.empty()) return "unknown_rep";
  if (by != row.rep) return "not_the_assignee";
  return {};
}

void Accept(Desk& desk, const Event& event, AssignmentRow& row) {
  const OutActor actor{"rep", row.rep};
  if (row.place == Place::kAssigned) {
    SetPlace(row, Place::kAccepted);
    row.accepted_at = desk.step.now;
    SlaEvidence(desk, row, Milestone::kAccept, event.occurred_at, actor);
    AssignmentOutput out = OutputOf(desk, row);
    out.actor = actor;
    desk.step.Publish("assignment.accepted", ToText(row.card.lead), std::move(out));
    TellAccount(desk, row, "accepted");
  }
  RequestResult(desk, event, &row, "");
}

void Decline(Desk& desk, const Event& event, const AssignmentRow& row) {
  if (row.touched_at != kNever) return RequestResult(desk, event, &row, "already_touched");
  const std::string reason(FieldBlock(event.fields).Text(Field("event.reason")));
  const OutActor actor{"rep", row.rep};
  const LeadId lead = row.card.lead;
  AssignmentOutput out = OutputOf(desk, row);
  out.actor = actor;
  out.reason = reason;
  desk.step.Publish("assignment.declined", ToText(lead), std::move(out));
  // A decline with a reason gives back credit and cap; one without counts as taken.
  Replacement why;
  why.type = "assignment.reassigned";
  why.reason = reason.empty() ? "declined" : "declined: " + reason;
  why.refund = !reason.empty();
  why.actor = actor;
  PlaceAnew(desk, lead, why);
  RequestResult(desk, event, desk.step.rows.Find<AssignmentRow>(desk.KeyOf(lead)), "");
}

}  // namespace

void RequestResult(Desk& desk, const Event& event, const AssignmentRow* row,
                   std::string_view refusal) {
  AssignmentOutput out;
  const LeadId lead = event.lead ? event.lead : event.assignment.lead;
  if (row != nullptr) {
    out = OutputOf(desk, *row);
  } else if (lead) {
    out.lead.id = lead;
    out.lead.person_id = lead.person;
  }
  out.request = DeclOf(event.type).name;
  out.request_source = event.source;
  out.request_id = event.id;
  out.reason = refusal;
  out.desk = desk.name;
  const std::string key = out.lead.id ? ToText(out.lead.id) : event.id;
  desk.step.Publish(refusal.empty() ? "request.done" : "request.refused", key, std::move(out));
}

void OnRequest(Desk& desk, const Event& event) {
  if (event.type == EventType::kLeadClaim) return OnClaim(desk, event);
  const LeadId lead = event.lead ? event.lead : event.assignment.lead;
  const AssignmentRow* found =
      lead ? desk.step.rows.Find<AssignmentRow>(desk.KeyOf(lead)) : nullptr;
  if (found == nullptr) {
    const bool sent = lead && SendAfter(desk, lead, MessageType::kEvent, Encoded(event));
    if (!sent) RequestResult(desk, event, nullptr, "unknown_lead");
    return;
  }
  const std::string by = WhoAsks(desk, event, *found);
  std::string stale = WhyStale(event, *found, by);
  const bool had_it = std::ranges::find(found->past_reps, by) != found->past_reps.end();
  if (event.type == EventType::kLeadAccept && had_it && by != found->rep) {
    // In time, though it came after the ladder had moved on: the lead goes back.
    SlaEvidence(desk, *found, Milestone::kAccept, event.occurred_at, {"rep", by});
    found = desk.step.rows.Find<AssignmentRow>(desk.KeyOf(lead));
    PM_CHECK(found != nullptr);
    if (found->rep == by) stale.clear();
  }
  if (!stale.empty()) return RequestResult(desk, event, found, stale);
  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(desk.KeyOf(lead));
  if (event.type == EventType::kLeadAccept) return Accept(desk, event, row);
  PM_CHECK(event.type == EventType::kLeadDecline);
  Decline(desk, event, row);
}

}  // namespace pm
