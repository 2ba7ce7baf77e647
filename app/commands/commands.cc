#include "app/commands/commands.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <ostream>

#include "base/text/diagnostic.h"

namespace pm {
namespace {

constexpr int kBadArgument = 701, kNoCommand = 752, kPassedOver = 706;

constexpr OptionDecl kJson = {"--json", "", "for machines", false};
constexpr OptionDecl kTo = {"--to", "URL", "the running engine (http://127.0.0.1:8080)", false};
constexpr OptionDecl kBy = {"--by", "NAME", "who does it, for the list of versions", false};
constexpr OptionDecl kMessage = {"--message", "TEXT", "why, for the list of versions", false};
constexpr OptionDecl kYes = {"--yes", "", "also when it touches much, or nobody knows how much",
                             false};
constexpr OptionDecl kMost = {
    .name = "--most", .value = "N", .help = "leads, SLAs or cadences touched without --yes (100)"};
constexpr OptionDecl kPropagate = {"--propagate", "",
                                   "SLAs and cadences that run go over to the new ones", false};
constexpr OptionDecl kDryRun = {"--dry-run", "", "only show what it touches", false};
constexpr OptionDecl kDetailed = {.name = "--detailed-exitcode",
                                  .value = "",
                                  .help = "with --dry-run: 2 when other rules are in force",
                                  .needs = "dry-run"};
constexpr OptionDecl kRulesOfData = {.name = "--rules",
                                     .value = "DIR",
                                     .help = "with --data: other rules than the directory holds",
                                     .needs = "data"};
constexpr OptionDecl kData = {.name = "--data",
                              .value = "DIR",
                              .help = "instead: the data directory of a stopped one",
                              .not_with = "url"};
constexpr OptionDecl kConfig = {"--config", "FILE", "configuration (YAML) with `kafka`", true};
constexpr OptionDecl kUrl = {"--url", "URL", "a running engine (http://127.0.0.1:8080)", false};

// One line a command, or a few when it has options.
const auto kCommands = std::to_array<CommandDecl>({
    {"run",
     "run the engine with its HTTP API until SIGTERM; SIGHUP reloads the rules",
     {{"--config", "FILE", "configuration (YAML): data, rules, http, kafka", true},
      {"--worker", "N", "with `kafka`: number of this process, or a name that ends in one", false}},
     RunRun},
    {"demo",
     "a made-up company's sales day through the real engine",
     {{"--seconds", "N", "how long it takes (60)", false},
      {"--seed", "S", "another day (7)", false},
      {"--speed", "X", "seconds of that day in one second", false},
      {"--rules", "DIR", "another rule folder than the pack inbound-saas", false},
      {"--data", "DIR", "keep the day's data here, to look into; else they go with the demo",
       false}},
     RunDemo},
    {"simulate",
     "run events through the rules in memory, in the events' own time",
     {{"--rules", "DIR", "the rule folder; a data directory brings its own", false},
      {"--events", "FILE", "events, one JSON object a line; - is standard input", false},
      {"--input", "FILE|DIR",
       "instead: replay a recorded input, or that of an engine's data directory, and compare",
       false},
      {"--until", "TIME", "run timers up to then; else up to the last event", false},
      {"--out", "DIR", "write one JSONL file a topic, and the recorded input", false},
      {"--split", "", "stages on partitions, with crashes; a gap of a minute in time is an outage",
       false},
      {"--kafka", "", "the same on a model of Kafka, with what a broker does to its clients",
       false},
      {"--seed", "S", "with --split or --kafka: another course of events (1)", false,
       "split|kafka"},
      {"--partitions", "N", "with --split or --kafka: of each stage (3)", false, "split|kafka"},
      {"--reshape", "N", "with --kafka: half-way the state goes into N partitions", false, "kafka"},
      kJson},
     RunSimulate},
    {"init",
     "begin an own rule folder from a pack; without one: which there are",
     {{"PACK", "", "the pack to begin from", false},
      {"DIR", "", "the folder to make; else one of the pack's name", false}},
     RunInit},
    {"rules check",
     "check a rule folder",
     {{"DIR", "", "the rule folder", true},
      {"--annotations", "", "a line for each problem, as GitHub shows beside the code", false, "",
       "json"},
      kJson},
     RunRulesCheck},
    {"rules dump",
     "show the conditions of a rule folder after a pass of the compiler",
     {{"DIR", "", "the rule folder", true},
      {"--pass", "P", "parse, resolve, check, normalise or plan", true}},
     RunRulesDump},
    {"rules diff",
     "what two rule sets do otherwise, each difference with a lead that shows it",
     {{"OLD", "", "the rules as they were: a folder, or a running engine by its URL", true},
      {"NEW", "", "the rules as they are now, the same", true},
      {"--detailed-exitcode", "",
       "2 when they differ, 1 when that is not proved, 0 when they do not", false},
      kJson},
     RunRulesDiff},
    {"rules docs",
     "the rule set as a page: routes, tables, who serves what, SLAs, cadences",
     {{"DIR", "", "the rule folder", true},
      {"--out", "FILE", "write it there; else to standard output", false}},
     RunRulesDocs},
    {"rules explain",
     "what the rules do with a lead, and what would have to be different",
     {{"--rules", "DIR", "the rule folder", true},
      {"--lead", "FILE", "a lead.submitted event or its data, JSON or YAML; - is standard input",
       true},
      {"--why-not", "REP|ROUTE", "why it did not go there, and the smallest change that sends it",
       false},
      {"--at", "TIME",
       "when it comes, an instant or a date (its noon, UTC); else the event's time, else now",
       false},
      kJson},
     RunRulesExplain},
    {"rules schema",
     "a JSON Schema of the rules, for editors: completion and hover text",
     {{"DIR", "", "a rule folder whose own fields and names it is to know", false}},
     RunRulesSchema},
    {"rules test",
     "run the scenarios in a rule folder's tests/",
     {{"DIR", "", "the rule folder", false},
      {"--scenarios", "FOLDER", "run the scenarios of this folder instead", false},
      {"--coverage", "", "name the rules that no test reaches", false, "dir"},
      {"--schemas", "", "check all that comes out against its JSON Schema", false},
      kJson},
     RunRulesTest},
    {"rules publish",
     "check a rule folder, run its tests, show what the change touches, put it in force",
     {{"DIR", "", "the rule folder", true},
      kTo,
      kBy,
      kMessage,
      kPropagate,
      kYes,
      kMost,
      kDryRun,
      kDetailed},
     RunRulesPublish},
    {"rules versions",
     "which rules were in force in a running engine, the latest first",
     {kTo, kJson},
     RunRulesVersions},
    {"rules rollback",
     "put rules in force again that were so before",
     {{"VERSION", "", "or how it begins; left out: the one before", false},
      kTo,
      kBy,
      kMessage,
      kPropagate,
      kYes,
      kMost,
      kDryRun,
      kDetailed},
     RunRulesRollback},
    {"import",
     "turn a CSV file into events",
     {{"FILE", "", "the CSV file", true},
      {"--map", "FILE", "how rows become events, see docs/guide/import.md", true},
      {"--to", "WHERE", "a file, or the URL of a running engine; else standard output", false},
      {"--mode", "MODE", "live, backfill, shadow or test", false},
      kJson},
     RunImport},
    {"lead show",
     "what is known of a lead, and where it is",
     {{"ID", "", "the lead's id", true}, kUrl, kData, kRulesOfData, kJson},
     RunLeadShow},
    {"explain",
     "why a lead was scored, routed and assigned as it was",
     {{"ID", "", "the lead's id", true}, kUrl, kData, kRulesOfData, kJson},
     RunExplain},
    {"parked list",
     "timers that stand still since their step failed",
     {kUrl, kJson},
     RunParkedList},
    {"parked retry",
     "try such a timer again, once the cause is gone",
     {{"ID", "", "the row's id, from the list", false},
      {"--all", "", "instead: all of them, at most 1000", false},
      kUrl,
      kJson},
     RunParkedRetry},
    {"topics plan",
     "the Kafka topics that a configuration needs, and what is there",
     {kConfig, kJson},
     RunTopicsPlan},
    {"topics create", "make those that are missing", {kConfig}, RunTopicsCreate},
    {"topics check",
     "are all of them there, and as they must be; 1 when not",
     {kConfig, kJson},
     RunTopicsCheck},
    {"workers",
     "which worker of a Kafka has which task, and how far behind it is",
     {kConfig, kJson},
     RunWorkers},
    {"reshape",
     "move the state of those that have stopped: other partitions, to a Kafka or back",
     {{"--from", "FILE", "configuration of what has the state", true},
      {"--to", "FILE", "configuration of what is to have it", true},
      {"--cancel", "", "give up a reshape between them that came to no end", false},
      kJson},
     RunReshape},
    {"schema",
     "JSON Schemas of everything that comes out",
     {{"--out", "DIR", "one file a type; else all as one JSON object", false}},
     RunSchema},
    {"docs",
     "write the reference pages: events, rules, configuration, metrics",
     {{"--out", "DIR", "the folder to write them to", true}},
     RunDocs},
    {"version", "print the version and what it was built with", {kJson}, RunVersion},
});

constexpr GroupDecl kGroups[] = {
    {"rules", "check, test, compare, explain and publish a rule folder"},
    {"lead", "what is known of a lead"},
    {"parked", "timers that stand still since their step failed"},
    {"topics", "the topics of a Kafka: plan, create, check"},
};

// Those of `a|b` that were given.
std::vector<std::string> Given(const Arguments& arguments, std::string_view names) {
  std::vector<std::string> given;
  for (size_t at = 0; at < names.size();) {
    const size_t end = std::min(names.find('|', at), names.size());
    const std::string_view name = names.substr(at, end - at);
    if (arguments.Has(name)) given.emplace_back(name);
    at = end + 1;
  }
  return given;
}

// `--split or --kafka`; a folder is a word of its own.
std::string InWords(std::string_view names) {
  std::string text = names == "dir" ? "a rule folder" : fmt::format("--{}", names);
  for (size_t at = text.find('|'); at != text.npos; at = text.find('|')) {
    text.replace(at, 1, " or --");
  }
  return text;
}

Result<void> ExpectOptions(const CommandDecl& command, const Arguments& arguments) {
  for (const OptionDecl& option : command.options) {
    if (!option.name.starts_with("--") || !arguments.Has(option.name.substr(2))) continue;
    if (!option.needs.empty() && Given(arguments, option.needs).empty()) {
      return Fail(kPassedOver,
                  fmt::format("{} has a meaning only with {}", option.name, InWords(option.needs)));
    }
    const std::vector<std::string> others = Given(arguments, option.not_with);
    if (!others.empty()) {
      return Fail(kPassedOver,
                  fmt::format("{} and --{} do not go together", option.name, others.front()));
    }
  }
  return {};
}

}  // namespace

std::span<const CommandDecl> Commands() { return kCommands; }
std::span<const GroupDecl> Groups() { return kGroups; }

std::string HelpOfGroup(std::string_view group) {
  std::string text;
  for (const CommandDecl& command : kCommands) {
    const size_t blank = command.name.find(' ');
    if (blank == std::string_view::npos || command.name.substr(0, blank) != group) continue;
    text += fmt::format("{}{:16} {}", text.empty() ? "" : "\n  ", command.name, command.help);
  }
  return text;
}

Result<void> ExpectCommand(std::span<const std::string_view> words) {
  if (words.empty()) return {};
  std::vector<std::string_view> firsts, below, names;
  for (const CommandDecl& command : kCommands) {
    const size_t blank = command.name.find(' ');
    const bool first = command.name.substr(0, blank) == words[0];
    if (first && blank == std::string_view::npos) return {};
    if (first && words.size() > 1 && command.name.substr(blank + 1) == words[1]) return {};
    if (first) below.push_back(command.name.substr(blank + 1));
    firsts.push_back(command.name.substr(0, blank));
    names.push_back(command.name);
  }
  if (!below.empty() && words.size() == 1) {
    return Fail(kNoCommand, fmt::format("`{}` wants one of: {}", words[0], fmt::join(below, ", ")));
  }
  if (!below.empty()) {
    const std::string near = DidYouMean(words[1], below);
    return Fail(kNoCommand, fmt::format("there is no command '{} {}'; {}", words[0], words[1],
                                        near.empty() ? fmt::format("`{}` has {}", words[0],
                                                                   fmt::join(below, ", "))
                                                     : near));
  }
  std::string hint = DidYouMean(words[0], firsts);
  for (const std::string_view name : names) {
    if (hint.empty() && name.ends_with(fmt::format(" {}", words[0])))
      hint = fmt::format("did you mean '{}'?", name);
  }
  return Fail(kNoCommand, fmt::format("there is no command '{}'{}{}", words[0],
                                      hint.empty() ? "" : "; ", hint));
}

int RunCommand(const CommandDecl& command, const Arguments& arguments, Streams& streams) {
  if (const Result<void> good = ExpectOptions(command, arguments); !good.has_value()) {
    return Complain(streams, kExitUsage, good.error(),
                    fmt::format("pointsman {} --help", command.name));
  }
  return command.run(arguments, streams);
}

std::string Arguments::Text(std::string_view name) const {
  auto found = values_.find(name);
  return found == values_.end() ? std::string() : found->second;
}

Result<int64_t> Arguments::Number(std::string_view name, int64_t fallback, int64_t low,
                                  int64_t high) const {
  auto found = values_.find(name);
  if (found == values_.end()) return fallback;
  const std::string& text = found->second;
  int64_t value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size() || value < low || value > high) {
    return Fail(kBadArgument, fmt::format("--{} is '{}', but must be a whole number of {} to {}",
                                          name, text, low, high));
  }
  return value;
}

int Complain(Streams& streams, int exit_code, const Error& error, std::string_view next_step) {
  // Findings with their places come first in a line, where editors look for them.
  if (error.text.ends_with('\n')) {
    streams.err << fmt::format("{}pointsman: refused ({})\n", error.text, CodeName(error.code));
  } else {
    streams.err << fmt::format("pointsman: {} ({})\n", error.text, CodeName(error.code));
  }
  if (!next_step.empty()) streams.err << fmt::format("  {}\n", next_step);
  return exit_code;
}

}  // namespace pm
