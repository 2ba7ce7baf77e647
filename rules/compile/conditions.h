// Conditions from their trees.
#pragma once
#include <span>

#include "model/event_types.h"
#include "rules/compile/context.h"

namespace pm {

// When a condition is decided, and so which fields have a value then.
enum class FactScope : uint8_t {
  kBeforeScore,  // screening, fit: no score.*, no event.*
  kEvent,        // engagement rules: no score.*
  kLead,         // thresholds, hold, routing: no event.*
  kRepeat,       // repeat rules: the new submission, the scores of before; no event.*
  kCard          // SLA pause, cadence skip_if: no event.*
};

// Whose condition it is, for people: kind and name of the rule, and the key it stands under.
struct ConditionOwner {
  std::string_view kind, name, key = "when";
  EventType signal = EventType::kNone;  // of an engagement rule; kNone: unknown, or none
};

// The condition of a tree, a map of tests or an expression (CEL); without a tree it always holds.
// Reports what conditions/syntax.h lists; then gives nothing that may be used.
Condition CompileCondition(CompileContext& context, const YamlNode& node, FactScope scope,
                           const ConditionOwner& owner = {});

// The field, if it may be read in that scope; null and reported otherwise.
const FieldDecl* ExpectField(CompileContext& context, const Located<std::string>& name,
                             FactScope scope);

// What is to be told of a region that none of some countries has, though all of theirs are known,
// but others have: a lead may say so, but hardly does. Empty: nothing.
std::string ForeignRegion(std::span<const std::string> countries, std::string_view region);
inline constexpr std::string_view kForeignRegionHint =
    "name a region of that country, or the country of that region";

// The lists it reads, with what they hold: part of the content of a pinned document.
std::string ListsOf(const Condition& condition);

}  // namespace pm
