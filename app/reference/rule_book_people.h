// The half of a rule set's page that is about people and what they have to keep: who serves what,
// reps, SLAs, cadences.
#pragma once
#include <string>

#include "rules/book.h"
#include "rules/documents/cadence.h"
#include "rules/documents/judging.h"
#include "rules/documents/people.h"
#include "rules/documents/routing.h"

namespace pm {

std::string PeopleSections(const RuleBook& book);

// `pool enterprise, else pool house`; `the owner named by account.owner`.
std::string TargetInWords(const Target& target, const FieldTable& fields);

// As it is written in the rules.
template <YamlEnum E>
std::string WordOf(E value) {
  for (const auto& entry : YamlNames(std::type_identity<E>{})) {
    if (entry.value == value) return std::string(entry.name);
  }
  return {};
}

}  // namespace pm
