#include "app/commands/lead_source.h"

#include <fmt/format.h>

#include <charconv>
#include <ostream>

#include "app/commands/load_rules.h"
#include "app/server/rule_library.h"
#include "engine/runtime/commit_set.h"
#include "engine/runtime/rocks/rocks_store.h"
#include "model/decode/json_tree.h"
#include "net/http_client.h"

namespace pm {
namespace {

constexpr int kEngineSays = 713;
constexpr char kHere[] = "http://127.0.0.1:8080";

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

int AskEngine(const Arguments& arguments, Streams& streams, const std::string& id,
              std::string_view path) {
  HttpClient client;
  const std::string engine = arguments.Has("url") ? arguments.Text("url") : kHere;
  const std::string url = fmt::format("{}/v1/leads/{}{}", engine, id, path);
  const char* accept = arguments.Has("json") ? "application/json" : "text/plain, application/json";
  const Result<HttpResponse> answer = client.Send("GET", url, {{"Accept", accept}});
  if (!answer.has_value()) {
    return Complain(
        streams, kExitUnavailable, answer.error(),
        "name a running engine by --url URL, or a stopped one's directory by --data DIR");
  }
  if (answer->status != 200) {
    return Complain(streams, answer->status == 404 ? kExitFailed : kExitUnavailable,
                    ErrorIn(*answer, url),
                    answer->status == 404 ? fmt::format("asked {}", engine) : "");
  }
  streams.out << answer->body << (answer->body.ends_with('\n') ? "" : "\n");
  return kExitFine;
}

// The rules of the page: those named, else those the directory holds.
std::shared_ptr<const RuleBook> RulesOf(const Arguments& arguments, Streams& streams,
                                        const StoreView& store, RuleLibrary* library,
                                        int* exit_code) {
  if (arguments.Has("rules")) return LoadRules(arguments.Text("rules"), streams, exit_code);
  const ContentHash in_force = ReadTaskMeta(store).rules;
  const Result<void> restored = library->Restore(store, in_force);
  if (restored.has_value()) return library->Find(in_force);
  *exit_code = Complain(streams, kExitUnavailable, restored.error(), "name a folder by --rules");
  return nullptr;
}

int ReadDirectory(const Arguments& arguments, Streams& streams, LeadId id, const LeadPage& page) {
  RocksSettings settings;
  settings.directory = arguments.Text("data");
  settings.create = false;
  const auto store = RocksStore::Open(settings);
  if (!store.has_value()) {
    const bool running = store.error().code == kStoreLocked;
    return Complain(streams, kExitUnavailable, store.error(),
                    running ? "an engine has it open: ask that one, by --url URL" : "");
  }
  int exit_code = kExitFine;
  RuleLibrary library;
  const auto rules = RulesOf(arguments, streams, **store, &library, &exit_code);
  if (rules == nullptr) return exit_code;
  const BookProvider books = [&](ContentHash version) {
    return version == rules->version() ? rules : library.Find(version);
  };
  const Result<std::string> text = page(**store, id, *rules, books);
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
  if (arguments.Has("url") && arguments.Has("data")) {
    return Complain(streams, kExitUsage,
                    {706, "--url asks a running engine, --data reads a stopped one's directory"});
  }
  return arguments.Has("data") ? ReadDirectory(arguments, streams, *id, page)
                               : AskEngine(arguments, streams, ToText(*id), path);
}

}  // namespace pm
