// POST /v1/events: one event, a batch, or CloudEvents in binary mode. 202 once it is durable.
#include <map>
#include <mutex>

#include "app/api/api.h"
#include "base/text/json_writer.h"
#include "engine/runtime/commit_set.h"
#include "model/decode/decode.h"
#include "model/decode/json_tree.h"

namespace pm {
namespace {

constexpr size_t kMaxBatch = 10'000;

struct Posted {
  std::vector<std::string> bodies;
  std::vector<std::string> ids;
  struct Found {
    size_t index;
    DecodeProblem problem;
  };
  std::vector<Found> problems;
  bool single = true;
};

std::string_view MediaType(const HttpRequest& request) {
  std::string_view type = request.headers.Find("Content-Type").value_or("application/json");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return type;
}

// CloudEvents binary mode: attributes are `ce-` headers, the body is `data`.
std::string FromBinary(const HttpRequest& request) {
  std::string event;
  JsonWriter w(&event);
  w.BeginObject();
  for (const auto& [name, value] : request.headers) {
    if (name.size() > 3 && EqualWithoutCase(std::string_view(name).substr(0, 3), "ce-")) {
      std::string attribute;
      for (const char c : std::string_view(name).substr(3)) {
        attribute += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      }
      w.Field(attribute, value);
    }
  }
  const bool json = ParseJson(request.body).has_value();
  if (!request.body.empty()) w.Key("data");
  if (json) {
    w.Raw(request.body);
  } else if (!request.body.empty()) {
    w.String(request.body);  // refused by the decoder, and recorded as it was sent
  }
  w.EndObject();
  return event;
}

Result<Posted> ReadBodies(const HttpRequest& request) {
  Posted posted;
  if (request.headers.Find("ce-id") || request.headers.Find("ce-type")) {
    posted.bodies.push_back(FromBinary(request));
    return posted;
  }
  const std::string_view type = MediaType(request);
  const bool known = type == "application/json" || type.starts_with("application/cloudevents") ||
                     type == "text/json" || type == "application/x-www-form-urlencoded";
  if (!known) {
    return Fail(kWrongMediaType,
                fmt::format("'{}': send application/json or application/cloudevents+json", type));
  }
  const Result<std::vector<std::string_view>> events = SplitBatch(request.body);
  if (!events.has_value()) {
    posted.bodies.push_back(request.body);  // no JSON: still recorded, as a dead letter
    return posted;
  }
  if (events->size() > kMaxBatch) {
    return Fail(kBadEvent,
                fmt::format("{} events; a batch has at most {}", events->size(), kMaxBatch));
  }
  posted.single = events->size() == 1 && events->front().size() == request.body.size();
  posted.bodies.assign(events->begin(), events->end());
  return posted;
}

// An early look, so that the publisher learns at once what the engine will say of each event.
void Look(Posted* posted, const RuleBook& rules, Instant now) {
  DecodeRules decode{rules.fields(), {}};
  for (size_t i = 0; i < posted->bodies.size(); ++i) {
    DecodedEvent decoded = DecodeEvent(posted->bodies[i], decode, now);
    posted->ids.push_back(decoded.event.id);
    for (DecodeProblem& problem : decoded.problems)
      posted->problems.push_back({i, std::move(problem)});
  }
}

bool Refused(const Posted& posted) {
  return posted.single && std::ranges::any_of(posted.problems, [](const Posted::Found& f) {
           return f.problem.fatal;
         });
}

HttpResponse Refusal(const Posted& posted) {
  Problem problem{.status = 400,
                  .code = kBadEvent,
                  .detail = "the event cannot be understood; it is kept in dead-letters"};
  for (const Posted::Found& f : posted.problems) {
    problem.errors.push_back({f.problem.pointer, f.problem.detail});
  }
  return ProblemResponse(problem);
}

std::string AcceptedBody(const Posted& posted) {
  std::string body;
  JsonWriter w(&body);
  w.BeginObject();
  w.Field("accepted", static_cast<int64_t>(posted.bodies.size()));
  w.Key("ids");
  w.BeginArray();
  for (const std::string& id : posted.ids) w.String(id);
  w.EndArray();
  w.Key("problems");
  w.BeginArray();
  for (const Posted::Found& f : posted.problems) {
    w.BeginObject();
    w.Field("index", static_cast<int64_t>(f.index));
    w.Field("pointer", f.problem.pointer);
    w.Field("reason", f.problem.reason);
    w.Field("detail", f.problem.detail);
    w.EndObject();
  }
  w.EndArray();
  w.EndObject();
  return body;
}

HttpResponse SubmitError(const Error& error) {
  if (error.code == kTooLarge) return ProblemResponse(413, error);
  HttpResponse response = ProblemResponse(503, error);
  response.headers.Set("Retry-After", "1");
  return response;
}

// Waits until an assignment whose correlation is one of `roots` is readable, or the time is over.
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

  void Look() {
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
    if (!entries->empty()) return Look();
    context_.engine.WaitTopic(Topic::kAssignments, after_, deadline_,
                              [self = shared_from_this()](bool found) {
                                if (found) {
                                  self->Look();
                                } else {
                                  self->responder_.Send(std::move(self->otherwise_));
                                }
                              });
  }

 private:
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

void Post(ApiContext& context, HttpRequest request, Responder responder) {
  Result<Posted> read = ReadBodies(request);
  if (!read.has_value()) {
    return responder.Send(
        ProblemResponse(read.error().code == kWrongMediaType ? 415 : 400, read.error()));
  }
  const std::string_view wait = request.Query("wait").value_or("");
  const Result<Duration> timeout = QueryDuration(request, "timeout", Seconds(2));
  if (!timeout.has_value()) return responder.Send(ProblemResponse(400, timeout.error()));
  if (!wait.empty() && wait != "assignment") {
    return responder.Send(ProblemResponse(400, Error{kBadParameter, "wait is assignment"}));
  }
  if (read->bodies.empty()) {
    return responder.Send(JsonResponse(202, AcceptedBody(*read)));
  }
  const std::shared_ptr<const RuleBook> rules =
      context.rules.Find(context.engine.status().meta.rules);
  if (rules != nullptr) Look(&*read, *rules, context.clock.Now());
  std::vector<Submission> submissions;
  for (const std::string& body : read->bodies) submissions.push_back({body, "", Mode::kLive});
  const int64_t before = context.engine.TopicEnd(Topic::kAssignments) - 1;
  const Instant deadline = context.clock.Now() + *timeout;
  const bool waits = !wait.empty() && read->single;
  auto shared =
      std::make_shared<std::pair<Posted, Responder>>(*std::move(read), std::move(responder));
  const Result<void> taken = context.engine.Submit(
      std::move(submissions),
      [&context, shared, before, deadline, waits](const Result<Accepted>& result) {
        auto& [posted, answer] = *shared;
        if (!result.has_value()) return answer.Send(SubmitError(result.error()));
        if (Refused(posted)) return answer.Send(Refusal(posted));
        HttpResponse accepted = JsonResponse(202, AcceptedBody(posted));
        if (!waits) return answer.Send(std::move(accepted));
        // Off the engine's thread: reading the topic is not its work.
        auto look =
            std::make_shared<AssignmentWait>(context, result->roots.front(), before, deadline,
                                             std::move(accepted), std::move(answer));
        context.server.After(Duration{}, [look] { look->Look(); });
      });
  if (!taken.has_value()) shared->second.Send(SubmitError(taken.error()));
}

}  // namespace

void AddEventRoutes(ApiContext& context) {
  context.server.Handle("POST", "/v1/events", [&context](HttpRequest request, Responder responder) {
    Post(context, std::move(request), std::move(responder));
  });
}

}  // namespace pm
