#include "rules/prove/fit_course.h"

#include <algorithm>

namespace pm {

FitCourse::FitCourse(const FitSums& sums, const std::vector<FieldNumber>& asked, uint64_t* work) {
  std::vector<const FitGroup*> order;
  for (const FitGroup& group : sums.groups) order.push_back(&group);
  std::ranges::stable_partition(order, [&](const FitGroup* group) {
    return std::ranges::find_first_of(group->fields, asked) != group->fields.end();
  });
  for (const FitGroup* group : order) {
    for (size_t i = 0; i < group->rules.size(); ++i) {
      rules_.push_back({&group->rules[i], &group->rest[i + 1], groups_.size()});
    }
    groups_.push_back({group, rules_.size() - group->rules.size(), {}});
  }
  Intervals after = sums.free_sums;
  for (size_t i = groups_.size(); i-- > 0;) {
    groups_[i].after = after;
    after = AddedUp(after, groups_[i].group->sums, work);
  }
}

Intervals FitCourse::LeftAfter(int64_t points, uint64_t* work) const {
  const size_t place = taken_.size();
  const Group& group = groups_[rules_[place].group];
  const int64_t before = TakenBefore(group.begin);
  const int64_t in_group = TakenBefore(place) - before + points;
  const Intervals of_group =
      Intersection(group.group->sums, Shifted(*rules_[place].rest, in_group));
  return Shifted(AddedUp(of_group, group.after, work), before);
}

}  // namespace pm
