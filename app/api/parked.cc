// GET /v1/parked and POST /v1/parked/{id}/retry, /v1/parked/retry: timers that stand still since
// their step failed, and their second try, which is a record in the input like any other.
#include "app/api/api.h"
#include "app/views/parked_rows.h"
#include "base/text/json_writer.h"

namespace pm {
namespace {

constexpr int64_t kMaxPage = 1000;
constexpr size_t kMostRetries = 1000;  // in one request

void AnswerList(ApiContext& context, const HttpRequest& request, Responder responder) {
  const Result<int64_t> limit = QueryNumber(request, "limit", 100, 1, kMaxPage);
  if (!limit.has_value()) return responder.Send(ProblemResponse(400, limit.error()));
  ParkedList list =
      ListParked(*context.engine.View(), *context.rules_in_force(), static_cast<size_t>(*limit));
  list.count = std::max(list.count, context.engine.status().parked);
  responder.Send(WantsText(request) ? TextResponse(ToText(list)) : JsonResponse(200, ToJson(list)));
}

std::string RetriedBody(const std::vector<std::string>& rows) {
  std::string body;
  JsonWriter w(&body);
  w.BeginObject();
  w.Key("retried");
  w.BeginArray();
  for (const std::string& row : rows) w.String(ParkedId(row));
  w.EndArray();
  w.EndObject();
  return body;
}

// Answers once the records are durable: the timers then fire with the next tick.
void Retry(ApiContext& context, std::vector<std::string> rows, Responder responder) {
  if (rows.empty()) return responder.Send(JsonResponse(200, RetriedBody(rows)));
  auto answer = std::make_shared<Responder>(std::move(responder));
  const auto done = [answer, body = RetriedBody(rows)](const Result<Accepted>& accepted) {
    answer->Send(accepted.has_value() ? JsonResponse(200, body)
                                      : EngineTookNothing(accepted.error()));
  };
  const Result<void> taken = context.engine.Retry(std::move(rows), done);
  if (!taken.has_value()) answer->Send(EngineTookNothing(taken.error()));
}

}  // namespace

void AddParkedRoutes(ApiContext& context) {
  context.server.Handle("GET", "/v1/parked",
                        [&context](const HttpRequest& request, Responder responder) {
                          AnswerList(context, request, std::move(responder));
                        });
  context.server.Handle(
      "POST", "/v1/parked/{id}/retry", [&context](const HttpRequest& request, Responder responder) {
        const std::string_view id = request.Part("id");
        auto row = FindParked(*context.engine.View(), id);
        if (!row) {
          return responder.Send(
              ProblemResponse(404, {kNotParked, fmt::format("no parked row has the id {}", id)}));
        }
        Retry(context, {*std::move(row)}, std::move(responder));
      });
  context.server.Handle(
      "POST", "/v1/parked/retry", [&context](const HttpRequest&, Responder responder) {
        Retry(context, ParkedKeys(*context.engine.View(), kMostRetries), std::move(responder));
      });
}

}  // namespace pm
