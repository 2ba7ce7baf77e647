// Whether an output is what a scenario expects, and the difference in words.
#pragma once
#include <string>
#include <vector>

#include "app/scenario/scenario.h"
#include "model/decode/json_tree.h"

namespace pm {

// The value at a dotted path: of the event's data, else of its envelope (`time`, `subject`). Keys
// may hold dots themselves (`facts.account.employees`); numbers index lists from 0. Null: not
// there.
const JsonNode* AtPath(const JsonNode& event, std::string_view path);

// The JSON value as a short text, for differences.
std::string Shown(const JsonNode* node);

// Whether a value is what a scenario wants of it, as below. `got` null: it is not there.
bool Matches(const JsonNode* got, const YamlNode& wanted);
// What is wanted, as a short text.
std::string WantedText(const YamlNode& wanted);

// What differs, a line a field: `rep.id: expected ana, got bo`. Empty: it matches. `before` is the
// instant that `at: +10m` counts from.
//
// Wanted may be: a scalar (of a list: one of its items), a list (the same items in order), or a map
// with one of `contains: text`, `gte: n`, `lte: n`, `absent: true`, `present: true`.
std::vector<std::string> Differences(const Expectation& expected, const JsonNode& event,
                                     Instant before);

}  // namespace pm
