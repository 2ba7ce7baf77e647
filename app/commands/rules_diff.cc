#include <fmt/format.h>

#include <ostream>

#include "app/commands/commands.h"
#include "app/commands/load_rules.h"
#include "base/describe_json.h"
#include "rules/diff/rule_diff.h"

namespace pm {
namespace {

void TellList(std::string_view title, const std::vector<std::string>& lines, Streams& streams) {
  if (lines.empty()) return;
  streams.out << fmt::format("{}\n", title);
  for (const std::string& line : lines) streams.out << fmt::format("  {}\n", line);
}

std::string Side(const std::string& rule, const std::string& outcome) {
  return rule.empty() ? outcome : fmt::format("{}: {}", rule, outcome);
}

void Tell(const RuleDiff& diff, Streams& streams) {
  std::string_view what;
  for (const DiffRegion& region : diff.regions) {
    if (region.what != what) streams.out << fmt::format("{}\n", region.what);
    what = region.what;
    streams.out << fmt::format("  leads such as {}\n    before  {}\n    now     {}\n",
                               region.lead.yaml, Side(region.before_rule, region.before),
                               Side(region.after_rule, region.after));
  }
  TellList("defined otherwise", diff.definitions, streams);
  TellList("without effect", diff.without_effect, streams);
  TellList("not proved", diff.not_proved, streams);
  if (diff.same()) {
    streams.out << "the same for every lead\n";
    return;
  }
  streams.out << fmt::format("differences: {} for leads, {} in definitions; not proved: {}\n",
                             diff.regions.size(), diff.definitions.size(), diff.not_proved.size());
}

}  // namespace

int RunRulesDiff(const Arguments& arguments, Streams& streams) {
  int exit_code = kExitFine;
  const auto before = LoadRules(arguments.Text("old"), streams, &exit_code);
  if (before == nullptr) return exit_code;
  const auto after = LoadRules(arguments.Text("new"), streams, &exit_code);
  if (after == nullptr) return exit_code;
  const RuleDiff diff = DiffRules(*before, *after);
  if (arguments.Has("json")) {
    streams.out << ToJson<RuleDiff>(diff) << '\n';
  } else {
    Tell(diff, streams);
  }
  if (!arguments.Has("detailed-exitcode") || diff.same()) return kExitFine;
  return diff.regions.empty() && diff.definitions.empty() ? kExitFailed : kExitDifferences;
}

}  // namespace pm
