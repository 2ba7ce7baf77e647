#include "app/commands/load_rules.h"

#include <fmt/format.h>

#include <ostream>

#include "app/commands/ask_engine.h"
#include "rules/compile/compile.h"
#include "rules/folder.h"

namespace pm {

namespace {

std::optional<std::vector<RuleFile>> ReadRules(const std::string& folder, Streams& streams,
                                               int* exit_code) {
  if (IsEngineUrl(folder)) return AskRules(folder, streams, exit_code);
  Result<std::vector<RuleFile>> files = ReadRuleFolder(folder);
  if (files.has_value()) return *std::move(files);
  *exit_code = Complain(streams, kExitUnavailable, files.error(),
                        "--rules names a folder of YAML files, see docs/guide");
  return std::nullopt;
}

}  // namespace

std::shared_ptr<const RuleBook> LoadRules(const std::string& folder, Streams& streams,
                                          int* exit_code) {
  std::optional<std::vector<RuleFile>> files = ReadRules(folder, streams, exit_code);
  if (!files) return nullptr;
  const CompileResult compiled = Compile(*std::move(files));
  streams.err << compiled.diagnostics.Render(streams.colours);
  if (compiled.ok()) return compiled.book;
  streams.err << fmt::format("pointsman: the rules in {} are refused; nothing was done\n", folder);
  *exit_code = kExitConfig;
  return nullptr;
}

}  // namespace pm
