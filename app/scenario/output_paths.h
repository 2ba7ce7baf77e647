// What may be asked of an output: the paths its schema knows.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace pm {

// PM0708 when no output of that type ever has the dotted path, of its data or its envelope, with
// the nearest path in words. `type` is one of OutputTypes().
Result<void> ExpectOutputPath(std::string_view type, std::string_view path);

}  // namespace pm
