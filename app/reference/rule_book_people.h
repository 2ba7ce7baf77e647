// The half of a rule set's page that is about people and what they have to keep: who serves what
// and works when, reps, SLAs, cadences.
#pragma once
#include <string>

#include "rules/book.h"

namespace pm {

std::string PeopleSections(const RuleBook& book);

// `pool enterprise, else pool house`; `the owner named by account.owner`.
std::string TargetInWords(const Target& target, const FieldTable& fields);

}  // namespace pm
