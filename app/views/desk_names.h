// The names of desks whose rows are met: keys hold hashes.
#pragma once
#include <string>

#include "rules/book.h"

namespace pm {

struct NamedDesk {
  std::string name;     // empty: the rules in force have no such desk
  bool shadow = false;  // of leads in mode `shadow`
};
NamedDesk NameDesk(const RuleBook& rules, uint32_t rows_hash);

}  // namespace pm
