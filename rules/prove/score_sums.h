// What scores leads can have by the points of the rules.
#pragma once
#include "rules/prove/engagement_sums.h"
#include "rules/prove/fit_sums.h"

namespace pm {

struct ScoreSums {
  FitSums fit;
  EngagementSums engagement;
};

}  // namespace pm
