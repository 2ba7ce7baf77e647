// The rule packs that come with the program: rules/packs of its sources, share/pointsman/packs
// where it is installed, or the folder that PM_PACKS names.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pm {

struct Pack {
  std::string name;    // of its folder
  std::string folder;  // path
  std::string about;   // one line, from the title of its README; may be empty
};

// By name. Looked for above the present folder, then above the program. PM0734: there are none.
Result<std::vector<Pack>> FindPacks();
// PM0734, or PM0750: there is no such pack; the text names those there are.
Result<Pack> FindPack(std::string_view name);

}  // namespace pm
