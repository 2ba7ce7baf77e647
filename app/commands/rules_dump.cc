#include <ostream>

#include "app/commands/commands.h"
#include "app/commands/files.h"
#include "rules/compile/compile.h"
#include "rules/folder.h"

namespace pm {

int RunRulesDump(const Arguments& arguments, Streams& streams) {
  const std::string name = arguments.Text("pass");
  const std::optional<ConditionPass> pass = ParsePass(name);
  if (!pass) {
    return Complain(streams, kExitUsage, Error{701, fmt::format("no pass is called '{}'", name)},
                    "the passes are parse, resolve, check, normalise and plan");
  }
  Result<std::vector<RuleFile>> files = ReadRuleFolder(arguments.Text("dir"));
  if (!files.has_value()) {
    return Complain(streams, kExitUnavailable, files.error(), "");
  }
  const DumpReport report = Dump(*std::move(files), *pass);
  streams.out << report.text;
  streams.err << report.problems;
  return report.ok ? kExitFine : kExitFailed;
}

}  // namespace pm
