// GET /v1/leads/{id}, /v1/leads/{id}/explain and /v1/queues: what is, as of the last commit.
#include "app/api/api.h"
#include "app/views/explanation.h"
#include "app/views/lead_view.h"
#include "app/views/read_rows.h"
#include "base/text/json_writer.h"
#include "base/time/text.h"
#include "engine/stages/desk/records/assignment_row.h"
#include "engine/stages/desk/records/pool_row.h"

namespace pm {
namespace {

constexpr int kShownLeads = 20;

bool WantsText(const HttpRequest& request) {
  return request.headers.Find("Accept").value_or("").starts_with("text/plain");
}

// Answers with what `view` makes of the lead named in the path, as JSON or as text when asked for.
template <class View>
void AnswerLead(ApiContext& context, const HttpRequest& request, Responder responder, View view) {
  const Result<LeadId> id = ParseLeadId(request.Part("id"));
  if (!id.has_value()) return responder.Send(ProblemResponse(400, id.error()));
  const auto seen = view(*context.engine.View(), *id, *context.rules_in_force());
  if (!seen.has_value()) return responder.Send(ProblemResponse(404, seen.error()));
  if (WantsText(request)) {
    return responder.Send({200, "text/plain; charset=utf-8", {}, ToText(*seen)});
  }
  responder.Send(JsonResponse(200, ToJson(*seen)));
}

void WriteWaiting(JsonWriter& w, const StoreView& view, const Pool& pool) {
  const uint32_t desk = DeskHash(pool.desk);
  std::string prefix(1, QueueEntry::kPrefix);
  AppendBigEndian32(&prefix, desk);
  AppendBigEndian(&prefix, Hash64(pool.name));
  std::string after = prefix;
  w.BeginArray();
  for (int n = 0; n < kShownLeads; ++n) {
    const std::optional<std::string> key = view.NextKey(prefix, after);
    if (!key) break;
    after = *key;
    const LeadId lead = LeadOfIndexKey(*key);
    const std::optional<AssignmentRow> row = ReadRow<AssignmentRow>(view, {desk, lead});
    w.BeginObject();
    w.Field("lead_id", ToText(lead));
    if (row) {
      w.Field("queued_at", FormatInstant(row->queued_at));
      w.Field("priority", row->priority);
      w.Field("route", row->route);
    }
    w.EndObject();
  }
  w.EndArray();
}

std::string QueuesBody(const StoreView& view, const RuleBook& rules) {
  std::string body;
  JsonWriter w(&body);
  w.BeginObject();
  w.Key("queues");
  w.BeginArray();
  for (const Pool& pool : rules.pools) {
    const auto row = ReadRow<PoolRow>(view, {DeskHash(pool.desk), pool.name});
    const int64_t waiting = row ? row->queued : 0;
    if (waiting == 0 && pool.strategy != PoolStrategy::kQueue) continue;
    w.BeginObject();
    w.Field("pool", pool.name);
    w.Field("desk", pool.desk);
    w.Field("waiting", waiting);
    w.Key("first");
    WriteWaiting(w, view, pool);
    w.EndObject();
  }
  w.EndArray();
  w.EndObject();
  return body;
}

// Rules that are in force no more are compiled for the answer alone; null: the store lost them.
std::shared_ptr<const RuleBook> FindOrCompile(const RuleLibrary& library, const StoreView& store,
                                              ContentHash hash) {
  if (auto book = library.Find(hash)) return book;
  const auto stored = CompileStored(store, hash, nullptr);
  return stored.has_value() ? *stored : nullptr;
}

}  // namespace

void AddStateRoutes(ApiContext& context) {
  context.server.Handle("GET", "/v1/leads/{id}",
                        [&context](const HttpRequest& request, Responder responder) {
                          AnswerLead(context, request, std::move(responder), &ViewLead);
                        });
  context.server.Handle("GET", "/v1/leads/{id}/explain",
                        [&context](const HttpRequest& request, Responder responder) {
                          AnswerLead(context, request, std::move(responder),
                                     [&](const StoreView& view, LeadId id, const RuleBook& rules) {
                                       return ExplainLead(view, id, rules, [&](ContentHash hash) {
                                         return FindOrCompile(context.rules, view, hash);
                                       });
                                     });
                        });
  context.server.Handle("GET", "/v1/queues", [&context](const HttpRequest&, Responder responder) {
    responder.Send(
        JsonResponse(200, QueuesBody(*context.engine.View(), *context.rules_in_force())));
  });
}

}  // namespace pm
