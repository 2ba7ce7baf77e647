// What the text of a regular expression (RE2) tells at once: that no text of a field can match it,
// or that it matches what another does.
// Pure; any thread.
#pragma once
#include <optional>
#include <string>
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

// The same for what it matches, without groups that say nothing, such as `(?i)(vp)` has one. Of an
// expression that compiles; one in which leaving out a group could join what stands around it is
// given back as it is.
std::string WithoutIdleGroups(std::string_view pattern);

}  // namespace pm
