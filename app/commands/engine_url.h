// What stands for an engine on a command line.
#pragma once
#include <string>

#include "base/result.h"

namespace pm {

// PM0640 when it is no URL of http or https.
Result<void> ExpectUrl(const std::string& url);

}  // namespace pm
