#include <fmt/format.h>

#include <ostream>

#include "app/commands/commands.h"
#include "app/commands/files.h"
#include "model/outputs/events.h"

namespace pm {

int RunSchema(const Arguments& arguments, Streams& streams) {
  const std::string folder = arguments.Text("out");
  if (folder.empty()) {
    std::string all;
    for (const OutputTypeDecl& decl : OutputTypes()) {
      all +=
          fmt::format("{}\"{}\":{}", all.empty() ? "{" : ",\n", decl.type, OutputSchema(decl.type));
    }
    streams.out << all << "}\n";
    return kExitFine;
  }
  if (const auto made = MakeFolder(folder); !made.has_value()) {
    return Complain(streams, kExitUnavailable, made.error());
  }
  for (const OutputTypeDecl& decl : OutputTypes()) {
    const std::string path = fmt::format("{}/{}.json", folder, decl.type);
    const auto written = WriteWholeFile(path, OutputSchema(decl.type) + "\n");
    if (!written.has_value()) return Complain(streams, kExitUnavailable, written.error());
  }
  streams.err << fmt::format("{} schemas in {}\n", OutputTypes().size(), folder);
  return kExitFine;
}

}  // namespace pm
