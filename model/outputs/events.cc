#include "model/outputs/events.h"

namespace pm {
namespace {

constexpr auto kTypes = std::to_array<OutputTypeDecl>({
    {"lead.created", Topic::kLeads, "A sales cycle of a person began."},
    {"lead.scored", Topic::kLeads, "A score or grade changed."},
    {"lead.stage_changed", Topic::kLeads, "The lifecycle stage changed."},
    {"lead.held", Topic::kLeads, "Routing waits for enrichment."},
    {"lead.screened", Topic::kLeads, "Screening took it out; listed, counted, releasable."},
    {"lead.merged", Topic::kLeads, "Two leads of one person became one."},
    {"lead.moved", Topic::kLeads, "The person's state moved to another home."},
    {"lead.recycled", Topic::kLeads, "The lead went back to nurture."},
    {"lead.disqualified", Topic::kLeads, "The lead was disqualified."},
    {"assignment.routed", Topic::kAssignments, "A rep has the lead."},
    {"assignment.queued", Topic::kAssignments, "The lead waits in a pool's queue."},
    {"assignment.claimed", Topic::kAssignments, "A rep took it from a queue."},
    {"assignment.accepted", Topic::kAssignments, "The rep took it on."},
    {"assignment.declined", Topic::kAssignments, "The rep gave it back."},
    {"assignment.reassigned", Topic::kAssignments, "The SLA's ladder gave it to another rep."},
    {"assignment.released", Topic::kAssignments, "An absent rep's lead was set free."},
    {"assignment.transferred", Topic::kAssignments, "A person gave it to another rep."},
    {"assignment.withdrawn", Topic::kAssignments, "It ended without the rep's doing."},
    {"assignment.expired", Topic::kAssignments,
     "A claim was not worked and returned to its queue."},
    {"assignment.notified", Topic::kAssignments, "The owner is told of another submission."},
    {"request.done", Topic::kAssignments, "A request took effect."},
    {"request.refused", Topic::kAssignments, "A request lost, with the reason."},
    {"sla.started", Topic::kSla, "A milestone began."},
    {"sla.warning", Topic::kSla, "A rung before the due."},
    {"sla.met", Topic::kSla, "A milestone was met in time."},
    {"sla.breached", Topic::kSla, "A milestone was missed."},
    {"sla.escalated", Topic::kSla, "A rung after the due."},
    {"sla.amended", Topic::kSla, "Later evidence changed a verdict."},
    {"sla.paused", Topic::kSla, "The clock stands."},
    {"sla.resumed", Topic::kSla, "The clock runs again."},
    {"sla.rescheduled", Topic::kSla, "A due moved."},
    {"sla.cancelled", Topic::kSla, "The run ended without a verdict."},
    {"cadence.enrolled", Topic::kCadence, "A lead entered a cadence."},
    {"cadence.step_due", Topic::kCadence, "Carry this step out."},
    {"cadence.step_cancelled", Topic::kCadence, "Do not carry it out any more."},
    {"cadence.step_rescheduled", Topic::kCadence, "Carry it out at another time."},
    {"cadence.step_closed", Topic::kCadence, "A step ended: done, skipped, failed, lapsed."},
    {"cadence.moved", Topic::kCadence, "It goes on by the cadence as the rules say it now."},
    {"cadence.paused", Topic::kCadence, "The enrolment stands."},
    {"cadence.resumed", Topic::kCadence, "The enrolment goes on."},
    {"cadence.exited", Topic::kCadence, "The lead left the cadence before its end."},
    {"cadence.finished", Topic::kCadence, "The last step closed."},
    {"privacy.consent_changed", Topic::kPrivacy, "A person allowed or refused a channel."},
    {"privacy.suppressed", Topic::kPrivacy, "A suppression was added or removed."},
    {"decision.made", Topic::kDecisions, "Facts and verdict of a decision."},
    {"alert.raised", Topic::kAlerts, "Somebody should look."},
    {"dead_letter.written", Topic::kDeadLetters, "An event could not be understood or applied."},
});

template <class E>
void DataSchema(JsonWriter& w) {
  w.BeginObject();
  describe_internal::WriteSchemaOf<E>(w);
  w.EndObject();
}

void DataSchemaOf(Topic topic, JsonWriter& w) {
  switch (topic) {
    case Topic::kLeads:
      return DataSchema<LeadOutput>(w);
    case Topic::kAssignments:
      return DataSchema<AssignmentOutput>(w);
    case Topic::kSla:
      return DataSchema<SlaOutput>(w);
    case Topic::kCadence:
      return DataSchema<CadenceOutput>(w);
    case Topic::kDecisions:
      return DataSchema<DecisionOutput>(w);
    case Topic::kAlerts:
      return DataSchema<AlertOutput>(w);
    case Topic::kDeadLetters:
      return DataSchema<DeadLetterOutput>(w);
    case Topic::kPrivacy:
      return DataSchema<PrivacyOutput>(w);
    case Topic::kHandoffs:
      return w.Raw("true");
  }
}

void StringSchema(JsonWriter& w, std::string_view name, std::string_view constant = "") {
  w.Key(name);
  w.BeginObject();
  w.Field("type", "string");
  if (!constant.empty()) w.Field("const", constant);
  w.EndObject();
}

}  // namespace

std::span<const OutputTypeDecl> OutputTypes() { return kTypes; }

std::string OutputSchema(std::string_view type) {
  const auto it = std::ranges::find(kTypes, type, &OutputTypeDecl::type);
  if (it == kTypes.end()) return {};
  std::string out;
  JsonWriter w(&out);
  w.BeginObject();
  w.Field("$schema", "https://json-schema.org/draft/2020-12/schema");
  w.Field("title", type);
  w.Field("description", it->meaning);
  w.Field("type", "object");
  w.Key("required");
  w.Raw(R"(["specversion","id","source","type","time","data"])");
  w.Field("additionalProperties", false);
  w.Key("properties");
  w.BeginObject();
  StringSchema(w, "specversion", "1.0");
  StringSchema(w, "type", type);
  for (const std::string_view name :
       {"id", "source", "subject", "time", "datacontenttype", "correlationid", "causationid"}) {
    StringSchema(w, name);
  }
  w.Key("data");
  DataSchemaOf(it->topic, w);
  w.EndObject();
  w.EndObject();
  return out;
}

}  // namespace pm
