// What an index over rules consists of, and how it is made of what they need.
#pragma once
#include "rules/index/bitmaps.h"
#include "rules/index/guards.h"

namespace pm {

// Why a rule is looked at always.
enum class WhyAlways : uint8_t {
  kOpen,          // it asks for nothing
  kExpression,    // only an expression (CEL) could tell
  kText,          // it asks for a part, a pattern or the absence of a text
  kList,          // it asks for a text of `lists.*`
  kAlternatives,  // it has too many alternatives
  kColumns,       // it asks only about fields beyond those that are indexed
  kFew            // it asks for ranges or presence, and too few do for bitmaps
};

struct RuleIndexData {
  std::vector<index::Column> columns;
  index::Guards guards;
  std::vector<index::Shape> shapes;  // most boxes first
  index::Bitmaps bitmaps;
  std::vector<index::Posting> always;  // rising by rule
  std::vector<WhyAlways> why;          // of each of `always`
  size_t never = 0;                    // rules that cannot match

  size_t bytes() const;
};

RuleIndexData MakeRuleIndex(std::span<const index::RuleNeeds> rules);

}  // namespace pm
