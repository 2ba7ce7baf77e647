#include <fmt/format.h>

#include <ostream>

#include "app/commands/commands.h"
#include "app/commands/files.h"
#include "engine/runtime/clock.h"
#include "rules/compile/compile.h"
#include "rules/folder.h"

namespace pm {
namespace {

constexpr size_t kShownEvery = 16;  // steps of progress

}  // namespace

int RunRulesCheck(const Arguments& arguments, Streams& streams) {
  Result<std::vector<RuleFile>> files = ReadRuleFolder(arguments.Text("dir"));
  if (!files.has_value()) {
    return Complain(streams, kExitUnavailable, files.error(), "");
  }
  bool shown = false;
  CheckProgress progress;
  if (streams.err_is_terminal) {
    progress = [&](size_t done) {
      if (done % kShownEvery != 0) return;
      shown = true;
      streams.err << fmt::format("\rproving: {} routes and parts of tables", done) << std::flush;
    };
  }
  const CheckReport report = Check(*std::move(files), streams.colours, arguments.Text("dir"),
                                   std::move(progress), SystemClock().Now());
  if (shown) streams.err << "\r\033[K" << std::flush;
  if (arguments.Has("json")) {
    streams.out << report.json << '\n';
  } else if (arguments.Has("annotations")) {
    streams.out << report.annotations;
  } else {
    streams.out << report.text << report.not_checked;
  }
  return report.ok ? kExitFine : kExitFailed;
}

}  // namespace pm
