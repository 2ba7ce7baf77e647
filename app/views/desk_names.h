// The names of desks whose rows are met: keys hold hashes.
#pragma once
#include <string>

#include "rules/book.h"

namespace pm {

// Empty: the rules in force have no such desk.
std::string NameDesk(const RuleBook& rules, uint32_t hash);

}  // namespace pm
