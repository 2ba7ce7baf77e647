// The one place where a rep gets or loses a lead, so that counts, indexes, SLA, cadence and what is
// told to others never part.
#include "engine/stages/desk/desk.h"

namespace pm {
namespace {

constexpr size_t kMostPastReps = 50;

OpenEntry::Key OpenKey(const Desk& desk, const AssignmentRow& row) {
  return {desk.hash, Hash64(row.rep), "", row.card.lead};
}

void Remember(AssignmentRow& row, const std::string& rep) {
  if (rep.empty() || std::ranges::find(row.past_reps, rep) != row.past_reps.end()) return;
  if (row.past_reps.size() == kMostPastReps) row.past_reps.erase(row.past_reps.begin());
  row.past_reps.push_back(rep);
}

void Stick(Desk& desk, const AssignmentRow& row, const std::string& rep) {
  const Pool* pool = desk.step.rules.FindPool(row.pool);
  if (pool == nullptr || !pool->sticky || row.card.account_key.empty()) return;
  StickyRow& sticky =
      desk.step.rows.Edit<StickyRow>({desk.hash, Hash64(pool->name), Hash64(row.card.account_key)});
  sticky.rep = rep;
  sticky.until = desk.step.now + pool->sticky_for;
  sticky.due = sticky.until;
}

}  // namespace

void SetPlace(AssignmentRow& row, Place place) {
  row.place = place;
  if (const std::string_view stage = StageAt(place); !stage.empty()) SetStage(row, stage);
}

void SetStage(AssignmentRow& row, std::string_view stage) {
  row.card.stage = stage;
  if (!FieldBlock(row.card.fields).Has(Field("lead.stage"))) return;
  BlockBuilder newer;
  newer.Set(Field("lead.stage"), Value::Text(stage));
  const std::string block = newer.Build();
  std::string fields;
  FieldBlock::Merge(FieldBlock(row.card.fields), FieldBlock(block), &fields);
  row.card.fields.bytes = std::move(fields);
}

OutLead OutLeadOf(const LeadCard& card) {
  OutLead lead;
  lead.id = card.lead;
  lead.person_id = card.lead.person;
  lead.account = card.account;
  lead.stage = card.stage;
  lead.external.tokens = card.external;
  return lead;
}

AssignmentRef RefOf(const Desk& desk, const AssignmentRow& row) {
  return {desk.hash, row.seq, row.rep, row.pool, row.route, row.via};
}

OutAssignment OutAssignmentOf(LeadId lead, const AssignmentRef& assignment) {
  return {{assignment.desk, lead, assignment.seq},
          assignment.seq,
          assignment.pool,
          assignment.route,
          assignment.via};
}

AssignmentOutput OutputOf(Desk& desk, const AssignmentRow& row) {
  AssignmentOutput out;
  out.decision_id = row.decision;
  out.lead = OutLeadOf(row.card);
  out.assignment = OutAssignmentOf(row.card.lead, RefOf(desk, row));
  if (!row.rep.empty()) out.rep = OutRepOf(desk, row.rep);
  if (!row.previous_rep.empty()) out.previous_rep = OutRepOf(desk, row.previous_rep);
  if (const KnownRep rep = FindRep(desk, row.rep)) out.manager = rep->manager;
  out.contact = ContactOf(FieldBlock(row.card.fields));
  out.score = ScoreOf(FieldBlock(row.card.fields), row.card.reasons);
  out.priority = row.priority;
  out.desk = desk.name;
  out.sla = row.sla;
  out.sla_due = SlaNextDue(desk, row.card.lead);
  out.queued_at = row.queued_at;
  if (row.place == Place::kHeldForHours) out.held_until = row.due;
  out.routed_at = row.routed_at;
  return out;
}

void TellAccount(Desk& desk, const AssignmentRow& row, std::string_view reason) {
  AssignmentChanged changed;
  changed.lead = row.card.lead;
  changed.desk = desk.name;
  changed.seq = row.seq;
  changed.place = row.place;
  changed.rep = row.rep;
  changed.pool = row.pool;
  changed.route = row.route;
  changed.reason = reason;
  changed.round = row.card.round;
  desk.step.Send(Stage::kAccount, HomeKey(row.card.home), MessageType::kAssignmentChanged, changed);
}

void Assign(Desk& desk, AssignmentRow& row, const std::string& rep, std::string via,
            std::string_view output_type, const OutActor& actor, Place as) {
  PM_CHECK(row.rep.empty());
  PM_CHECK(as == Place::kAssigned || as == Place::kAccepted);
  const bool first = row.place == Place::kNone;
  row.rep = rep;
  row.via = std::move(via);
  SetPlace(row, as);
  row.queued_at = kNever;
  row.assigned_at = desk.step.now;
  row.accepted_at = as == Place::kAccepted ? desk.step.now : kNever;
  row.due = kNever;
  CountGiven(desk, rep, row.pool, row.card.lead);
  CountOpen(desk, row, !WaitsOnProspect(row.card));
  desk.step.rows.Edit<OpenEntry>(OpenKey(desk, row));
  Stick(desk, row, rep);
  if (first) SlaRouted(desk, row);
  SlaAssigned(desk, row);
  AssignmentOutput out = OutputOf(desk, row);
  out.actor = actor;
  out.reason = row.reason;
  desk.step.Publish(output_type, ToText(row.card.lead), std::move(out));
  TellAccount(desk, row, row.via);
  CadenceAssigned(desk, row);
}

void Unassign(Desk& desk, AssignmentRow& row, bool refund) {
  if (row.rep.empty()) return;
  CountOpen(desk, row, false);
  if (refund) TakeBackGiven(desk, row.rep, row.card.lead);
  desk.step.rows.Erase<OpenEntry>(OpenKey(desk, row));
  if (refund && row.rotation_paid) {
    pm::Refund(desk.step.rows.Edit<PoolRow>({desk.hash, row.pool}), row.rep);
  }
  row.rotation_paid = false;
  Remember(row, row.rep);
  row.previous_rep = std::move(row.rep);
  row.rep.clear();
  row.assigned_at = kNever;
  row.accepted_at = kNever;
  row.due = kNever;
}

void Close(Desk& desk, LeadId lead, std::string_view output_type, std::string_view reason,
           bool refund) {
  if (desk.step.rows.Find<AssignmentRow>(desk.KeyOf(lead)) == nullptr) return;
  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(desk.KeyOf(lead));
  CadenceEnd(desk, row, reason);
  SlaCancel(desk, row, reason);
  if (!output_type.empty()) {
    AssignmentOutput out = OutputOf(desk, row);
    out.reason = reason;
    desk.step.Publish(output_type, ToText(lead), std::move(out));
  }
  Dequeue(desk, row);
  Unassign(desk, row, refund);
  desk.step.rows.Erase<AssignmentRow>(desk.KeyOf(lead));
}

}  // namespace pm
