// POST /v1/events: 202 once what was sent is durable; with `wait=assignment` the assignment.
#include <map>

#include "app/api/api.h"
#include "app/api/assignment_wait.h"
#include "app/api/posted.h"
#include "engine/runtime/commit_set.h"
#include "model/decode/json_tree.h"

namespace pm {
namespace {

constexpr char kIdReused[] = "id_reused";

void CountIn(EngineMetrics& metrics, const Posted& posted, bool taken) {
  for (const PostedEvent& event : posted.events) {
    const EventResult result = !taken                   ? EventResult::kUnavailable
                               : event.refused()        ? EventResult::kRefused
                               : event.problems.empty() ? EventResult::kAccepted
                                                        : EventResult::kIncomplete;
    metrics.CountIn(event.type, result);
    if (!taken) continue;
    for (const DecodeProblem& problem : event.problems) metrics.CountProblem(problem.reason);
  }
}

struct WaitQuery {
  bool asked = false;
  Duration timeout;
};

Result<WaitQuery> ReadWait(const HttpRequest& request, bool is_batch) {
  WaitQuery query;
  PM_TRY(query.timeout, QueryDuration(request, "timeout", Seconds(2)));
  const std::optional<std::string_view> wait = request.Query("wait");
  if (!wait) return query;
  if (*wait != "assignment") return Fail(kBadParameter, "wait is assignment");
  if (is_batch) return Fail(kBadParameter, "wait=assignment is for one event, not for a batch");
  query.asked = true;
  return query;
}

// A posted request on its way through the engine.
struct Pending {
  ApiContext& context;
  Posted posted;
  WaitQuery wait;
  Instant deadline;
  std::unique_ptr<AssignmentFeed::Ticket> ticket;  // when it waits; from before it was taken
  int64_t letters;                                 // last dead letter before it was taken
  Responder responder;
};

// Only the stages know what (source, id) came before; their dead letters are in the same commit.
void FindReusedIds(Pending* pending) {
  if (pending->context.engine.TopicEnd(Topic::kDeadLetters) == pending->letters + 1) return;
  std::map<std::string, size_t, std::less<>> places;
  for (size_t i = 0; i < pending->posted.events.size(); ++i)
    places.emplace(ToText(pending->posted.events[i].root), i);
  for (;;) {
    const auto entries = pending->context.engine.ReadTopic(
        static_cast<uint8_t>(Topic::kDeadLetters), pending->letters, 100);
    if (!entries.has_value() || entries->empty()) return;
    for (const LogEntry& entry : *entries) {
      pending->letters = entry.offset;
      Output output;
      if (!DecodeOutput(entry.bytes, &output)) continue;
      const Result<JsonNode> json = ParseJson(output.json);
      if (!json.has_value() || json->Text({"data", "reason"}) != kIdReused) continue;
      const auto place = places.find(json->Text({"correlationid"}));
      if (place == places.end()) continue;
      pending->posted.events[place->second].problems.push_back(
          {"/id", kIdReused, std::string(json->Text({"data", "detail"})), true});
    }
  }
}

// On a thread of the server, once all of it is durable.
void Answer(Pending& pending) {
  FindReusedIds(&pending);
  CountIn(pending.context.metrics, pending.posted, true);
  const PostedEvent& first = pending.posted.events.front();
  if (!pending.wait.asked || first.refused()) {
    return pending.responder.Send(AnswerTo(pending.posted));
  }
  AssignmentWait::Wanted wanted{first.root, first.event, first.mode, pending.deadline,
                                std::move(pending.ticket)};
  std::make_shared<AssignmentWait>(pending.context, std::move(wanted), std::move(pending.posted),
                                   std::move(pending.responder))
      ->Look();
}

void Decline(Pending& pending, const Error& error) {
  CountIn(pending.context.metrics, pending.posted, false);
  pending.responder.Send(EngineTookNothing(error));
}

void Submit(ApiContext& context, const std::shared_ptr<AssignmentFeed>& feed, Posted posted,
            WaitQuery wait, Responder responder) {
  std::vector<Submission> submissions;
  for (const PostedEvent& event : posted.events)
    submissions.push_back({event.body, "", Mode::kLive});
  auto pending = std::make_shared<Pending>(
      Pending{context, std::move(posted), wait, context.clock.Now() + wait.timeout,
              wait.asked ? std::make_unique<AssignmentFeed::Ticket>(feed) : nullptr,
              context.engine.TopicEnd(Topic::kDeadLetters) - 1, std::move(responder)});
  const auto done = [pending](const Result<Accepted>& result) {
    if (!result.has_value()) return Decline(*pending, result.error());
    for (size_t i = 0; i < result->roots.size(); ++i)
      pending->posted.events[i].root = result->roots[i];
    // Reading topics is not the engine's thread's work.
    pending->context.server.After(Duration{}, [pending] { Answer(*pending); });
  };
  const Result<void> taken = context.engine.Submit(std::move(submissions), done);
  if (!taken.has_value()) Decline(*pending, taken.error());
}

void Post(ApiContext& context, const std::shared_ptr<AssignmentFeed>& feed,
          const HttpRequest& request, Responder responder) {
  auto posted = ReadPosted(request);
  if (!posted.has_value()) return responder.Send(ProblemResponse(posted.error()));
  const Result<WaitQuery> wait = ReadWait(request, posted->is_batch);
  if (!wait.has_value()) return responder.Send(ProblemResponse(400, wait.error()));
  if (posted->events.empty()) return responder.Send(AnswerTo(*posted));
  Look(&*posted, *context.rules_in_force(), context.clock.Now());
  Submit(context, feed, *std::move(posted), *wait, std::move(responder));
}

}  // namespace

void AddEventRoutes(ApiContext& context) {
  context.server.Handle("POST", "/v1/events",
                        [&context, feed = std::make_shared<AssignmentFeed>(context.engine)](
                            const HttpRequest& request, Responder responder) {
                          Post(context, feed, request, std::move(responder));
                        });
}

}  // namespace pm
