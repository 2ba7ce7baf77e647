// `pointsman parked list` and `parked retry`: timers that stand still since their step failed.
#include <fmt/format.h>

#include <ostream>

#include "app/commands/ask_engine.h"
#include "model/decode/json_tree.h"

namespace pm {
namespace {

constexpr std::string_view kWhenAway = "name a running engine by --url URL";

}  // namespace

int RunParkedList(const Arguments& arguments, Streams& streams) {
  int exit_code = kExitFine;
  const auto list = AskEngine({.engine = EngineUrl(arguments),
                               .path = "/v1/parked?limit=1000",
                               .wants_text = !arguments.Has("json"),
                               .when_away = kWhenAway},
                              streams, &exit_code);
  if (list) streams.out << *list << (list->ends_with('\n') ? "" : "\n");
  return exit_code;
}

int RunParkedRetry(const Arguments& arguments, Streams& streams) {
  if (arguments.Has("id") == arguments.Has("all")) {
    return Complain(streams, kExitUsage, {706, "name a row by its id, or say --all"},
                    "`pointsman parked list` shows the ids");
  }
  const std::string path = arguments.Has("all")
                               ? "/v1/parked/retry"
                               : fmt::format("/v1/parked/{}/retry", arguments.Text("id"));
  int exit_code = kExitFine;
  const auto answer = AskEngine(
      {.engine = EngineUrl(arguments), .method = "POST", .path = path, .when_away = kWhenAway},
      streams, &exit_code);
  if (!answer) return exit_code;
  if (arguments.Has("json")) {
    streams.out << *answer << "\n";
    return exit_code;
  }
  const Result<JsonNode> json = ParseJson(*answer);
  const JsonNode* retried = json.has_value() ? json->Find("retried") : nullptr;
  const size_t count = retried == nullptr ? 0 : retried->items.size();
  streams.out << fmt::format("{} retried; what fails again is parked again, with another alert\n",
                             count == 1 ? "1 timer is" : fmt::format("{} timers are", count));
  return exit_code;
}

}  // namespace pm
