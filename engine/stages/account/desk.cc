#include "engine/stages/account/account.h"

namespace pm::account {
namespace {

// The desk knows leads, not people: an event that named the person names the lead from here on.
void ForwardToDesk(Case& c, Event event) {
  if (!event.lead) event.lead = c.lead_id;
  c.step.Send(Stage::kDesk, c.lead->desk, MessageType::kEvent, event);
}

bool IsRequest(const Event& event) { return DeclOf(event.type).subject == Subject::kRequest; }

LeadNotice NoticeOf(const Case& c, const Event& event, NoticeKind kind) {
  LeadNotice notice;
  notice.kind = kind;
  notice.occurred_at = event.occurred_at;
  notice.fields = c.event_fields;
  const FieldBlock about(c.event_fields);
  notice.rep = about.Text(Field("event.rep"));
  notice.reason = about.Text(Field("event.outcome"));
  return notice;
}

void OnTouch(Case& c, const Event& event) {
  if (!c.step.past) {
    LeadNotice touch = NoticeOf(c, event, NoticeKind::kTouch);
    if (!touch.rep.empty() && c.step.rules.FindRepBy(touch.rep) == nullptr) touch.raw = event.raw;
    Notify(c, std::move(touch));
  }
  const FieldBlock about(c.event_fields);
  const bool unsubscribed = about.Text(Field("event.outcome")) == "unsubscribed" ||
                            about.Text(Field("event.reply")) == "unsubscribed";
  if (!unsubscribed) return;
  HearConsent(c, event, ParseChannel(about.Text(Field("event.channel"))).value_or("email"), true);
  if (!c.step.past) Notify(c, NoticeOf(c, event, NoticeKind::kUnsubscribed));
}

void OnOwnerChanged(Case& c, const Event& event) {
  LeadNotice notice = NoticeOf(c, event, NoticeKind::kOwnerChanged);
  const FieldBlock about(c.event_fields);
  notice.rep = about.Text(Field("event.to"));
  if (notice.rep.empty()) {
    UnknownReference(c.step, event, "malformed", "an owner change needs `to`");
    return;
  }
  BlockBuilder owner;
  owner.Set(Field("lead.owner"), Value::Text(notice.rep));
  const std::string block = owner.Build();
  MergeFields(&c.person->fields, FieldBlock(block), event.source, event.occurred_at, false,
              c.step.rules.identity);
  // The past seeds owners, it moves no lead that somebody has.
  if (!c.step.past) Notify(c, std::move(notice));
}

}  // namespace

LeadCard CardOf(const Case& c) {
  LeadCard card;
  card.lead = c.lead_id;
  card.home = c.home;
  card.account = AccountDomain(c);
  card.account_key = c.person->home_text;
  card.stage = c.lead->stage;
  card.fields.bytes = c.facts().Pick(c.step.rules.card_fields);
  for (const std::string& token : c.person->tokens) {
    if (!IsBrowserToken(token)) card.external.push_back(token);
  }
  card.reasons = c.person->score.reasons;
  card.hand_raise = c.lead->hand_raise;
  card.refused = RefusedChannels(*c.person);
  card.round = c.lead->round;
  return card;
}

void SendCardIfChanged(Case& c) {
  if (c.lead == nullptr || !AtDesk(*c.lead)) return;
  const LeadCard card = CardOf(c);
  const ContentHash hash = CardHash(card);
  if (hash == c.lead->card) return;
  c.EditLead().card = hash;
  c.step.Send(Stage::kDesk, c.lead->desk, MessageType::kLeadCard, card);
}

ContentHash CardHash(LeadCard card) {
  // Reasons fade from hour to hour and the desk itself causes the stages of a lead it has: neither
  // is news to it.
  card.reasons.clear();
  card.stage.clear();
  BlockBuilder no_stage;
  no_stage.Set(Field("lead.stage"), Value{});
  const std::string newer = no_stage.Build();
  std::string fields;
  FieldBlock::Merge(FieldBlock(card.fields), FieldBlock(newer), &fields);
  card.fields.bytes = std::move(fields);
  return HashContent(Encoded(card));
}

void Notify(Case& c, LeadNotice notice) {
  if (c.lead == nullptr || !AtDesk(*c.lead)) return;
  notice.lead = c.lead_id;
  notice.home = c.home;
  notice.seq = c.lead->seq;
  notice.round = c.lead->round;
  c.step.Send(Stage::kDesk, c.lead->desk, MessageType::kLeadNotice, notice);
}

void OnLeadEvent(Case& c, const Event& event) {
  if (IsRequest(event)) {
    if (c.lead == nullptr || !AtDesk(*c.lead)) return RefuseRequest(c.step, event, "not_at_a_desk");
    return ForwardToDesk(c, event);
  }
  if (event.type == EventType::kStepCompleted || event.type == EventType::kStepFailed ||
      event.type == EventType::kStepSkipped) {
    if (c.lead == nullptr || c.lead->desk.empty()) {
      UnknownReference(c.step, event, "unknown_reference", "the lead was never at a desk");
      return;
    }
    return ForwardToDesk(c, event);
  }
  if (event.type == EventType::kTouchRecorded) OnTouch(c, event);
  if (event.type == EventType::kMeetingBooked && !c.step.past) {
    Notify(c, NoticeOf(c, event, NoticeKind::kMeeting));
  }
  if (event.type == EventType::kLeadOwnerChanged) OnOwnerChanged(c, event);
}

void RefuseRequest(Step& step, const Event& event, std::string_view reason) {
  AssignmentOutput out;
  const LeadId lead = event.lead ? event.lead : event.assignment.lead;
  out.lead.id = lead;
  out.lead.person_id = lead.person;
  out.assignment.id = event.assignment;
  out.assignment.seq = event.assignment.seq;
  out.reason = reason;
  out.request = DeclOf(event.type).name;
  out.request_source = event.source;
  out.request_id = event.id;
  out.actor = {"rep", std::string(FieldBlock(event.fields).Text(Field("event.by")))};
  step.Publish("request.refused", lead ? ToText(lead) : event.id, std::move(out));
}

}  // namespace pm::account
