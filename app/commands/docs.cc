#include <fmt/format.h>

#include <ostream>

#include "app/commands/commands.h"
#include "app/commands/files.h"
#include "app/reference/pages.h"

namespace pm {

int RunDocs(const Arguments& arguments, Streams& streams) {
  const std::string folder = arguments.Text("out");
  if (const auto made = MakeFolder(folder); !made.has_value()) {
    return Complain(streams, kExitUnavailable, made.error());
  }
  for (const ReferencePage& page : ReferencePages()) {
    const auto written = WriteWholeFile(fmt::format("{}/{}", folder, page.file), page.text);
    if (!written.has_value()) return Complain(streams, kExitUnavailable, written.error());
    streams.out << fmt::format("{}/{}\n", folder, page.file);
  }
  return kExitFine;
}

}  // namespace pm
