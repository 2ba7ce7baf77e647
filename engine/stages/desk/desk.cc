// The desk stage: which part answers which message or due row.
#include "engine/stages/desk/desk.h"

#include "engine/stages/dedupe.h"
#include "engine/stages/desk/records/desk_row.h"
#include "engine/stages/desk/records/enrolment.h"
#include "engine/stages/desk/records/sla_run.h"
#include "engine/stages/desk/records/suppression.h"

namespace pm {
namespace {

template <class M>
M BodyOf(const Message& message) {
  M body;
  PM_CHECK(Decode(message.body, &body));
  return body;
}

void OnEventOfLead(Desk& desk, const Event& event, std::string_view body) {
  if (DeclOf(event.type).subject == Subject::kRequest) return OnRequest(desk, event);
  const AssignmentRow* row = desk.step.rows.Find<AssignmentRow>(desk.KeyOf(event.lead));
  if (row != nullptr) return OnStepEvent(desk, event);
  if (SendAfter(desk, event.lead, MessageType::kEvent, std::string(body))) return;
  desk.step.DeadLetter("unknown_reference", "the lead is not at this desk any more", "/data",
                       event.raw);
}

// Every desk hears of every rep, of whom their own tells what is wrong, and of what is wide, of
// which the account stage does.
bool TellsWhatIsWrong(const Desk& desk, const Event& event) {
  const Subject subject = DeclOf(event.type).subject;
  if (subject != Subject::kRep) return subject != Subject::kWide;
  const std::string_view rep = FieldBlock(event.fields).Text(Field("event.rep"));
  return desk.step.rules.DeskOfRep(rep) == desk.name;
}

void OnEvent(Desk& desk, const Message& message) {
  const Event event = BodyOf<Event>(message);
  // What comes straight from intake may come twice; what account sends on was deduped there.
  if (message.hops <= 1 &&
      !FirstTime<DeskDedupe>(desk.step, {desk.hash, event.source, event.id, {}}, event,
                             TellsWhatIsWrong(desk, event))) {
    return;
  }
  switch (DeclOf(event.type).subject) {
    case Subject::kRep:
      return OnRepEvent(desk, event);
    case Subject::kWide:
      return OnSuppression(desk, event);
    case Subject::kRequest:
    case Subject::kPerson:
      return OnEventOfLead(desk, event, message.body);
    case Subject::kAccount:
      break;
  }
  PM_CHECK(false);
}

void OnRequestToRoute(Desk& desk, const RouteRequest& request) {
  if (OnRouteRequest(desk, request)) HearEarly(desk, request.card.lead);
}

void OnMessage(Step& step, const Message& message) {
  if (message.type == MessageType::kNone) return OnRulesSwitched(step, message.body == kPropagates);
  Desk desk(step, message.key);
  switch (message.type) {
    case MessageType::kEvent:
      return OnEvent(desk, message);
    case MessageType::kRouteRequest:
      return OnRequestToRoute(desk, BodyOf<RouteRequest>(message));
    case MessageType::kLeadCard:
      return OnLeadCard(desk, BodyOf<LeadCard>(message));
    case MessageType::kLeadNotice:
      return OnNotice(desk, BodyOf<LeadNotice>(message));
    case MessageType::kNone:
    case MessageType::kRaw:
    case MessageType::kLink:
    case MessageType::kAdopt:
    case MessageType::kRedirect:
    case MessageType::kDirectory:
    case MessageType::kAssignmentChanged:
      break;
  }
  PM_CHECK(false);
}

void OnDue(Step& step, const RowDue& due) {
  Desk desk = DeskOfRow(step, due.key);
  switch (due.key.front()) {
    case AssignmentRow::kPrefix:
      return OnAssignmentDue(desk, DeskLeadKeyOf(due.key).lead);
    case SlaRun::kPrefix:
      return OnSlaDue(desk, DeskLeadKeyOf(due.key).lead);
    case Enrolment::kPrefix:
      return OnEnrolmentDue(desk, DeskLeadKeyOf(due.key).lead);
    case RepRow::kPrefix:
      return OnRepDue(desk, std::string(DeskNameKeyOf(due.key).name));
    case GoneRow::kPrefix:
      return step.rows.Erase<GoneRow>(DeskLeadKeyOf(due.key));
    case EarlyRow::kPrefix:
      return OnEarlyDue(desk, DeskLeadKeyOf(due.key).lead);
    case PoolRow::kPrefix:
      return OnPoolDue(desk, std::string(DeskNameKeyOf(due.key).name));
    case DeskRow::kPrefix:
      return OnDeskDue(desk);
    case StickyRow::kPrefix: {
      const std::string_view key = due.key;
      step.rows.Erase<StickyRow>({ReadBigEndian32(key.substr(1)), ReadBigEndian(key.substr(5)),
                                  ReadBigEndian(key.substr(13))});
      return;
    }
    case DeskDedupe::kPrefix:
      return ForgetDedupe<DeskDedupe>(step, due.key);
    default:
      PM_CHECK(false);
  }
}

}  // namespace

void OnLeadMessage(Desk& desk, MessageType type, std::string_view body) {
  const auto decoded = [&]<class M>(M message) {
    PM_CHECK(Decode(body, &message));
    return message;
  };
  if (type == MessageType::kLeadCard) return OnLeadCard(desk, decoded(LeadCard{}));
  if (type == MessageType::kLeadNotice) return OnNotice(desk, decoded(LeadNotice{}));
  if (type == MessageType::kRouteRequest) return OnRequestToRoute(desk, decoded(RouteRequest{}));
  PM_CHECK(type == MessageType::kEvent);
  OnEventOfLead(desk, decoded(Event{}), body);
}

Desk DeskOfRow(Step& step, std::string_view row_key) {
  PM_CHECK(row_key.size() >= 5);
  const uint32_t hash = ReadBigEndian32(row_key.substr(1));
  for (const std::string& name : step.rules.Desks()) {
    if (DeskHash(name) == hash) return {step, name};
  }
  // A desk the rules no longer declare still finishes what it holds. All its reps and pools are of
  // other desks.
  Desk desk(step, "");
  desk.hash = hash;
  return desk;
}

void RunDesk(Step& step, const Input& input) {
  if (const auto* message = std::get_if<Message>(&input)) return OnMessage(step, *message);
  OnDue(step, std::get<RowDue>(input));
}

}  // namespace pm
