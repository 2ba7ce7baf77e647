// POST /v1/events: 202 once what was sent is durable; with `wait=assignment` the assignment.
#include "app/api/api.h"
#include "app/api/posted.h"
#include "engine/runtime/commit_set.h"

namespace pm {
namespace {

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

HttpResponse SubmitError(const Error& error) {
  HttpResponse response = ProblemResponse(503, error);
  response.headers.Set("Retry-After", "1");
  return response;
}

// Answers with the first assignment whose root event is this one as soon as it is readable, or
// `otherwise` when the time is over or the engine stops.
class AssignmentWait : public std::enable_shared_from_this<AssignmentWait> {
 public:
  AssignmentWait(ApiContext& context, EventId root, int64_t after, Instant deadline,
                 HttpResponse otherwise, Responder responder)
      : context_(context),
        root_(ToText(root)),
        after_(after),
        deadline_(deadline),
        otherwise_(std::move(otherwise)),
        responder_(std::move(responder)) {}

  // Reading the topic is not the engine's thread's work.
  void LookSoon() {
    context_.server.After(Duration{}, [self = shared_from_this()] { self->Look(); });
  }

 private:
  void Look() {
    for (bool more = true; more;) {
      if (responder_.gone()) return;
      const auto entries =
          context_.engine.ReadTopic(static_cast<uint8_t>(Topic::kAssignments), after_, 500);
      if (!entries.has_value()) return responder_.Send(std::move(otherwise_));
      for (const LogEntry& entry : *entries) {
        after_ = entry.offset;
        Output output;
        if (DecodeOutput(entry.bytes, &output) && IsAnswer(output)) {
          return responder_.Send(JsonResponse(200, std::move(output.json)));
        }
      }
      more = !entries->empty();
    }
    context_.engine.WaitTopic(Topic::kAssignments, after_, deadline_,
                              [self = shared_from_this()](bool found) {
                                if (found) return self->LookSoon();
                                self->responder_.Send(std::move(self->otherwise_));
                              });
  }

  bool IsAnswer(const Output& output) const {
    const bool kind = output.type == "assignment.routed" || output.type == "assignment.queued" ||
                      output.type == "assignment.claimed" || output.type == "assignment.notified";
    return kind && output.json.find("\"correlationid\":\"" + root_ + "\"") != std::string::npos;
  }

  ApiContext& context_;
  const std::string root_;
  int64_t after_;
  const Instant deadline_;
  HttpResponse otherwise_;
  Responder responder_;
};

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

void Submit(ApiContext& context, Posted posted, WaitQuery wait, Responder responder) {
  struct Pending {
    Posted posted;
    Responder responder;
  };
  std::vector<Submission> submissions;
  for (const PostedEvent& event : posted.events)
    submissions.push_back({event.body, "", Mode::kLive});
  wait.asked = wait.asked && !posted.events.front().refused();
  const int64_t before = context.engine.TopicEnd(Topic::kAssignments) - 1;
  const Instant deadline = context.clock.Now() + wait.timeout;
  auto pending = std::make_shared<Pending>(std::move(posted), std::move(responder));
  const auto done = [&context, pending, wait, before, deadline](const Result<Accepted>& result) {
    Responder& answer = pending->responder;
    CountIn(context.metrics, pending->posted, result.has_value());
    if (!result.has_value()) return answer.Send(SubmitError(result.error()));
    if (!wait.asked) return answer.Send(AnswerTo(pending->posted));
    std::make_shared<AssignmentWait>(context, result->roots.front(), before, deadline,
                                     AnswerTo(pending->posted, true), std::move(answer))
        ->LookSoon();
  };
  const Result<void> taken = context.engine.Submit(std::move(submissions), done);
  if (taken.has_value()) return;
  CountIn(context.metrics, pending->posted, false);
  pending->responder.Send(SubmitError(taken.error()));
}

void Post(ApiContext& context, const HttpRequest& request, Responder responder) {
  auto posted = ReadPosted(request);
  if (!posted.has_value()) return responder.Send(ProblemResponse(posted.error()));
  const Result<WaitQuery> wait = ReadWait(request, posted->is_batch);
  if (!wait.has_value()) return responder.Send(ProblemResponse(400, wait.error()));
  if (posted->events.empty()) return responder.Send(AnswerTo(*posted));
  Look(&*posted, *context.rules_in_force(), context.clock.Now());
  Submit(context, *std::move(posted), *wait, std::move(responder));
}

}  // namespace

void AddEventRoutes(ApiContext& context) {
  context.server.Handle("POST", "/v1/events",
                        [&context](const HttpRequest& request, Responder responder) {
                          Post(context, request, std::move(responder));
                        });
}

}  // namespace pm
