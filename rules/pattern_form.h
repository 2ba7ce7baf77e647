// Regular expressions (RE2) that no text of a field can match, as far as that is seen at once.
// Pure; any thread.
#pragma once
#include <optional>
#include <string_view>

#include "base/result.h"
#include "model/fields.h"

namespace pm {

struct PatternTrouble {
  Error error;
  size_t offset = 0;  // bytes into the expression
};

// PM0210 where the expression asks for a capital letter, if the field has small ones only and it
// does not say `(?i)`. Classes such as `[A-Z]` are not looked at.
std::optional<PatternTrouble> TroubleOfPattern(const FieldDecl& field, std::string_view pattern);

}  // namespace pm
