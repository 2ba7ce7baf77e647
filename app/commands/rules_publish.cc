// `pointsman rules publish`, `rules versions` and `rules rollback`: the rules of a running engine.
#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <ostream>

#include "app/commands/ask_engine.h"
#include "app/commands/engine_url.h"
#include "base/text/json_writer.h"
#include "model/decode/json_tree.h"
#include "rules/folder.h"

namespace pm {
namespace {

constexpr int kTestsFailed = 740, kTouchesMuch = 741, kAmbiguous = 742;
constexpr int64_t kMostTouched = 100;
constexpr size_t kShownReps = 10;
constexpr size_t kShownOfVersion = 12;
constexpr std::string_view kWhenAway = "name a running engine by --to URL";

// What POST /v1/rules is sent: `which` writes the rules that are meant.
template <class Which>
std::string OrderBody(const Arguments& arguments, std::string_view expect, Which which) {
  std::string body;
  JsonWriter w(&body);
  w.BeginObject();
  for (const char* name : {"by", "message"}) {
    if (arguments.Has(name)) w.Field(name, arguments.Text(name));
  }
  if (arguments.Has("propagate")) w.Field("propagate", true);
  if (!expect.empty()) w.Field("expect", expect);
  which(w);
  w.EndObject();
  return body;
}

int64_t NumberAt(const JsonNode& json, std::string_view name) {
  const std::string_view text = json.Text({"touched", name});
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool Propagating(const JsonNode& answer) {
  const JsonNode* said = answer.At({"touched", "propagating"});
  return said != nullptr && said->boolean;
}

std::string UnaskedText(const JsonNode& reps) {
  if (reps.items.empty()) return {};
  std::string text = fmt::format("{} reps go or come to another desk:", reps.items.size());
  for (size_t i = 0; i < std::min(reps.items.size(), kShownReps); ++i)
    text += fmt::format("{} {}", i == 0 ? "" : ",", reps.items[i].text);
  return text + (reps.items.size() > kShownReps ? ", ..." : "") +
         "; whether they have leads is not known here: release them first\n";
}

// Not on a Kafka, where each worker has a part of what there would be to count.
bool IsCounted(const JsonNode& answer) {
  return answer.At({"touched", "touched_leads"}) != nullptr;
}

bool CountedAll(const JsonNode& answer) {
  const JsonNode* all = answer.At({"touched", "counted_all"});
  return all != nullptr && all->boolean;
}

std::string NumbersText(const JsonNode& answer) {
  if (!IsCounted(answer))
    return "not counted: which open leads, running SLAs and cadences it touches; on Kafka each "
           "worker has a part of them\n";
  return fmt::format(
      "touches {} of {} open leads, {} of {} running SLAs, {} of {} running cadences\n",
      NumberAt(answer, "touched_leads"), NumberAt(answer, "open_leads"),
      NumberAt(answer, "touched_slas"), NumberAt(answer, "running_slas"),
      NumberAt(answer, "touched_enrolments"), NumberAt(answer, "running_enrolments"));
}

// What becomes of SLAs and cadences that run.
std::string RunningText(const JsonNode& answer, bool propagate) {
  if (!IsCounted(answer))
    return propagate ? "SLAs and cadences that run go over to what bears their name now, and "
                       "cadences end whose name nothing bears\n"
                     : "SLAs and cadences that run keep theirs, unless an earlier change still "
                       "propagates\n";
  std::string text;
  if (Propagating(answer)) {
    text = "an earlier change still propagates, and goes on by these rules\n";
  } else if (!propagate) {
    return "SLAs and cadences that run keep theirs\n";
  }
  text += fmt::format("{} SLAs and {} cadences that run go over to what bears their name now\n",
                      NumberAt(answer, "moved_slas"), NumberAt(answer, "moved_enrolments"));
  const int64_t ended = NumberAt(answer, "ended_enrolments");
  return ended == 0 ? text
                    : text + fmt::format("{} cadences end: nothing bears their name now\n", ended);
}

// What the change touches, for people.
std::string ImpactText(const JsonNode& answer, bool propagate) {
  std::string text = NumbersText(answer);
  if (const JsonNode* documents = answer.At({"touched", "documents"})) {
    for (const JsonNode& one : documents->items) {
      text += fmt::format(
          "  {} {} is {}{}\n", one.Text({"kind"}), one.Text({"name"}), one.Text({"change"}),
          IsCounted(answer) ? fmt::format(": {} open leads", one.Text({"leads"})) : std::string());
    }
  }
  if (const JsonNode* other = answer.At({"touched", "other"})) {
    for (const JsonNode& kind : other->items)
      text += fmt::format("  {} differs: for leads from now on\n", kind.text);
  }
  if (IsCounted(answer) && !CountedAll(answer))
    text += "  not all rows were counted: there are too many\n";
  if (const JsonNode* reps = answer.At({"touched", "unasked_reps"})) text += UnaskedText(*reps);
  return text + RunningText(answer, propagate);
}

int64_t MostTouched(const JsonNode& answer, bool propagate) {
  const int64_t moved =
      propagate || Propagating(answer)
          ? std::max(NumberAt(answer, "moved_slas"),
                     NumberAt(answer, "moved_enrolments") + NumberAt(answer, "ended_enrolments"))
          : 0;
  return std::max({moved, NumberAt(answer, "touched_leads"), NumberAt(answer, "touched_slas"),
                   NumberAt(answer, "touched_enrolments")});
}

// Why it wants --yes; empty: it does not.
std::string WhyAsked(const JsonNode& answer, bool propagate, int64_t most) {
  if (MostTouched(answer, propagate) > most)
    return fmt::format("the change touches more than {}", most);
  if (CountedAll(answer)) return {};
  return IsCounted(answer) ? "how much the change touches was not counted to the end"
                           : "how much the change touches was not counted";
}

// Asks the engine, and understands the answer; the exit code is set when there is none.
std::optional<JsonNode> Ask(const EngineRequest& request, Streams& streams, int* exit_code) {
  const auto answer = AskEngine(request, streams, exit_code);
  if (!answer) return std::nullopt;
  Result<JsonNode> json = ParseJson(*answer);
  if (json.has_value()) return *std::move(json);
  *exit_code = Complain(streams, kExitUnavailable, json.error(), "is that a Pointsman engine?");
  return std::nullopt;
}

// Shows what the change touches, asks for --yes where it is much, then puts it in force, unless
// other rules came into force meanwhile. `checked`: a folder whose warnings were shown already.
template <class Which>
int PutInForce(const Arguments& arguments, Streams& streams, bool checked, Which which) {
  const Result<int64_t> most = arguments.Number("most", kMostTouched, 0, 1'000'000'000);
  if (!most.has_value()) return Complain(streams, kExitUsage, most.error());
  EngineRequest request{.engine = EngineUrl(arguments, "to"),
                        .method = "POST",
                        .path = "/v1/rules?dry_run=true",
                        .body = OrderBody(arguments, "", which),
                        .when_away = kWhenAway};
  int exit_code = kExitFine;
  const bool propagate = arguments.Has("propagate");
  const auto seen = Ask(request, streams, &exit_code);
  if (!seen) return exit_code;
  const std::string version(seen->Text({"version"})), previous(seen->Text({"previous"}));
  const bool again = version == previous;
  if (again) streams.out << fmt::format("rules {} are in force already\n", version);
  if (again && (!propagate || WhyAsked(*seen, true, 0).empty())) return kExitFine;
  if (!again) streams.out << fmt::format("rules {} in place of {}\n", version, previous);
  if (!checked) streams.out << seen->Text({"warnings"});
  streams.out << ImpactText(*seen, propagate);
  if (arguments.Has("dry-run"))
    return arguments.Has("detailed-exitcode") ? kExitDifferences : kExitFine;
  const std::string why = arguments.Has("yes") ? "" : WhyAsked(*seen, propagate, *most);
  if (!why.empty()) {
    return Complain(streams, kExitFailed, {kTouchesMuch, why + "; nothing was done"},
                    CountedAll(*seen) ? "say --yes to do it, or --most N to be asked later"
                                      : "say --yes to do it");
  }
  request.path = "/v1/rules";
  request.body = OrderBody(arguments, previous, which);
  if (!Ask(request, streams, &exit_code)) return exit_code;
  streams.out << fmt::format("rules {} are in force; `pointsman rules rollback {}--to {}` {}\n",
                             version, checked ? "" : previous.substr(0, kShownOfVersion) + ' ',
                             request.engine, checked ? "goes back" : "undoes that");
  return kExitFine;
}

// 0 when the rules are sound and their tests pass; what that says goes to `err`.
int CheckAndTest(const std::string& folder, Streams& streams) {
  Arguments arguments;
  arguments.Set("dir", folder);
  Streams told{streams.in,     streams.err, streams.err, false, streams.err_is_terminal,
               streams.colours};
  if (const int unsound = RunRulesCheck(arguments, told); unsound != kExitFine)
    return unsound == kExitFailed ? kExitConfig : unsound;
  if (!std::filesystem::is_directory(folder + "/tests")) {
    streams.err << fmt::format("{} has no tests\n", folder);
    return kExitFine;
  }
  if (RunRulesTest(arguments, told) == kExitFine) return kExitFine;
  return Complain(streams, kExitFailed,
                  {kTestsFailed, "tests of the rules fail; nothing was published"},
                  fmt::format("pointsman rules test {}", folder));
}

// The version that was in force before the one that is; what was gone back from does not count, so
// that each rollback goes one further. Empty: there is none.
std::string VersionBefore(const JsonNode& versions) {
  std::vector<std::string_view> course;
  for (size_t i = versions.items.size(); i-- > 0;) {  // the latest comes first
    const std::string_view version = versions.items[i].Text({"version"});
    const auto known = std::ranges::find(course, version);
    if (versions.items[i].Text({"how"}) == "rolled_back" && known != course.end()) {
      course.erase(known + 1, course.end());
    } else if (course.empty() || course.back() != version) {
      course.push_back(version);
    }
  }
  return std::string(course.size() < 2 ? std::string_view() : course[course.size() - 2]);
}

// The version that begins so among those that were in force; empty: the one before.
Result<std::string> FindVersion(const JsonNode& list, const std::string& begin) {
  const JsonNode* versions = list.Find("versions");
  std::string found;
  if (versions != nullptr && begin.empty()) {
    found = VersionBefore(*versions);
  } else if (versions != nullptr) {
    for (const JsonNode& one : versions->items) {
      const std::string_view version = one.Text({"version"});
      if (!version.starts_with(begin)) continue;
      if (!found.empty() && found != version) {
        return Fail(kAmbiguous, fmt::format("several versions begin with {}", begin));
      }
      found = version;
    }
  }
  if (!found.empty()) return found;
  return Fail(kAmbiguous, begin.empty() ? std::string("no rules were in force before these")
                                        : fmt::format("no version begins with {}", begin));
}

}  // namespace

int RunRulesPublish(const Arguments& arguments, Streams& streams) {
  const std::string folder = arguments.Text("dir");
  if (const Result<void> url = ExpectUrl(EngineUrl(arguments, "to")); !url.has_value())
    return Complain(streams, kExitUsage, url.error(), kWhenAway);
  if (const int unsound = CheckAndTest(folder, streams); unsound != kExitFine) return unsound;
  const Result<std::vector<RuleFile>> files = ReadRuleFolder(folder);
  if (!files.has_value()) return Complain(streams, kExitUnavailable, files.error());
  return PutInForce(arguments, streams, /*checked=*/true, [&](JsonWriter& w) {
    w.Key("files");
    w.BeginArray();
    for (const RuleFile& file : *files) {
      w.BeginObject();
      w.Field("path", file.path);
      w.Field("text", file.text);
      w.EndObject();
    }
    w.EndArray();
  });
}

int RunRulesRollback(const Arguments& arguments, Streams& streams) {
  int exit_code = kExitFine;
  const auto list = Ask(
      {.engine = EngineUrl(arguments, "to"), .path = "/v1/rules/versions", .when_away = kWhenAway},
      streams, &exit_code);
  if (!list) return exit_code;
  const Result<std::string> version = FindVersion(*list, arguments.Text("version"));
  if (!version.has_value()) {
    return Complain(streams, kExitFailed, version.error(), "`pointsman rules versions` lists them");
  }
  return PutInForce(arguments, streams, /*checked=*/false,
                    [&](JsonWriter& w) { w.Field("version", *version); });
}

int RunRulesVersions(const Arguments& arguments, Streams& streams) {
  int exit_code = kExitFine;
  const auto answer = AskEngine(
      {.engine = EngineUrl(arguments, "to"), .path = "/v1/rules/versions", .when_away = kWhenAway},
      streams, &exit_code);
  if (!answer) return exit_code;
  const Result<JsonNode> list = ParseJson(*answer);
  if (arguments.Has("json") || !list.has_value() || list->Find("versions") == nullptr) {
    streams.out << *answer << "\n";
    return kExitFine;
  }
  bool told = false;  // the latest switch to it is the one in force
  for (const JsonNode& one : list->Find("versions")->items) {
    const bool in_force = !told && one.Text({"version"}) == list->Text({"in_force"});
    told |= in_force;
    std::string line = fmt::format("{}  {:24}  {:11}  {}", one.Text({"version"}), one.Text({"at"}),
                                   one.Text({"how"}), in_force ? "in force" : "");
    for (const char* name : {"by", "message"}) {
      if (const std::string_view said = one.Text({name}); !said.empty())
        line += fmt::format("  {}", said);
    }
    streams.out << line.substr(0, line.find_last_not_of(' ') + 1) << "\n";
  }
  return kExitFine;
}

}  // namespace pm
