// A cap as the rules write it: `40 open`, `15 per day`, `60 per 7d`.
#pragma once
#include <string>

#include "rules/book.h"

namespace pm {

std::string CapText(const Cap& cap);
std::string CapsText(const std::vector<Cap>& caps);  // with commas between

}  // namespace pm
