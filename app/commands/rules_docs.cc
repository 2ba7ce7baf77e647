#include <filesystem>
#include <ostream>

#include "app/commands/commands.h"
#include "app/commands/files.h"
#include "app/commands/load_rules.h"
#include "app/reference/rule_book_page.h"

namespace pm {

int RunRulesDocs(const Arguments& arguments, Streams& streams) {
  int exit_code = kExitFine;
  const std::string folder = arguments.Text("dir");
  const auto book = LoadRules(folder, streams, &exit_code);
  if (book == nullptr) return exit_code;
  const std::filesystem::path path = std::filesystem::path(folder).lexically_normal();
  const std::string name = (path.has_filename() ? path : path.parent_path()).filename().string();
  const std::string page = RuleBookPage(*book, "The rules of " + name);
  if (!arguments.Has("out")) {
    streams.out << page;
    return kExitFine;
  }
  const auto written = WriteWholeFile(arguments.Text("out"), page);
  if (!written.has_value()) return Complain(streams, kExitUnavailable, written.error());
  return kExitFine;
}

}  // namespace pm
