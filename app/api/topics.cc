// GET /v1/topics/{topic}: a page of events, a long poll, or Server-Sent Events.
#include "app/api/api.h"
#include "base/text/json_writer.h"
#include "engine/runtime/commit_set.h"

namespace pm {
namespace {

constexpr int64_t kMaxPage = 1000;

std::optional<Topic> FindTopic(std::string_view name) {
  for (int i = 0; i < kTopics; ++i) {
    if (TopicName(static_cast<Topic>(i)) == name) return static_cast<Topic>(i);
  }
  return std::nullopt;
}

HttpResponse BelowFloorResponse(const Error& error) {
  return ProblemResponse(error.code == kBelowFloor ? 410 : 500, error);
}

std::string PageBody(const std::vector<LogEntry>& entries, int64_t after) {
  std::string body;
  JsonWriter w(&body);
  w.BeginObject();
  w.Key("records");
  w.BeginArray();
  int64_t next = after;
  for (const LogEntry& entry : entries) {
    Output output;
    PM_CHECK(DecodeOutput(entry.bytes, &output));
    w.BeginObject();
    w.Field("offset", entry.offset);
    w.Key("event");
    w.Raw(output.json);
    w.EndObject();
    next = entry.offset;
  }
  w.EndArray();
  w.Field("next", next);
  w.EndObject();
  return body;
}

struct Page {
  Topic topic;
  int64_t after;
  int64_t limit;
  Instant deadline;
};

void SendPage(ApiContext& context, const Page& page, Responder responder) {
  const auto entries = context.engine.ReadTopic(static_cast<uint8_t>(page.topic), page.after,
                                                static_cast<size_t>(page.limit));
  if (!entries.has_value()) return responder.Send(BelowFloorResponse(entries.error()));
  if (!entries->empty() || context.clock.Now() >= page.deadline) {
    return responder.Send(JsonResponse(200, PageBody(*entries, page.after)));
  }
  auto shared = std::make_shared<Responder>(std::move(responder));
  context.engine.WaitTopic(page.topic, page.after, page.deadline, [&context, page, shared](bool) {
    // Off the engine's thread; whatever woke us, this read is the last.
    context.server.After(Duration{}, [&context, page, shared] {
      Page last = page;
      last.deadline = Instant{INT64_MIN};
      SendPage(context, last, std::move(*shared));
    });
  });
}

// One client that follows a topic. Keeps itself alive through the wait it has asked for.
class Follower : public std::enable_shared_from_this<Follower> {
 public:
  Follower(ApiContext& context, Topic topic, int64_t after, Stream stream)
      : context_(context), topic_(topic), after_(after), stream_(std::move(stream)) {}

  void Go() {
    for (;;) {
      if (stream_.gone()) return;
      const auto entries = context_.engine.ReadTopic(static_cast<uint8_t>(topic_), after_, 100);
      if (!entries.has_value()) return stream_.Close();
      if (entries->empty()) break;
      for (const LogEntry& entry : *entries) {
        Output output;
        PM_CHECK(DecodeOutput(entry.bytes, &output));
        after_ = entry.offset;
        if (!stream_.Write(
                ServerSentEvent(std::to_string(entry.offset), output.type, output.json))) {
          return;
        }
      }
    }
    constexpr Duration kKeepAlive = Seconds(15);
    context_.engine.WaitTopic(topic_, after_, context_.clock.Now() + kKeepAlive,
                              [self = shared_from_this()](bool found) {
                                self->context_.server.After(Duration{}, [self, found] {
                                  if (!found && !self->stream_.Write(": still here\n\n")) return;
                                  self->Go();
                                });
                              });
  }

 private:
  ApiContext& context_;
  const Topic topic_;
  int64_t after_;
  Stream stream_;
};

void Get(ApiContext& context, const HttpRequest& request, Responder responder) {
  const std::optional<Topic> topic = FindTopic(request.Part("topic"));
  if (!topic) {
    return responder.Send(ProblemResponse(
        404, Error{kNoSuchTopic, fmt::format("there is no topic '{}'", request.Part("topic"))}));
  }
  const Result<int64_t> after = QueryNumber(request, "after", -1, -1, INT64_MAX);
  const Result<int64_t> limit = QueryNumber(request, "limit", 100, 1, kMaxPage);
  const Result<Duration> wait = QueryDuration(request, "wait", Duration{});
  for (const Error* error :
       {after.has_value() ? nullptr : &after.error(), limit.has_value() ? nullptr : &limit.error(),
        wait.has_value() ? nullptr : &wait.error()}) {
    if (error != nullptr) return responder.Send(ProblemResponse(400, *error));
  }
  const std::string_view accept = request.headers.Find("Accept").value_or("");
  if (accept.find("text/event-stream") == std::string_view::npos) {
    return SendPage(context, {*topic, *after, *limit, context.clock.Now() + *wait},
                    std::move(responder));
  }
  int64_t from = *after;
  if (const auto last = request.headers.Find("Last-Event-ID")) {
    HttpRequest resumed;
    resumed.query = {{"after", std::string(*last)}};
    from = QueryNumber(resumed, "after", from, -1, INT64_MAX).value_or(from);
  }
  const auto first = context.engine.ReadTopic(static_cast<uint8_t>(*topic), from, 1);
  if (!first.has_value()) return responder.Send(BelowFloorResponse(first.error()));
  std::make_shared<Follower>(context, *topic, from, responder.StartStream("text/event-stream"))
      ->Go();
}

}  // namespace

void AddTopicRoutes(ApiContext& context) {
  context.server.Handle("GET", "/v1/topics/{topic}",
                        [&context](const HttpRequest& request, Responder responder) {
                          Get(context, request, std::move(responder));
                        });
}

}  // namespace pm
