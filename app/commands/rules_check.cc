#include <ostream>

#include "app/commands/commands.h"
#include "app/commands/files.h"
#include "rules/compile/compile.h"
#include "rules/folder.h"

namespace pm {

int RunRulesCheck(const Arguments& arguments, Streams& streams) {
  Result<std::vector<RuleFile>> files = ReadRuleFolder(arguments.Text("dir"));
  if (!files.has_value()) {
    return Complain(streams, kExitUnavailable, files.error(), "");
  }
  const CheckReport report = Check(*std::move(files), streams.colours, arguments.Text("dir"));
  if (arguments.Has("json")) {
    streams.out << report.json << '\n';
  } else if (arguments.Has("annotations")) {
    streams.out << report.annotations;
  } else {
    streams.out << report.text;
  }
  return report.ok ? kExitFine : kExitFailed;
}

}  // namespace pm
