#include "app/commands/ask_engine.h"

#include <fmt/format.h>

#include <charconv>

#include "model/decode/json_tree.h"

namespace pm {
namespace {

constexpr int kEngineSays = 713;

// What a problem of ours says; of somebody else's server the answer as it stands.
Error ErrorIn(const HttpResponse& answer, const std::string& url) {
  const Result<JsonNode> problem = ParseJson(answer.body);
  const std::string_view detail = problem.has_value() ? problem->Text({"detail"}) : "";
  if (detail.empty()) {
    return {kEngineSays,
            fmt::format("{} answered {}: {}", url, answer.status, answer.body.substr(0, 500))};
  }
  const std::string_view name = problem->Text({"code"});
  int code = kEngineSays;
  if (name.starts_with("PM")) std::from_chars(name.data() + 2, name.data() + name.size(), code);
  return {code, std::string(detail)};
}

}  // namespace

std::string EngineUrl(const Arguments& arguments, std::string_view option) {
  std::string url =
      arguments.Has(option) ? arguments.Text(option) : std::string("http://127.0.0.1:8080");
  while (url.ends_with('/')) url.pop_back();
  return url;
}

std::optional<std::string> AskEngine(const EngineRequest& request, Streams& streams,
                                     int* exit_code) {
  HttpClient client;
  const std::string url = request.engine + request.path;
  Headers headers = {
      {"Accept", request.wants_text ? "text/plain, application/json" : "application/json"}};
  if (!request.body.empty()) headers.Set("Content-Type", "application/json");
  const Result<HttpResponse> answer = client.Send(request.method, url, headers, request.body);
  if (!answer.has_value()) {
    *exit_code = Complain(streams, kExitUnavailable, answer.error(), request.when_away);
    return std::nullopt;
  }
  if (answer->status == 200) return answer->body;
  const bool refused = answer->status >= 400 && answer->status < 500;
  *exit_code = Complain(streams, refused ? kExitFailed : kExitUnavailable, ErrorIn(*answer, url),
                        refused ? fmt::format("asked {}", request.engine) : "");
  return std::nullopt;
}

}  // namespace pm
