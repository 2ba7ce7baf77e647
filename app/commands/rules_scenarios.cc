#include <fmt/format.h>

#include <optional>
#include <ostream>

#include "app/commands/commands.h"
#include "app/commands/files.h"
#include "app/scenario/run_scenario.h"
#include "app/scenario/schema.h"
#include "base/text/json_writer.h"
#include "rules/compile/compile.h"
#include "rules/folder.h"

namespace pm {
namespace {

constexpr int kNoTests = 740;

struct Tally {
  int passed = 0;
  int failed = 0;
};

void TellOne(const ScenarioVerdict& verdict, bool json, Streams& streams) {
  if (json) {
    std::string line;
    JsonWriter w(&line);
    w.BeginObject();
    w.Field("scenario", verdict.name);
    w.Field("place", verdict.place);
    w.Field("passed", verdict.failures.empty());
    if (!verdict.failures.empty()) w.Field("failures", verdict.failures);
    w.EndObject();
    streams.out << line << '\n';
  } else if (!verdict.failures.empty()) {
    streams.out << fmt::format("FAILED {} ({})\n{}", verdict.name, verdict.place, verdict.failures);
  }
}

// How much of the folder its tests reached. Machines get what they ask for, people a line at least.
void TellCoverage(const Coverage& coverage, bool whole, bool json, Streams& streams) {
  if (json && whole) {
    std::string line;
    JsonWriter w(&line);
    w.BeginObject();
    w.Key("coverage");
    coverage.AppendJson(w);
    w.EndObject();
    streams.out << line << '\n';
  }
  if (json) return;
  const std::string missed = coverage.Missed();
  if (whole && !missed.empty()) streams.out << "no test reaches, or not all of:\n" << missed;
  streams.out << coverage.Share()
              << (whole || missed.empty() ? "\n" : " (--coverage names the others)\n");
}

}  // namespace

int RunRulesTest(const Arguments& arguments, Streams& streams) {
  ScenarioSettings settings;
  settings.read_folder = [](const std::string& folder) { return ReadRuleFolder(folder); };
  const std::string rules = arguments.Text("dir");
  const std::string folder =
      arguments.Has("scenarios") ? arguments.Text("scenarios") : rules + "/tests";
  if (rules.empty() && !arguments.Has("scenarios")) {
    return Complain(streams, kExitUsage, {706, "name a rule folder, or --scenarios FOLDER"});
  }
  if (!rules.empty()) {
    Result<std::vector<RuleFile>> files = ReadRuleFolder(rules);
    if (!files.has_value()) return Complain(streams, kExitUnavailable, files.error());
    settings.default_rules = *std::move(files);
  }
  const Result<std::vector<RuleFile>> files = ReadFolder(folder, {".yaml", ".yml"});
  if (!files.has_value()) {
    return Complain(
        streams, kExitUnavailable, files.error(),
        "tests are YAML files in the rule folder's tests/, see docs/guide/scenarios.md");
  }
  std::optional<Coverage> coverage;
  if (!rules.empty()) {
    // Rules that are refused fail each scenario, with the reason.
    if (const CompileResult compiled = Compile(settings.default_rules); compiled.ok())
      settings.coverage = &coverage.emplace(*compiled.book);
  }
  SchemaChecker schemas;
  if (arguments.Has("schemas")) {
    settings.observe = [&schemas](const Output& output) { schemas.Check(output); };
  }
  Tally tally;
  for (const RuleFile& file : *files) {
    // Rule folders that scenarios share lie in folders named `rules`.
    if (file.path.starts_with("rules/") || file.path.contains("/rules/")) continue;
    for (const auto& verdict : RunScenarioFile(folder + "/" + file.path, file.text, settings)) {
      ++(verdict.failures.empty() ? tally.passed : tally.failed);
      TellOne(verdict, arguments.Has("json"), streams);
    }
  }
  if (arguments.Has("schemas")) {
    ++(schemas.Problems().empty() && schemas.checked() > 0 ? tally.passed : tally.failed);
    TellOne({"What comes out obeys its schema", folder, schemas.Problems()}, arguments.Has("json"),
            streams);
  }
  if (coverage) TellCoverage(*coverage, arguments.Has("coverage"), arguments.Has("json"), streams);
  (arguments.Has("json") ? streams.err : streams.out)
      << fmt::format("{} passed, {} failed\n", tally.passed, tally.failed);
  if (tally.passed + tally.failed == 0) {
    return Complain(streams, kExitFailed, {kNoTests, fmt::format("{} holds no test", folder)},
                    "a test is a YAML file, see docs/guide/scenarios.md");
  }
  return tally.failed == 0 && tally.passed > 0 ? kExitFine : kExitFailed;
}

}  // namespace pm
