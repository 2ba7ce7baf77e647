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

// What to do about what an engine refuses, where that is known.
std::string NextStep(const Error& error, const std::string& engine) {
  constexpr int kDropsReps = 736, kMovesReps = 737;
  if (error.code == kDropsReps)
    return "send rep.deactivated of them, with release_to, then publish again; or keep them";
  if (error.code == kMovesReps)
    return "send rep.deactivated of them, publish again, then rep.upserted for the new desk";
  return fmt::format("asked {}", engine);
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
  const Error error = ErrorIn(*answer, url);
  *exit_code = Complain(streams, refused ? kExitFailed : kExitUnavailable, error,
                        refused ? NextStep(error, request.engine) : "");
  return std::nullopt;
}

bool IsEngineUrl(std::string_view folder) {
  return folder.starts_with("http://") || folder.starts_with("https://");
}

std::optional<std::vector<RuleFile>> AskRules(const std::string& url, Streams& streams,
                                              int* exit_code) {
  const size_t path = url.find("/v1/");
  std::string engine = url.substr(0, path);
  while (engine.ends_with('/')) engine.pop_back();
  const auto answer = AskEngine(
      {.engine = engine,
       .path = path == std::string::npos ? "/v1/rules/versions/current" : url.substr(path),
       .when_away = "name a rule folder, or a running engine as http://HOST:PORT"},
      streams, exit_code);
  if (!answer) return std::nullopt;
  const Result<JsonNode> json = ParseJson(*answer);
  const JsonNode* sources = json.has_value() ? json->Find("files") : nullptr;
  if (sources == nullptr) {
    *exit_code = Complain(streams, kExitUnavailable,
                          {kEngineSays, fmt::format("{} answered without rules", url)});
    return std::nullopt;
  }
  std::vector<RuleFile> files;
  for (const JsonNode& file : sources->items) {
    files.push_back({std::string(file.Text({"path"})), std::string(file.Text({"text"}))});
  }
  return files;
}

}  // namespace pm
