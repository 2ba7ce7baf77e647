#include "app/commands/lead_source.h"

#include <fmt/format.h>

#include <ostream>

#include "app/commands/ask_engine.h"
#include "app/commands/load_rules.h"
#include "app/server/rule_library.h"
#include "engine/runtime/commit_set.h"
#include "engine/runtime/rocks/rocks_store.h"

namespace pm {
namespace {

int ShowFromEngine(const Arguments& arguments, Streams& streams, const std::string& path) {
  int exit_code = kExitFine;
  const auto page = AskEngine(
      {.engine = EngineUrl(arguments),
       .path = path,
       .wants_text = !arguments.Has("json"),
       .when_away =
           "name a running engine by --url URL, or a stopped one's directory by --data DIR"},
      streams, &exit_code);
  if (page) streams.out << *page << (page->ends_with('\n') ? "" : "\n");
  return exit_code;
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
    return Complain(streams, kExitUsage, id.error(), "lead ids look like L-4f1c...-97be...-1");
  }
  if (arguments.Has("url") && arguments.Has("data")) {
    return Complain(streams, kExitUsage,
                    {706, "--url asks a running engine, --data reads a stopped one's directory"});
  }
  return arguments.Has("data")
             ? ReadDirectory(arguments, streams, *id, page)
             : ShowFromEngine(arguments, streams, fmt::format("/v1/leads/{}{}", ToText(*id), path));
}

}  // namespace pm
