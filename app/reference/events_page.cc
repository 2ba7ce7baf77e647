#include <fmt/format.h>

#include "app/reference/member_table.h"
#include "app/reference/pages.h"
#include "model/decode/closed_words.h"
#include "model/outputs/events.h"

namespace pm {
namespace {

constexpr std::string_view kIntroduction =
    R"(# Events, in and out

CloudEvents 1.0 in JSON: one a line in files, one or an array as the body of `POST /v1/events`, or binary mode with `ce-` headers.
Made by `pointsman docs`; `pointsman schema` prints the JSON Schema of everything that comes out.

## In

`id`, `source` and `type` are required. (`source`, `id`) names the event: the same again within seven days changes nothing, other
bytes under that name are a dead letter `id_reused`. `time` is when it happened (left out: when it came; the future is cut to that).

**Modes.** `mode` is `live` (left out: this), `backfill` (the past of the real world), `shadow` (decided, and nobody is to act on it: run it
beside the system you have and compare) or `test` (the whole way of a lead, marked as such). An event acts on what events of its
mode made, and on nothing else; all that follows from it, timers too, is marked with that mode. `shadow` and `test` have people, companies,
leads, turns, caps, queues and absences of their own, so the same person may have a lead in each, and an event may be sent again in
another mode under the same name. Of the live world they know its rules, who is away or has left, and whom a suppression of a domain, a
region or a channel covers; what becomes of a rep live releases their leads too.

| event | `shadow`, `test` | `backfill` |
|---|---|---|
| `lead.submitted`, `lead.updated`, `person.identified` | a person and lead of that mode | fills fields, scores and consents; makes people and leads that wait in nurture; of a live lead only the fields: no cycle begins, nobody is told |
| `site.visited`, `intent.observed`, `product.used`, `touch.machine` | of that mode | points; crosses no threshold of a live lead |
| `touch.recorded`, `meeting.booked` | of that mode | points, and an `unsubscribed` is kept; meets no milestone, ends no cadence |
| `lead.disposed` | of that mode | ends leads of backfills; of a live lead a dead letter `backfill_of_live` |
| `lead.owner_changed` | of that mode | the owner's field; moves no lead |
| `account.upserted` | of that mode | fills; routes nobody, the next live event of a person may |
| `consent.changed`, `suppression.*` | of that mode | as live: who refused in the past is not contacted now. What is allowed again routes nobody by itself |
| `rep.*` | for that mode alone | dead letter `not_in_backfill` |
| `step.*`, `lead.claim`, `lead.accept`, `lead.decline` | of that mode | dead letter `not_in_backfill` |

A lead or person by an id of ours of another mode is unknown: a dead letter `unknown_lead`, or for a request `request.refused`. What a backfill
changes of a live lead (its score, its card, a step that may no longer go out) is marked `live`, for it is so.

**Fields.** A key of `data` is a field's name with or without the part before the dot: `title` is `lead.title` in a form. The last
column below says where a bare key is looked up first. Objects named `lead`, `account`, `submission`, `event`, `rep` and `utm` hold
fields of theirs. Absent leaves a value as it is, `null` clears it, and what means nothing (`N/A`, `-`, `Select`) counts as absent.
Your own fields are declared by `kind: fields`. One such as `submission.country` takes the key `country` from `lead.country`, which then
needs its whole name: `rules check` warns of it ([PM0259](../errors/PM0259.md)).

**Whom it is about**: `lead_id`, `person_id` or `assignment_id` (ours), `external_ids` (`{"system:object": "id"}`), `email`, `phone`,
`anonymous_id`; an account by `domain` or `domains`, a rep by `rep` or `id`. `consent` in a form is `{"email": true, "call": false}`.

**What is wrong with an event.** A fault of one field costs that field; the event is taken. A fault of the envelope, or nobody it could
be about, costs the event. Either way the answer lists every problem with its JSON pointer, and one dead letter an event keeps
them with the bytes as sent. A field that nobody declared is in every answer and counted
(`pointsman_event_problems_total{reason="unknown_field"}`), but written to dead letters once a day for each type of event: declare
it, or stop sending it. Its values are in the recorded input and in the letter; they do not reach a lead.
)";

std::string_view SubjectOf(const EventTypeDecl& decl) {
  switch (decl.subject) {
    case Subject::kPerson:
      return decl.creates ? "a person, made when new" : "a person";
    case Subject::kAccount:
      return "a company, made when new";
    case Subject::kRep:
      return "a rep";
    case Subject::kRequest:
      return "a request: done or refused";
    case Subject::kWide:
      return "a person, or many";
  }
  return "";
}

std::string_view NameOf(Entity entity) {
  switch (entity) {
    case Entity::kLead:
      return "lead";
    case Entity::kAccount:
      return "account";
    case Entity::kSubmission:
      return "submission";
    case Entity::kEvent:
      return "event";
    case Entity::kRep:
      return "rep";
    case Entity::kScore:
      return "score";
  }
  return "";
}

std::string TypesIn() {
  std::string text = "\n| type | about | meaning | bare keys |\n|---|---|---|---|\n";
  for (const EventTypeDecl& decl : kEventTypes) {
    const std::string keys =
        decl.plain == decl.otherwise
            ? std::string(NameOf(decl.plain))
            : fmt::format("{}, {}", NameOf(decl.plain), NameOf(decl.otherwise));
    text +=
        fmt::format("| `{}` | {} | {} | {} |\n", decl.name, SubjectOf(decl), decl.meaning, keys);
  }
  text += "\n### One of each\n\n```json\n";
  for (const EventTypeDecl& decl : kEventTypes) text += ExampleOf(decl.type) + "\n";
  return text + "```\n";
}

std::string Fields() {
  std::string text =
      "\n### Fields\n\nWhat a publisher may set. Personal fields are erased with the person and "
      "never logged.\n\n| field | type | meaning |\n|---|---|---|\n";
  for (const FieldDecl& field : kFields) {
    if (field.set_by != SetBy::kPublisher) continue;
    text += fmt::format("| `{}` | {}{}{} | {} |\n", field.name, TypeName(field.type),
                        field.unit.empty() ? "" : fmt::format(", {}", field.unit),
                        field.personal ? ", personal" : "", field.meaning);
  }
  return text;
}

std::string Words() {
  std::string text =
      "\n### Words\n\nSome fields take certain words only, in any case, with blanks or hyphens; "
      "the "
      "usual other names of them are understood\n(`incoming`, `hard bounce`, `opted out`, `ooo`). "
      "Any other word is a dead letter `invalid_value`, and costs the field or the whole\nevent: a "
      "touch of which we do not know what it was must not count.\n\n| event | field | words | "
      "another word costs |\n|---|---|---|---|\n";
  const FieldTable fields;
  for (const ClosedWords& list : AllClosedWords()) {
    text += fmt::format("| `{}` | `{}` | {} | the {} |\n", DeclOf(list.type).name,
                        fields.Find(list.field)->name, fmt::join(list.words, ", "),
                        list.fatal ? "event" : "field");
  }
  return text;
}

std::string MembersOf(Topic topic) {
  switch (topic) {
    case Topic::kLeads:
      return MemberTable<LeadOutput>();
    case Topic::kAssignments:
      return MemberTable<AssignmentOutput>();
    case Topic::kSla:
      return MemberTable<SlaOutput>();
    case Topic::kCadence:
      return MemberTable<CadenceOutput>();
    case Topic::kDecisions:
      return MemberTable<DecisionOutput>();
    case Topic::kAlerts:
      return MemberTable<AlertOutput>();
    case Topic::kDeadLetters:
      return MemberTable<DeadLetterOutput>();
    case Topic::kPrivacy:
      return MemberTable<PrivacyOutput>();
    case Topic::kHandoffs:
      return "Nothing is published here yet.\n";
  }
  return "";
}

AssignmentOutput RoutedExample() {
  AssignmentOutput out;
  out.decision_id = HashEvent("decision");
  out.occurred_at = *ParseInstant("2026-03-03T15:01:00Z");
  out.lead = {.id = *ParseLeadId("L-95caaaeaf80fa975-e94305e0c51a05d1-1"),
              .account = "acme.example",
              .stage = "assigned",
              .external = {{"hubspot:contact:501"}}};
  out.assignment.seq = 1;
  out.assignment.pool = "strike";
  out.assignment.route = "Hot and unowned";
  out.assignment.reason = "least_loaded";
  out.rep = {.id = "emma", .email = "emma@northwind.example", .name = "Emma Clark"};
  out.manager = "raj";
  out.contact = {.name = "Ann Lee",
                 .title = "VP Sales",
                 .company = "Acme",
                 .email = "ann@acme.example",
                 .phone = "+12125550100",
                 .country = "US",
                 .source = "google",
                 .message = "We grow."};
  out.score = OutScore{75, 31, "A2", {"ICP industry +25", "Decision maker +20", "Form sent +20"}};
  out.priority = "urgent";
  out.desk = "main";
  out.sla = "hot";
  out.sla_due = *ParseInstant("2026-03-03T15:06:00Z");
  out.reason = "hand_raise";
  out.routed_at = out.occurred_at;
  return out;
}

std::string TypesOut() {
  std::string text =
      "\n## Out\n\n`GET /v1/topics/{topic}?after=N`, a page, a long poll or a stream. A type is "
      "the "
      "singular of its topic and the name. `id` is\nthe same whenever the same input is run again; "
      "`subject` is what it is about, `correlationid` the event it all began with,\n`causationid` "
      "what caused it at once, `time` when. Members that are empty are left out.\n\n```json\n";
  text += fmt::format(
      R"({{"specversion":"1.0","id":"{}","source":"pointsman","type":"assignment.routed","time":"2026-03-03T15:01:00Z","subject":"L-95caaaeaf80fa975-e94305e0c51a05d1-1","datacontenttype":"application/json","correlationid":"{}","causationid":"{}","data":{}}})",
      ToText(HashEvent("id")), ToText(HashEvent("root")), ToText(HashEvent("cause")),
      ToJson(RoutedExample()));
  text += "\n```\n";
  for (int number = 0; number < kTopics; ++number) {
    const auto topic = static_cast<Topic>(number);
    text += fmt::format("\n### {}\n\n", TopicName(topic));
    bool any = false;
    for (const OutputTypeDecl& decl : OutputTypes()) {
      if (decl.topic != topic) continue;
      text += fmt::format("{}| `{}` | {} |\n", any ? "" : "| type | meaning |\n|---|---|\n",
                          decl.type, decl.meaning);
      any = true;
    }
    text += (any ? "\n" : "") + MembersOf(topic);
  }
  return text;
}

}  // namespace

std::string EventsPage() {
  return std::string(kIntroduction) + TypesIn() + Words() + Fields() + TypesOut();
}

}  // namespace pm
