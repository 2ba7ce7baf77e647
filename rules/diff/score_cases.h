// Which rules of fit that differ hold for a lead: leads apart by that, so that within each case the
// points of two sets differ by one number.
#pragma once
#include <vector>

#include "rules/book.h"
#include "rules/condition.h"

namespace pm {

struct ScoreCase {
  std::vector<Condition> must, must_not;  // of its leads
  int64_t more = 0;  // points of fit that the set of now gives them more, without the caps
};
struct ScoreCases {
  std::vector<ScoreCase> cases;
  bool complete = true;  // every lead is in one of them
};
// Each is compared by itself, so there are not many.
inline constexpr size_t kMostScoreCases = 64;

// `slots` are extended; `fields` are those of both sets.
ScoreCases ScoreCasesOf(const RuleBook& before, const RuleBook& after, const FieldTable& fields,
                        Slots* slots);

}  // namespace pm
