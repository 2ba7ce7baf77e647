// A rule folder, or the rules of a running engine by its URL (AskRules), compiled, for commands;
// every problem is told on `err`.
#pragma once
#include <memory>
#include <string>

#include "app/commands/commands.h"
#include "rules/book.h"

namespace pm {

// Null after an error, with `*exit_code` set: 69 when the folder cannot be read, 78 when its rules
// are refused.
std::shared_ptr<const RuleBook> LoadRules(const std::string& folder, Streams& streams,
                                          int* exit_code);

}  // namespace pm
