#include "rules/rule_points.h"

namespace pm {

int64_t PointsOf(const ScoringRule& rule, Facts facts, const Slots& slots) {
  if (!rule.banded_field) return rule.points;
  const uint32_t slot = slots.Of(*rule.banded_field);
  if (slot == UINT32_MAX || facts[slot].missing()) return 0;
  int64_t points = 0;
  for (const Band& band : rule.bands) {
    if (facts[slot].number >= band.from) points = band.points;
  }
  return points;
}

}  // namespace pm
