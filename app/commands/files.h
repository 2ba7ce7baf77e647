// Files as commands read and write them: whole, with an error that says what to do. PM0702 a file
// cannot be read; PM0703 it cannot be written.
#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "rules/book.h"

namespace pm {

// `-` reads standard input.
Result<std::string> ReadWholeFile(const std::string& path);
Result<void> WriteWholeFile(const std::string& path, std::string_view text);
// With the folders above it.
Result<void> MakeFolder(const std::string& path);

// The files below `folder` whose names end in one of `endings`, with paths relative to it, in the
// order of their paths; names that begin with a dot are passed over. PM0702.
Result<std::vector<RuleFile>> ReadFolder(const std::string& folder,
                                         const std::vector<std::string>& endings);
}  // namespace pm
