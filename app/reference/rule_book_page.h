// A rule set as a page that people read: Markdown, the same bytes for the same rules.
#pragma once
#include <string>

#include "rules/book.h"

namespace pm {

// Rows of a decision table that are shown; of the others the number.
inline constexpr size_t kMostTableRows = 50;

// `title` heads the page: mostly the folder's name.
std::string RuleBookPage(const RuleBook& book, const std::string& title);

}  // namespace pm
