#include "app/api/api.h"

#include <charconv>

#include "app/api/parked.h"
#include "base/text/json_writer.h"
#include "base/time/text.h"

namespace pm {

void AddApi(ApiContext& context) {
  AddEventRoutes(context);
  AddTopicRoutes(context);
  AddStateRoutes(context);
  AddParkedRoutes(context.server, ParkedOfEngine(context.engine, context.rules_in_force));
  AddRulesRoutes(context.rules_api);
  AddHealthRoutes(context);
}

void AddHealthRoutes(ApiContext& context) {
  context.server.Handle("GET", "/metrics", [&context](const HttpRequest&, Responder responder) {
    responder.Send({200, "text/plain; version=0.0.4; charset=utf-8", {}, context.metrics.Text()});
  });
  context.server.Handle("GET", "/healthz", [](const HttpRequest&, Responder responder) {
    responder.Send(JsonResponse(200, R"({"status":"ok"})"));
  });
  context.server.Handle("GET", "/readyz", [&context](const HttpRequest&, Responder responder) {
    const bool ready = context.ready();
    responder.Send(JsonResponse(ready ? 200 : 503,
                                ready ? R"({"status":"ready"})" : R"({"status":"catching up"})"));
  });
}

Result<int64_t> QueryNumber(const HttpRequest& request, std::string_view name, int64_t fallback,
                            int64_t low, int64_t high) {
  const std::optional<std::string_view> text = request.Query(name);
  return text ? WholeNumber(*text, name, low, high) : fallback;
}

Result<int64_t> WholeNumber(std::string_view text, std::string_view name, int64_t low,
                            int64_t high) {
  int64_t n = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, n);
  if (error != std::errc() || end != last || n < low || n > high) {
    return Fail(kBadParameter, fmt::format("{} is a whole number of {} to {}", name, low, high));
  }
  return n;
}

Result<Duration> QueryDuration(const HttpRequest& request, std::string_view name,
                               Duration fallback) {
  const std::optional<std::string_view> text = request.Query(name);
  if (!text) return fallback;
  const Result<int64_t> seconds = QueryNumber(request, name, 0, 0, 60);
  if (seconds.has_value()) return Seconds(*seconds);
  const Result<Duration> duration = ParseDuration(*text);
  if (!duration.has_value() || *duration > Minutes(1)) {
    return Fail(kBadParameter, fmt::format("{} is a time such as 2s or 500ms, at most 1m", name));
  }
  return *duration;
}

HttpResponse JsonResponse(int status, std::string body) {
  return {status, "application/json", {}, std::move(body)};
}

bool WantsText(const HttpRequest& request) {
  return request.headers.Find("Accept").value_or("").starts_with("text/plain");
}

HttpResponse TextResponse(std::string body) {
  return {200, "text/plain; charset=utf-8", {}, std::move(body)};
}

HttpResponse EngineTookNothing(const Error& error) {
  HttpResponse response = ProblemResponse(503, error);
  response.headers.Set("Retry-After", "1");
  return response;
}

}  // namespace pm
