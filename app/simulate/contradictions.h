// What the data of an event says against itself, and what of it the engine did not take: keys that
// say one field otherwise, values that others overrule. The engine goes by the last it reads and
// derives the rest; who tries a lead by hand is told.
#pragma once
#include <string>
#include <vector>

#include "app/simulate/event_data.h"
#include "model/decode/decode.h"
#include "rules/book.h"

namespace pm {

// As intake reads events under these rules; views the book.
DecodeRules DecodeRulesOf(const RuleBook& book);

// A line for each field that several keys say otherwise (`title`, `lead.title`), so that it is left
// to their order which of them counts.
std::vector<std::string> KeysThatDisagree(const RuleBook& book, std::string_view event_type,
                                          const EventData& data);

// A line for each field of a lead, account or submission that is another in `facts` than in
// `given`. What the facts do not hold is left out.
std::vector<std::string> ValuesOverruled(const RuleBook& book, FieldBlock given, FieldBlock facts);

}  // namespace pm
