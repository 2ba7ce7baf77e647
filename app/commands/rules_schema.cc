#include <ostream>

#include "app/commands/commands.h"
#include "app/reference/rule_schema.h"
#include "rules/folder.h"

namespace pm {

int RunRulesSchema(const Arguments& arguments, Streams& streams) {
  if (!arguments.Has("dir")) {
    streams.out << RuleSchema(nullptr);
    return kExitFine;
  }
  Result<std::vector<RuleFile>> files = ReadRuleFolder(arguments.Text("dir"));
  if (!files.has_value()) {
    return Complain(streams, kExitUnavailable, files.error(), "name a folder of YAML files");
  }
  const RuleNames names = NamesOfRules(*std::move(files));
  streams.out << RuleSchema(&names);
  return kExitFine;
}

}  // namespace pm
