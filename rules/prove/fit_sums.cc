#include "rules/prove/fit_sums.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "rules/condition_make.h"
#include "rules/condition_node.h"
#include "rules/prove/find_address.h"
#include "rules/prove/find_lead.h"
#include "rules/prove/group_sums.h"
#include "rules/rule_points.h"

namespace pm {
namespace {

std::vector<FieldNumber> FieldsOf(const PointsWays& ways, const Slots& slots) {
  std::vector<FieldNumber> fields;
  for (const PointsWay& way : ways) way.when.CollectFields(slots, &fields);
  if (std::ranges::find_first_of(fields, kAddressFields) != fields.end()) {
    // Intake makes them of one another.
    fields.insert(fields.end(), std::begin(kAddressFields), std::end(kAddressFields));
  }
  std::ranges::sort(fields);
  fields.erase(std::ranges::unique(fields).begin(), fields.end());
  return fields;
}

Intervals PointsOf(const PointsWays& ways) {
  Intervals points = {OneNumber(0)};
  for (const PointsWay& way : ways) points.push_back(OneNumber(way.points));
  return Normalised(std::move(points));
}

// Joins the rule with all groups that read a field of it.
void AddToGroups(PointsWays ways, std::vector<FieldNumber> fields, std::vector<FitGroup>* groups) {
  FitGroup joined;
  for (FitGroup& group : *groups) {
    if (std::ranges::find_first_of(group.fields, fields) == group.fields.end()) continue;
    std::ranges::move(group.rules, std::back_inserter(joined.rules));
    fields.insert(fields.end(), group.fields.begin(), group.fields.end());
    group.rules.clear();
  }
  std::erase_if(*groups, [](const FitGroup& group) { return group.rules.empty(); });
  std::ranges::sort(fields);
  fields.erase(std::ranges::unique(fields).begin(), fields.end());
  joined.fields = std::move(fields);
  joined.rules.push_back(std::move(ways));
  groups->push_back(std::move(joined));
}

}  // namespace

FitSums::FitSums(const LeadSpace& space, const ScoringRules& rules, uint64_t budget, uint64_t* work)
    : free_sums({OneNumber(0)}) {
  for (const ScoringRule& rule : rules.fit) {
    PointsWays ways = WaysOf(rule, rule.when, space.fields, space.slots);
    if (ways.empty()) continue;
    std::vector<FieldNumber> fields = FieldsOf(ways, space.slots);
    if (std::ranges::find_first_of(fields, kChangingFields) != fields.end()) {
      free_sums = AddedUp(free_sums, PointsOf(ways), work);
    } else if (ways.front().when.always()) {
      free_sums = Shifted(std::move(free_sums), ways.front().points);
    } else {
      AddToGroups(std::move(ways), std::move(fields), &groups);
    }
  }
  totals = free_sums;
  for (FitGroup& group : groups) {
    group.rest = {{OneNumber(0)}};
    for (size_t i = group.rules.size(); i-- > 0;) {
      group.rest.push_back(AddedUp(group.rest.back(), PointsOf(group.rules[i]), work));
    }
    std::ranges::reverse(group.rest);
    group.sums = SumsOfGroup(space, group, budget / groups.size(), work);
    totals = AddedUp(totals, group.sums, work);
  }
  totals = Capped(totals, rules.fit_cap);
}

int64_t FitOf(const ScoringRules& rules, Facts facts, const Slots& slots) {
  int64_t sum = 0;
  for (const ScoringRule& rule : rules.fit) {
    if (rule.when.Holds(facts)) sum += PointsOf(rule, facts, slots);
  }
  return std::min(sum, rules.fit_cap);
}

}  // namespace pm
