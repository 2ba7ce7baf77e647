// GET /v1/leads/{id}, /v1/leads/{id}/explain and /v1/queues: what is, as of the last commit.
#include "app/api/api.h"
#include "app/views/desk_names.h"
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

// Answers with what `view` makes of the lead named in the path, as JSON or as text when asked for.
template <class View>
void AnswerLead(ApiContext& context, const HttpRequest& request, Responder responder, View view) {
  const Result<LeadId> id = ParseLeadId(request.Part("id"));
  if (!id.has_value()) return responder.Send(ProblemResponse(400, id.error()));
  const auto seen = view(*context.engine.View(), *id, *context.rules_in_force());
  if (!seen.has_value()) return responder.Send(ProblemResponse(404, seen.error()));
  if (WantsText(request)) return responder.Send(TextResponse(ToText(*seen)));
  responder.Send(JsonResponse(200, ToJson(*seen)));
}

// The first leads of a group of index rows: a pool's queue, or what it holds for its hours.
template <class Entry>
void WriteWaiting(JsonWriter& w, const StoreView& view, World world, const DeskNameKey& pool) {
  const uint32_t desk = pool.desk;
  std::string prefix = StoredKey(world, {&Entry::kPrefix, 1});
  AppendBigEndian32(&prefix, desk);
  AppendBigEndian(&prefix, Hash64(pool.name));
  std::string after = prefix;
  w.BeginArray();
  for (int n = 0; n < kShownLeads; ++n) {
    const std::optional<std::string> key = view.NextKey(prefix, after);
    if (!key) break;
    after = *key;
    const LeadId lead = LeadOfIndexKey(WithoutWorld(*key));
    const std::optional<AssignmentRow> row = ReadRow<AssignmentRow>(view, {desk, lead}, world);
    w.BeginObject();
    w.Field("lead_id", ToText(lead));
    if (row) {
      w.Field("queued_at", FormatInstant(row->queued_at));
      w.Field("priority", row->priority);
      w.Field("route", row->route);
      if (row->place == Place::kHeldForHours) w.Field("held_until", FormatInstant(row->due));
    }
    w.EndObject();
  }
  w.EndArray();
}

using NamedQueue = std::tuple<std::string, World, uint32_t>;

void AddPoolsThatHold(const StoreView& view, World world, std::set<NamedQueue>* pools) {
  const std::string prefix = StoredKey(world, {&PoolRow::kPrefix, 1});
  std::string after = prefix;
  while (const std::optional<std::string> key = view.NextKey(prefix, after)) {
    after = *key;
    const DeskNameKey pool = DeskNameKeyOf(WithoutWorld(*key));
    const auto row = ReadRow<PoolRow>(view, pool, world);
    if (row && row->queued + row->held > 0) pools->emplace(pool.name, world, pool.desk);
  }
}

// The queues of the rules, and whatever else has leads that wait: rows are what counts. By name.
std::set<NamedQueue> PoolsWithQueues(const StoreView& view, const RuleBook& rules) {
  std::set<NamedQueue> pools;
  for (const Pool& pool : rules.pools) {
    if (pool.strategy == PoolStrategy::kQueue)
      pools.emplace(pool.name, World::kLive, DeskHash(pool.desk));
  }
  for (const World world : kWorlds) AddPoolsThatHold(view, world, &pools);
  return pools;
}

std::string QueuesBody(const StoreView& view, const RuleBook& rules) {
  std::string body;
  JsonWriter w(&body);
  w.BeginObject();
  w.Key("queues");
  w.BeginArray();
  for (const auto& [name, world, desk_hash] : PoolsWithQueues(view, rules)) {
    const DeskNameKey pool{desk_hash, name};
    const auto row = ReadRow<PoolRow>(view, pool, world);
    w.BeginObject();
    w.Field("pool", pool.name);
    w.Field("desk", NameDesk(rules, desk_hash));
    if (world != World::kLive) w.Field("mode", ModeName(ModeOf(world)));
    w.Field("waiting", row ? row->queued : 0);
    w.Key("first");
    WriteWaiting<QueueEntry>(w, view, world, pool);
    if (row && row->held > 0) {
      w.Field("held", row->held);
      w.Key("first_held");
      WriteWaiting<HeldEntry>(w, view, world, pool);
    }
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
