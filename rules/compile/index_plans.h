// How the rules of a book are found, for people: `rules dump --pass plan`.
#pragma once
#include <string>

#include "rules/book.h"

namespace pm {

// Of each list of rules with an index: its shapes, bitmaps, bytes, and what is looked at always.
std::string IndexPlans(const RuleBook& book);

}  // namespace pm
