// What definitions do, as texts that are equal when they do the same: their own names left out, so
// that one that is only called otherwise is found.
#pragma once
#include <string>

#include "rules/book.h"

namespace pm {

std::string SignatureOf(const Cadence& cadence);
std::string SignatureOf(const Pool& pool);
std::string SignatureOf(const SlaPolicy& policy);

// Of a condition in the writer's words, with what its lists hold; empty: always. Equal texts mean
// equal conditions, where their fields are declared alike.
std::string KeyOf(const Condition& condition);

}  // namespace pm
