// What the account stage tells the desk of a lead it carries.
#include "engine/stages/desk/desk.h"

namespace pm {
namespace {

bool IsAutoReply(std::string_view reply) { return reply == "auto" || reply == "out_of_office"; }

// Outbound, by a rep, not by a machine, not bounced; a voicemail counts (RULES.md, SLA).
bool CountsAsTouch(FieldBlock event) {
  const std::string_view outcome = event.Text(Field("event.outcome"));
  return event.Text(Field("event.direction")) != "inbound" &&
         event.Get(Field("event.automated")).number == 0 && outcome != "bounced" &&
         outcome != "replied" && outcome != "unsubscribed";
}

void OnHumanTouch(Desk& desk, AssignmentRow& row, const std::string& rep, Instant occurred_at) {
  const OutActor actor{"rep", rep};
  if (row.touched_at == kNever || occurred_at < row.touched_at) row.touched_at = occurred_at;
  SlaEvidence(desk, row, Milestone::kFirstTouch, occurred_at, actor);
  if (!row.rep.empty() && rep == row.rep) {
    if (row.accepted_at == kNever) row.accepted_at = desk.step.now;
    row.due = kNever;
    if (row.place != Place::kWorking) {
      SetPlace(row, Place::kWorking);
      TellAccount(desk, row, "touched");
    }
  }
}

void OnReply(Desk& desk, AssignmentRow& row, FieldBlock event) {
  const std::string_view reply = event.Text(Field("event.reply"));
  if (IsAutoReply(reply)) {
    const Value until = event.Get(Field("event.until"));
    if (!until.missing()) CadencePause(desk, row, {until.number}, "out_of_office");
    return;
  }
  row.replied = true;
  CadenceExit(desk, row, ExitEvent::kReplied, reply.empty() ? "replied" : reply);
}

void OnTouch(Desk& desk, AssignmentRow& row, const LeadNotice& notice) {
  const FieldBlock event(notice.fields);
  const std::string_view outcome = event.Text(Field("event.outcome"));
  if (CountsAsTouch(event)) {
    const std::string said(event.Text(Field("event.rep")));
    OnHumanTouch(desk, row, said.empty() ? row.rep : ResolveRep(desk, said), notice.occurred_at);
  }
  if (outcome == "replied") OnReply(desk, row, event);
  if (outcome == "bounced") CadenceExit(desk, row, ExitEvent::kBounced, "bounced");
  if (outcome == "unsubscribed") CadenceExit(desk, row, ExitEvent::kUnsubscribed, "unsubscribed");
}

void OnMeeting(Desk& desk, AssignmentRow& row, const LeadNotice& notice) {
  row.meeting = true;
  const std::string host = ResolveRep(desk, FieldBlock(notice.fields).Text(Field("event.rep")));
  const OutActor actor{"rep", host.empty() ? row.rep : host};
  SlaEvidence(desk, row, Milestone::kAccept, notice.occurred_at, actor);
  SlaEvidence(desk, row, Milestone::kFirstTouch, notice.occurred_at, actor);
  row.due = kNever;
  if (!row.rep.empty() && row.accepted_at == kNever) {
    row.accepted_at = desk.step.now;
    SetPlace(row, Place::kWorking);
    TellAccount(desk, row, "meeting");
  }
  CadenceExit(desk, row, ExitEvent::kMeetingBooked, "meeting_booked");
}

void OnOwnerChanged(Desk& desk, const AssignmentRow& row, const LeadNotice& notice) {
  const std::string rep = ResolveRep(desk, notice.rep);
  if (rep == row.rep && !rep.empty()) return;  // an echo of our own write
  if (rep.empty()) {
    AlertOutput alert;
    alert.lead = OutLeadOf(row.card);
    alert.severity = "warning";
    alert.code = "unknown_owner";
    alert.what =
        fmt::format("the CRM gave the lead to '{}', whom the roster does not know", notice.rep);
    alert.what_to_do = "Add the rep to the roster, or correct the owner.";
    return desk.step.Publish("alert.raised", ToText(row.card.lead), std::move(alert));
  }
  Replacement why;
  why.type = "assignment.transferred";
  why.reason = "manual";
  why.actor = {"connector", ""};
  why.refund = false;
  GiveTo(desk, row.card.lead, rep, why);
}

void TellOwner(Desk& desk, const AssignmentRow& row, const LeadNotice& notice) {
  AssignmentOutput out = OutputOf(desk, row);
  out.reason = notice.hand_raise ? "hand_raise_again" : "submitted_again";
  desk.step.Publish("assignment.notified", ToText(row.card.lead), std::move(out));
}

void EndLead(Desk& desk, const AssignmentRow& row, const LeadNotice& notice) {
  const bool converted = notice.reason == "converted";
  CadenceExit(desk, row, converted ? ExitEvent::kConverted : ExitEvent::kDisqualified,
              notice.reason);
  const bool withdrawn = notice.kind == NoticeKind::kWithdrawn;
  Close(desk, row.card.lead, "assignment.withdrawn", notice.reason, withdrawn);
}

}  // namespace

void OnNotice(Desk& desk, const LeadNotice& notice) {
  const DeskLeadKey key = desk.KeyOf(notice.lead);
  if (desk.step.rows.Find<AssignmentRow>(key) == nullptr) return;  // closed here meanwhile
  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(key);
  switch (notice.kind) {
    case NoticeKind::kTouch:
      return OnTouch(desk, row, notice);
    case NoticeKind::kMeeting:
      return OnMeeting(desk, row, notice);
    case NoticeKind::kClosed:
    case NoticeKind::kWithdrawn:
      return EndLead(desk, row, notice);
    case NoticeKind::kMoved:
      row.card.home = notice.home;
      return;
    case NoticeKind::kSubmission:
      return TellOwner(desk, row, notice);
    case NoticeKind::kOwnerChanged:
      return OnOwnerChanged(desk, row, notice);
    case NoticeKind::kUnsubscribed:
      return CadenceExit(desk, row, ExitEvent::kUnsubscribed, "unsubscribed");
    case NoticeKind::kSuppressed:
      return CadenceCardChanged(desk, row);
    case NoticeKind::kStatus:
      SlaCardChanged(desk, row);
      return Reorder(desk, notice.lead);
    case NoticeKind::kNone:
      break;
  }
  PM_CHECK(false);
}

void OnLeadCard(Desk& desk, const LeadCard& card) {
  const DeskLeadKey key = desk.KeyOf(card.lead);
  if (desk.step.rows.Find<AssignmentRow>(key) == nullptr) return;
  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(key);
  row.card = card;
  SetPlace(row, row.place);
  SlaCardChanged(desk, row);
  CadenceCardChanged(desk, row);
  Reorder(desk, card.lead);
}

}  // namespace pm
