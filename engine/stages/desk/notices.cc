// What the account stage tells the desk of a lead it carries.
#include "engine/stages/desk/desk.h"
#include "model/normalise/text.h"

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

// Written down by a tool, so that its time is not a person's word.
EvidenceBy WhoRecorded(FieldBlock event) {
  const std::string by = WordKey(event.Text(Field("event.recorded_by")));
  const bool tool = std::ranges::any_of(
      std::to_array<std::string_view>({"system", "connector", "integration", "automation"}),
      [&](std::string_view name) {
        return by.starts_with(name) && (by.size() == name.size() || by[name.size()] == ':');
      });
  return tool ? EvidenceBy::kTool : EvidenceBy::kPerson;
}

// Its rep is at it, seen by a touch or a meeting.
void BeginWork(Desk& desk, AssignmentRow& row, std::string_view reason) {
  if (row.accepted_at == kNever) row.accepted_at = desk.step.now;
  row.due = kNever;
  if (row.place == Place::kWorking) return;
  SetPlace(row, Place::kWorking);
  TellAccount(desk, row, reason);
}

// `rep` empty: nobody is named and nobody has the lead.
void OnHumanTouch(Desk& desk, AssignmentRow& row, const std::string& rep, Instant occurred_at,
                  EvidenceBy by) {
  if (row.touched_at == kNever || occurred_at < row.touched_at) row.touched_at = occurred_at;
  // What the evidence publishes tells the stage that follows from it, and the evidence of a rep who
  // had the lead before may bring it back to them.
  if (!rep.empty() && rep == row.rep) BeginWork(desk, row, "touched");
  SlaEvidence(desk, row, Milestone::kFirstTouch, occurred_at, {"rep", rep}, by);
  if (!rep.empty() && rep == row.rep) BeginWork(desk, row, "touched");
}

void OnReply(Desk& desk, AssignmentRow& row, FieldBlock event) {
  const std::string_view reply = event.Text(Field("event.reply"));
  if (IsAutoReply(reply)) {
    const Value until = event.Get(Field("event.until"));
    if (!until.missing()) CadencePause(desk, row, {until.number}, "out_of_office");
    return;
  }
  row.replied = true;
  if (reply == "unsubscribed") return;  // the account stage, which keeps consent, says so next
  CadenceExit(desk, row, ExitEvent::kReplied, reply.empty() ? "replied" : reply);
}

void OnTouch(Desk& desk, AssignmentRow& row, const LeadNotice& notice) {
  const FieldBlock event(notice.fields);
  const std::string_view outcome = event.Text(Field("event.outcome"));
  // What was before the lead was routed answers nothing; clocks may differ a little.
  const bool earlier = notice.occurred_at + kClocksDiffer < row.routed_at;
  if (CountsAsTouch(event) && !earlier) {
    const std::string said(event.Text(Field("event.rep")));
    const std::string rep =
        said.empty() ? AssigneeAt(desk, row, notice.occurred_at) : ResolveRep(desk, said);
    if (said.empty() || !rep.empty()) {
      OnHumanTouch(desk, row, rep, notice.occurred_at, WhoRecorded(event));
    } else {
      desk.step.DeadLetter("unknown_rep",
                           fmt::format("no rep '{}': the touch meets no milestone", said),
                           "/data/rep", notice.raw);
    }
  }
  if (outcome == "replied") OnReply(desk, row, event);
  const std::string_view channel = event.Text(Field("event.channel"));
  const bool by_email = channel.empty() || channel == "email";
  if (outcome == "bounced" && by_email) CadenceExit(desk, row, ExitEvent::kBounced, "bounced");
  if (outcome == "unsubscribed") CadenceExit(desk, row, ExitEvent::kUnsubscribed, "unsubscribed");
}

void OnMeeting(Desk& desk, AssignmentRow& row, const LeadNotice& notice) {
  row.meeting = true;
  const std::string host = ResolveRep(desk, FieldBlock(notice.fields).Text(Field("event.rep")));
  const OutActor actor{"rep", host.empty() ? row.rep : host};
  if (!row.rep.empty()) BeginWork(desk, row, "meeting");
  SlaEvidence(desk, row, Milestone::kAccept, notice.occurred_at, actor);
  SlaEvidence(desk, row, Milestone::kFirstTouch, notice.occurred_at, actor);
  CadenceExit(desk, row, ExitEvent::kMeetingBooked, "meeting_booked");
}

// Who changed the owner: a rep, where the id is one's, or as the event says.
OutActor ActorOf(Desk& desk, FieldBlock event) {
  const std::string id(event.Text(Field("event.actor_id")));
  const std::string type(event.Text(Field("event.actor_type")));
  if (!type.empty() && type != "rep") return {type, id};
  const std::string rep = ResolveRep(desk, id);
  if (!rep.empty()) return {"rep", rep};
  return {type.empty() ? "connector" : type, id};
}

// What we wrote ourselves comes back: by our user, or with the number of an assignment of ours.
bool IsEcho(const AssignmentRow& row, FieldBlock event) {
  const Value seq = event.Get(Field("event.seq"));
  if (!seq.missing() && seq.number <= int64_t{row.seq}) return true;
  return event.Text(Field("event.actor_id")) == "pointsman";
}

void OwnerAlert(Desk& desk, const AssignmentRow& row, std::string_view code, std::string what,
                std::string_view what_to_do) {
  AlertOutput alert;
  alert.lead = OutLeadOf(row.card);
  alert.severity = "warning";
  alert.code = code;
  alert.what = std::move(what);
  alert.what_to_do = what_to_do;
  desk.step.Publish("alert.raised", ToText(row.card.lead), std::move(alert));
}

// A person's change wins over rules. A tool's does not, and somebody has to settle it.
void OnOwnerChanged(Desk& desk, const AssignmentRow& row, const LeadNotice& notice) {
  const FieldBlock event(notice.fields);
  const std::string rep = ResolveRep(desk, notice.rep);
  if ((rep == row.rep && !rep.empty()) || IsEcho(row, event)) return;
  if (rep.empty()) {
    return OwnerAlert(
        desk, row, "unknown_owner",
        fmt::format("the CRM gave the lead to '{}', whom the roster does not know", notice.rep),
        "Add the rep to the roster, or correct the owner.");
  }
  if (const KnownRep owner = FindRep(desk, rep); !owner || !IsActive(desk, *owner)) {
    return OwnerAlert(desk, row, "inactive_owner",
                      fmt::format("the CRM gave the lead to {}, who has left", rep),
                      "Correct the owner, or send rep.upserted when the rep is active again.");
  }
  const std::string_view by = event.Text(Field("event.actor_type"));
  if (by == "system" || by == "connector") {
    return OwnerAlert(desk, row, "owner_conflict",
                      fmt::format("{} {} gave the lead to {} in the CRM; here {} has it", by,
                                  event.Text(Field("event.actor_id")), rep,
                                  row.rep.empty() ? "its queue" : row.rep),
                      "Keep the tool from setting owners, or set the owner by hand.");
  }
  Replacement why;
  why.type = "assignment.transferred";
  why.reason = "manual";
  why.actor = ActorOf(desk, event);
  why.refund = false;
  why.by_name = true;
  GiveTo(desk, row.card.lead, rep, why);
}

void TellOwner(Desk& desk, const AssignmentRow& row, const LeadNotice& notice) {
  AssignmentOutput out = OutputOf(desk, row);
  out.reason = notice.hand_raise ? "hand_raise_again" : "submitted_again";
  desk.step.Publish("assignment.notified", ToText(row.card.lead), std::move(out));
}

// `notice.reason` is the stage it ended in: disqualified, recycled, nurture, converted, merged.
void EndLead(Desk& desk, AssignmentRow& row, const LeadNotice& notice) {
  if (row.card.round > notice.round) return;  // what ended was over when this one began
  SetStage(row, notice.reason);
  if (row.seq > notice.seq) {
    desk.step.rows.Edit<GoneRow>(desk.KeyOf(row.card.lead)) = {
        row.seq, "", desk.step.now + GoneRow::kKept, row.card.round};
  }
  const bool withdrawn = notice.kind == NoticeKind::kWithdrawn;
  Close(desk, row.card.lead, "assignment.withdrawn", notice.reason, withdrawn);
}

}  // namespace

void OnNotice(Desk& desk, const LeadNotice& notice) {
  const DeskLeadKey key = desk.KeyOf(notice.lead);
  if (desk.step.rows.Find<AssignmentRow>(key) == nullptr) {
    const bool sent = SendAfter(desk, notice.lead, MessageType::kLeadNotice, Encoded(notice));
    // The account stage says again that a lead has ended, when it hears that a desk has it.
    const bool ends = notice.kind == NoticeKind::kClosed || notice.kind == NoticeKind::kWithdrawn;
    if (sent || ends) return;
    return KeepEarly(desk, notice.lead, notice.round, MessageType::kLeadNotice, Encoded(notice));
  }
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
    case NoticeKind::kStatus:
      SlaCardChanged(desk, row);
      return Reorder(desk, notice.lead);
    case NoticeKind::kNone:
      break;
  }
  PM_CHECK(false);
}

void OnStepEvent(Desk& desk, const Event& event) {
  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(desk.KeyOf(event.lead));
  const StepReport report = CadenceStepEvent(desk, row, event);
  if (!report.contacted || report.by.empty()) return;
  OnHumanTouch(desk, row, report.by, event.occurred_at, WhoRecorded(FieldBlock(event.fields)));
}

void OnLeadCard(Desk& desk, const LeadCard& card) {
  const DeskLeadKey key = desk.KeyOf(card.lead);
  const AssignmentRow* found = desk.step.rows.Find<AssignmentRow>(key);
  if (found == nullptr) {
    if (SendAfter(desk, card.lead, MessageType::kLeadCard, Encoded(card))) return;
    return KeepEarly(desk, card.lead, card.round, MessageType::kLeadCard, Encoded(card));
  }
  if (found->card.round > card.round) return;  // the later request had a newer one
  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(key);
  const auto address = [](const LeadCard& c) {
    return std::string(FieldBlock(c.fields).Text(Field("lead.email")));
  };
  if (address(card) != address(row.card)) CadenceNewAddress(desk, card.lead);
  const uint32_t round = row.card.round;  // that of the request it was placed by
  row.card = card;
  row.card.round = round;
  SetPlace(row, row.place);
  if (!row.rep.empty()) CountOpen(desk, row, !WaitsOnProspect(card));
  SlaCardChanged(desk, row);
  CadenceCardChanged(desk, row);
  Reorder(desk, card.lead);
}

}  // namespace pm
