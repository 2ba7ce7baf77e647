// One JSON value to one field: type check, bounds, normalisation.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/decode/json_tree.h"
#include "model/field_block.h"
#include "model/normalise/email.h"

namespace pm {

struct FieldOutcome {
  enum class Kind : uint8_t { kSet, kClear, kIgnore, kProblem };
  Kind kind = Kind::kIgnore;
  Value value;  // text borrowed from `storage`
  std::string storage;
  std::string reason, detail;  // kProblem; of kSet: what of the value was left out
};

// What else the event says that normalising needs.
struct FieldContext {
  std::string country;  // alpha-2, for phone and region
  const EmailRules* email = nullptr;
};

// The field takes the text for nothing at all: `N/A`, `unknown`, `-`.
bool IsNothing(const FieldDecl& decl, std::string_view text);

FieldOutcome ReadField(const FieldDecl& decl, const JsonNode& json, const FieldContext& context);

// `12.5`, `-3`, `1e3` exact in 10^-6; nullopt when it is no number or does not fit.
std::optional<int64_t> ParseMicros(std::string_view token);

}  // namespace pm
