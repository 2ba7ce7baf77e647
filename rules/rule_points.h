// What a scoring rule whose condition holds is worth: its points, or those of the band that the
// field's value lies in; 0 when the field is missing or below the first band.
#pragma once
#include <vector>

#include "rules/book.h"
#include "rules/facts.h"

namespace pm {

int64_t PointsOf(const ScoringRule& rule, Facts facts, const Slots& slots);

// An outcome of a rule that gives points. Of those of one rule at most one holds for a lead; when
// none does the rule gives nothing.
struct PointsWay {
  Condition when;
  int64_t points = 0;
};
using PointsWays = std::vector<PointsWay>;
// `when` is the rule's condition in the slots; none of a band field that has no slot.
PointsWays WaysOf(const ScoringRule& rule, const Condition& when, const FieldTable& fields,
                  const Slots& slots);

}  // namespace pm
