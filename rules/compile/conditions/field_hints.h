// What was probably meant by a field or a value that is none: hints for messages, empty when
// nothing comes to mind. Pure.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "model/fields.h"

namespace pm {

// By how it ends (`country` is lead.country or account.country), by what others call it, else by
// how near it is. `known`: names of fields.
std::string HintOfFieldName(std::string_view name, std::span<const std::string> known);
// For a name that can only be a field: those whose last part is near.
std::string HintOfLastPart(std::string_view name, std::span<const std::string> known);
// `now` and the like, which no rule can ask for.
std::string HintOfClock(std::string_view name);

// How `literal`, which the field does not take, is probably to be written.
std::string HintOfLiteral(const FieldDecl& field, std::string_view literal);

}  // namespace pm
