// A rule folder on disk: the one place of rules/ that reads files.
#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "rules/book.h"

namespace pm {

inline constexpr size_t kMaxFolderBytes = 256u << 20;
inline constexpr size_t kMaxFolderFiles = 10'000;

// All .yaml, .yml, .csv and .ics files of the folder and its sub-folders, by path (relative, with
// `/`), `tests` folders at the top left out; hidden files and other endings are passed over.
// Symbolic links are followed only within the folder. Each file is read once; one that is replaced
// meanwhile is read as it was before or after. Errors: PM0205, which names the file when one is to
// blame: the folder or a file cannot be read, a name is not UTF-8, an ending is in capitals, a
// link leads out of the folder or nowhere, or the folder is larger than the bounds.
Result<std::vector<RuleFile>> ReadRuleFolder(const std::string& folder);

}  // namespace pm
