// What a scoring rule whose condition holds is worth: its points, or those of the band that the
// field's value lies in; 0 when the field is missing or below the first band.
#pragma once
#include "rules/book.h"
#include "rules/facts.h"

namespace pm {

int64_t PointsOf(const ScoringRule& rule, Facts facts, const Slots& slots);

}  // namespace pm
