// Base64 (RFC 4648, section 4, with padding).
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace pm {

std::string Base64(std::string_view bytes);
Result<std::string> ParseBase64(std::string_view text);  // PM0002

}  // namespace pm
