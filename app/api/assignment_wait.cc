#include "app/api/assignment_wait.h"

#include "app/views/find_lead.h"
#include "base/text/json_writer.h"
#include "engine/runtime/commit_set.h"

namespace pm {
namespace {

bool IsAnswer(const Output& output, EventId root) {
  const bool kind = output.type == "assignment.routed" || output.type == "assignment.queued" ||
                    output.type == "assignment.claimed" || output.type == "assignment.notified";
  return kind &&
         output.json.find("\"correlationid\":\"" + ToText(root) + "\"") != std::string::npos;
}

// A hold or a review ends by itself; all else waits for another event.
bool MayStillRoute(const account::LeadRow& lead) {
  return lead.place == account::LeadPlace::kHeld ||
         (lead.place == account::LeadPlace::kScreened && lead.due != kNever);
}

// In the form of the event that told it first, as far as a reader of that event looks.
std::string KnownBody(LeadId lead, const LeadRows& rows, const RuleBook& rules) {
  const AssignmentRow& row = *rows.assignment;
  OutAssignment assignment;
  assignment.id = {DeskHash(rows.lead.desk), lead, row.seq};
  assignment.seq = row.seq;
  assignment.pool = row.pool;
  assignment.route = row.route;
  assignment.reason = row.reason;
  const OutLead out_lead{lead, rows.lead.person, rows.account_domain, rows.lead.stage, {}};
  std::string body;
  JsonWriter w(&body);
  w.BeginObject();
  w.Field("type", row.rep.empty() ? "assignment.queued" : "assignment.routed");
  w.Field("known", true);
  w.Key("data");
  w.BeginObject();
  w.Key("lead");
  w.Raw(ToJson(out_lead));
  w.Key("assignment");
  w.Raw(ToJson(assignment));
  if (!row.rep.empty()) {
    OutRep rep{.id = row.rep, .email = {}, .name = {}, .external = {}};
    if (const RosterRep* known = rules.FindRep(row.rep)) {
      rep.email = known->email;
      rep.name = known->name;
    }
    w.Key("rep");
    w.Raw(ToJson(rep));
  }
  w.EndObject();
  w.EndObject();
  return body;
}

}  // namespace

AssignmentWait::AssignmentWait(ApiContext& context, Wanted wanted, HttpResponse otherwise,
                               Responder responder)
    : context_(context),
      wanted_(std::move(wanted)),
      otherwise_(std::move(otherwise)),
      responder_(std::move(responder)) {}

void AssignmentWait::Look() {
  if (!responder_.gone() && !AnswerFromTopic() && !AnswerFromLead()) AwaitNext();
}

bool AssignmentWait::AnswerFromTopic() {
  for (;;) {
    const auto entries =
        context_.engine.ReadTopic(static_cast<uint8_t>(Topic::kAssignments), wanted_.after, 500);
    // Trimmed from under us: the lead's rows know.
    if (!entries.has_value() || entries->empty()) return false;
    for (const LogEntry& entry : *entries) {
      wanted_.after = entry.offset;
      Output output;
      if (!DecodeOutput(entry.bytes, &output) || !IsAnswer(output, wanted_.root)) continue;
      responder_.Send(JsonResponse(200, std::move(output.json)));
      return true;
    }
  }
}

bool AssignmentWait::AnswerFromLead() {
  const std::unique_ptr<StoreView> view = context_.engine.View();
  const std::optional<LeadId> lead = FindLead(*view, wanted_.event);
  if (lead) {
    const Result<LeadRows> rows = ReadLead(*view, *lead);
    if (rows.has_value() && rows->assignment.has_value()) {
      responder_.Send(JsonResponse(200, KnownBody(*lead, *rows, *context_.rules_in_force())));
      return true;
    }
    if (rows.has_value() && MayStillRoute(rows->lead)) return false;
  }
  responder_.Send(std::move(otherwise_));
  return true;
}

void AssignmentWait::AwaitNext() {
  context_.engine.WaitTopic(Topic::kAssignments, wanted_.after, wanted_.deadline,
                            [self = shared_from_this()](bool found) {
                              if (!found) return self->responder_.Send(std::move(self->otherwise_));
                              // Reading is not the engine's thread's work.
                              self->context_.server.After(Duration{}, [self] { self->Look(); });
                            });
}

}  // namespace pm
