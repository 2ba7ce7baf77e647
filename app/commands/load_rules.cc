#include "app/commands/load_rules.h"

#include <fmt/format.h>

#include <ostream>

#include "app/commands/files.h"
#include "rules/compile/compile.h"
#include "rules/folder.h"

namespace pm {

std::shared_ptr<const RuleBook> LoadRules(const std::string& folder, Streams& streams,
                                          int* exit_code) {
  Result<std::vector<RuleFile>> files = ReadRuleFolder(folder);
  if (!files.has_value()) {
    *exit_code = Complain(streams, kExitUnavailable, files.error(),
                          "--rules names a folder of YAML files, see docs/guide");
    return nullptr;
  }
  const CompileResult compiled = Compile(*std::move(files));
  streams.err << compiled.diagnostics.Render(streams.colours);
  if (compiled.ok()) return compiled.book;
  streams.err << fmt::format("pointsman: the rules in {} are refused; nothing was done\n", folder);
  *exit_code = kExitConfig;
  return nullptr;
}

}  // namespace pm
