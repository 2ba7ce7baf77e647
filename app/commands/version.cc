#include <fmt/format.h>

#include <ostream>

#include "app/commands/commands.h"
#include "base/time/zone.h"

namespace pm {

int RunVersion(const Arguments& arguments, Streams& streams) {
  if (arguments.Has("json")) {
    streams.out << fmt::format("{{\"version\":\"{}\",\"compiler\":\"{}\"}}\n", PM_VERSION,
                               __VERSION__);
  } else {
    streams.out << fmt::format("pointsman {} (g++ {})\n", PM_VERSION, __VERSION__);
  }
  return kExitFine;
}

}  // namespace pm
