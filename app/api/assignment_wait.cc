#include "app/api/assignment_wait.h"

#include "app/views/find_lead.h"
#include "base/text/json_writer.h"

namespace pm {
namespace {

// A hold or a review that is over before the deadline.
bool EndsInTime(const account::LeadRow& lead, Instant deadline) {
  const bool waits =
      lead.place == account::LeadPlace::kHeld || lead.place == account::LeadPlace::kScreened;
  return waits && lead.due <= deadline;
}

PostOutcome OutcomeOf(LeadId id, const account::LeadRow& lead) {
  PostOutcome out{std::string(account::PlaceName(lead.place)), id, {}, lead.due};
  switch (lead.place) {
    case account::LeadPlace::kNurture:
      if (lead.waits) out.is = "suppressed";
      if (!lead.waits && lead.mode == Mode::kBackfill) out.is = "backfill";
      out.reason = lead.pending;
      break;
    case account::LeadPlace::kScreened:
      out.reason = lead.screened_as;
      break;
    case account::LeadPlace::kHeld:
      out.reason = lead.pending;
      break;
    case account::LeadPlace::kClosed:
      out.reason = lead.end_reason;
      break;
    case account::LeadPlace::kQueued:
    case account::LeadPlace::kAssigned:
      out.is = "routing";  // a desk has it, but has not said so yet
      break;
  }
  return out;
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

AssignmentWait::AssignmentWait(ApiContext& context, Wanted wanted, Posted posted,
                               Responder responder)
    : context_(context),
      wanted_(std::move(wanted)),
      posted_(std::move(posted)),
      responder_(std::move(responder)) {}

void AssignmentWait::Look() {
  if (responder_.gone()) return;
  AssignmentFeed::Looked looked = wanted_.ticket->Find(wanted_.root);
  if (looked.json) return responder_.Send(JsonResponse(200, *std::move(looked.json)));
  const std::optional<Lead> lead = FindRows();
  if (lead && lead->rows.assignment.has_value()) return AnswerKnown(*lead);
  const bool in_time = lead && EndsInTime(lead->rows.lead, wanted_.deadline);
  if (!in_time || context_.clock.Now() >= wanted_.deadline) return AnswerOutcome(lead);
  AwaitNext(looked.read);
}

std::optional<AssignmentWait::Lead> AssignmentWait::FindRows() const {
  const std::unique_ptr<StoreView> view = context_.engine.View();
  const std::optional<LeadId> id = FindLead(*view, wanted_.event, WorldOf(wanted_.mode));
  if (!id) return std::nullopt;
  Result<LeadRows> rows = ReadLead(*view, *id);
  if (!rows.has_value()) return std::nullopt;
  return Lead{*id, *std::move(rows)};
}

void AssignmentWait::AnswerKnown(const Lead& lead) {
  responder_.Send(JsonResponse(200, KnownBody(lead.id, lead.rows, *context_.rules_in_force())));
}

void AssignmentWait::AnswerOutcome(const std::optional<Lead>& lead) {
  const PostOutcome outcome =
      lead ? OutcomeOf(lead->id, lead->rows.lead) : PostOutcome{.is = "no_lead"};
  responder_.Send(AnswerTo(posted_, &outcome));
}

void AssignmentWait::AwaitNext(int64_t after) {
  const auto wake = [self = shared_from_this()](bool found) {
    // Reading is not the engine's thread's work.
    self->context_.server.After(Duration{}, [self, found] {
      found ? self->Look() : self->AnswerOutcome(self->FindRows());
    });
  };
  context_.engine.WaitTopic(Topic::kAssignments, after, wanted_.deadline, wake);
}

}  // namespace pm
