// What a rule needs of the facts at least, in a form that can be looked up: a few boxes, one of
// which must hold, each of needs that must all hold. Whenever the rule matches, a box holds; the
// other way round only mostly (an expression needs nothing), so who finds a box asks the rule.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/condition.h"
#include "rules/condition_text.h"

namespace pm::index {

// A hash of a value. Equal values have equal keys; different ones mostly different ones.
using Key = uint64_t;
inline constexpr Key kMissingKey = 0;  // of a value that is missing
inline constexpr Key kNoKey = 1;       // of a text that is shorter than the part asked for
Key KeyOf(std::string_view text);
Key KeyOf(int64_t number);
Key Joined(Key first, Key second);  // of a pair

// What of a fact is looked at.
enum class Part : uint8_t { kWhole, kPrefix, kSuffix, kItem };
struct Column {
  uint32_t slot = 0;
  Type type = Type::kMissing;  // a value of another type is missing
  Part part = Part::kWhole;
  uint32_t length = 0;  // of kPrefix and kSuffix, in bytes
  auto operator<=>(const Column&) const = default;
};

using Range = NumberRange;

// The values of a column that will do.
struct Need {
  Column column;
  bool missing = false;       // a missing one does
  bool present = false;       // any that is there does; then neither keys nor ranges
  std::vector<Key> keys;      // of texts and items; sorted, each once
  std::vector<Range> ranges;  // of all else; rising, apart
  bool impossible() const { return !missing && !present && keys.empty() && ranges.empty(); }
};

struct Box {
  std::vector<Need> needs;  // at most one a slot
};
// The box asks for `need` too; false when nothing is left that would do.
bool AddNeed(Need need, Box* box);

// Why a rule asks for less than it says.
enum class Loss : uint8_t { kNone, kExpression, kText, kList, kAlternatives };

struct RuleNeeds {
  std::vector<Box> boxes;  // none: it never matches; a box without needs: it must always be asked
  Loss loss = Loss::kNone;
};

inline constexpr size_t kMaxBoxes = 16;  // of a rule; one that would have more needs less
RuleNeeds NeedsOf(const Condition& condition);

}  // namespace pm::index
