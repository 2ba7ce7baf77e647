// What the points of the fit rules can add up to for a lead. Rules that read the same fields may
// exclude each other, so they are looked at together; the others add up freely. Pure once built.
#pragma once
#include <vector>

#include "rules/prove/sum_sets.h"
#include "rules/rule_points.h"

namespace pm {

struct LeadSpace;

// What of a lead changes between its screening and scoring and its routing in the same step.
inline constexpr FieldNumber kChangingFields[] = {Field("lead.stage"), Field("lead.created_at")};

// Rules that read the same fields, directly or by others in between.
struct FitGroup {
  std::vector<PointsWays> rules;
  // By rule, and once more at the end: what it and those after it come to, were they free.
  std::vector<Intervals> rest;
  Intervals sums;  // that some lead gets from the group, and perhaps others
  std::vector<FieldNumber> fields;
};

struct FitSums {
  // `budget`: units of work, see LeadQuery; with less of it the sums are coarser. `work` is raised.
  FitSums(const LeadSpace& space, const ScoringRules& rules, uint64_t budget, uint64_t* work);

  std::vector<FitGroup> groups;
  // What every lead gets, and what comes from rules that read fields which change between the
  // scoring of a lead and the use of its score: these are tied to nothing.
  Intervals free_sums;
  Intervals totals;  // of all together, under the cap
};

// By the evaluator that scores leads.
int64_t FitOf(const ScoringRules& rules, Facts facts, const Slots& slots);

}  // namespace pm
