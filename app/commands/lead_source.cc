#include "app/commands/lead_source.h"

#include <fmt/format.h>

#include <ostream>

#include "app/commands/load_rules.h"
#include "engine/runtime/rocks/rocks_store.h"
#include "net/http_client.h"

namespace pm {
namespace {

constexpr int kEngineSays = 713;

int AskEngine(const Arguments& arguments, Streams& streams, const std::string& id,
              std::string_view path) {
  HttpClient client;
  const std::string url = fmt::format("{}/v1/leads/{}{}", arguments.Text("url"), id, path);
  const char* accept = arguments.Has("json") ? "application/json" : "text/plain, application/json";
  const Result<HttpResponse> answer = client.Send("GET", url, {{"Accept", accept}});
  if (!answer.has_value()) {
    return Complain(streams, kExitUnavailable, answer.error(), "is the engine running there?");
  }
  if (answer->status != 200) {
    return Complain(streams, answer->status == 404 ? kExitFailed : kExitUnavailable,
                    {kEngineSays, fmt::format("{} answered {}: {}", url, answer->status,
                                              answer->body.substr(0, 500))});
  }
  streams.out << answer->body << (answer->body.ends_with('\n') ? "" : "\n");
  return kExitFine;
}

int ReadDirectory(const Arguments& arguments, Streams& streams, LeadId id, const LeadPage& page) {
  std::shared_ptr<const RuleBook> rules = std::make_shared<RuleBook>();
  int exit_code = kExitFine;
  if (arguments.Has("rules")) rules = LoadRules(arguments.Text("rules"), streams, &exit_code);
  if (rules == nullptr) return exit_code;
  RocksSettings settings;
  settings.directory = arguments.Text("data");
  settings.create = false;
  const auto store = RocksStore::Open(settings);
  if (!store.has_value()) {
    const bool running = store.error().code == kStoreLocked;
    return Complain(streams, kExitUnavailable, store.error(),
                    running ? "while the engine runs ask it: --url http://127.0.0.1:8080" : "");
  }
  const Result<std::string> text = page(**store, id, rules);
  if (!text.has_value()) return Complain(streams, kExitFailed, text.error());
  streams.out << *text << (text->ends_with('\n') ? "" : "\n");
  return kExitFine;
}

}  // namespace

int ShowLead(const Arguments& arguments, Streams& streams, std::string_view path,
             const LeadPage& page) {
  const Result<LeadId> id = ParseLeadId(arguments.Text("id"));
  if (!id.has_value()) {
    return Complain(streams, kExitUsage, id.error(), "lead ids look like L-4f1c...-1-1");
  }
  if (arguments.Has("url") == arguments.Has("data")) {
    return Complain(streams, kExitUsage, {706, "say where: --url of an engine or --data DIR"});
  }
  return arguments.Has("url") ? AskEngine(arguments, streams, ToText(*id), path)
                              : ReadDirectory(arguments, streams, *id, page);
}

}  // namespace pm
