// GET /v1/topics/{topic}: a page of events, a long poll, or Server-Sent Events.
#include "app/api/api.h"
#include "base/text/json_writer.h"
#include "engine/runtime/commit_set.h"

namespace pm {
namespace {

constexpr int64_t kMaxPage = 1000;
constexpr size_t kMaxPieceBytes = 256 << 10;

std::optional<Topic> FindTopic(std::string_view name) {
  for (int i = 0; i < kTopics; ++i) {
    if (TopicName(static_cast<Topic>(i)) == name) return static_cast<Topic>(i);
  }
  return std::nullopt;
}

HttpResponse CannotRead(const Error& error) {
  const int status = error.code == kBelowFloor ? 410 : error.code == kBeyondEnd ? 416 : 500;
  return ProblemResponse(status, error);
}

// A reader with a position that was never handed out holds one of another data directory, or of one
// that was set back. Waiting there would pass over what comes next.
Result<void> CheckPosition(const Embedded& engine, Topic topic, int64_t after) {
  if (after < engine.TopicEnd(topic)) return {};
  // Entries can be read a moment before the end is told.
  PM_TRY(const auto entry, engine.ReadTopic(static_cast<uint8_t>(topic), after - 1, 1));
  if (!entry.empty()) return {};
  return Fail(kBeyondEnd, fmt::format("after={} is beyond the end of {}: {} comes next", after,
                                      TopicName(topic), engine.TopicEnd(topic)));
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
  if (!entries.has_value()) return responder.Send(CannotRead(entries.error()));
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
    if (stream_.gone()) return;
    const auto entries =
        context_.engine.ReadTopic(static_cast<uint8_t>(topic_), after_, 100, kMaxPieceBytes);
    if (!entries.has_value()) return stream_.Close();
    if (entries->empty()) return AwaitNext();
    std::string piece;
    for (const LogEntry& entry : *entries) {
      Output output;
      PM_CHECK(DecodeOutput(entry.bytes, &output));
      after_ = entry.offset;
      piece += ServerSentEvent(std::to_string(entry.offset), output.type, output.json);
    }
    // A reader far behind sets the pace.
    if (stream_.Write(piece)) stream_.OnSent([self = shared_from_this()] { self->Go(); });
  }

 private:
  void AwaitNext() {
    constexpr Duration kKeepAlive = Seconds(15);
    context_.engine.WaitTopic(topic_, after_, context_.clock.Now() + kKeepAlive,
                              [self = shared_from_this()](bool found) {
                                self->context_.server.After(Duration{}, [self, found] {
                                  if (!found && !self->stream_.Write(": still here\n\n")) return;
                                  self->Go();
                                });
                              });
  }

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
  const bool follows = request.headers.Find("Accept").value_or("").find("text/event-stream") !=
                       std::string_view::npos;
  // A browser that reconnects says where it was.
  const auto last = follows ? request.headers.Find("Last-Event-ID") : std::nullopt;
  const Result<int64_t> after = last ? WholeNumber(*last, "Last-Event-ID", -1, INT64_MAX)
                                     : QueryNumber(request, "after", -1, -1, INT64_MAX);
  const Result<int64_t> limit = QueryNumber(request, "limit", 100, 1, kMaxPage);
  const Result<Duration> wait = QueryDuration(request, "wait", Duration{});
  for (const Error* error :
       {after.has_value() ? nullptr : &after.error(), limit.has_value() ? nullptr : &limit.error(),
        wait.has_value() ? nullptr : &wait.error()}) {
    if (error != nullptr) return responder.Send(ProblemResponse(400, *error));
  }
  const Result<void> position = CheckPosition(context.engine, *topic, *after);
  if (!position.has_value()) return responder.Send(CannotRead(position.error()));
  if (!follows) {
    return SendPage(context, {*topic, *after, *limit, context.clock.Now() + *wait},
                    std::move(responder));
  }
  const auto first = context.engine.ReadTopic(static_cast<uint8_t>(*topic), *after, 1);
  if (!first.has_value()) return responder.Send(CannotRead(first.error()));
  std::make_shared<Follower>(context, *topic, *after, responder.StartStream("text/event-stream"))
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
