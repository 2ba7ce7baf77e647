// Grades told as the points they stand for, so that rule sets which grade otherwise can be compared
// for the same leads: a lead has points, its grade follows from them. Pure; any thread.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/time/intervals.h"
#include "rules/diff/units.h"

namespace pm {

class GradePoints {
 public:
  explicit GradePoints(const ScoringRules& rules);
  // The same units, with ranges of points in place of each test of a grade; `slots` are extended.
  // Nothing when that cannot be said: an expression reads a grade, or there are no such grades.
  std::optional<std::vector<Unit>> InPoints(const std::vector<Unit>& units, Slots* slots) const;
  // The facts with the grades that go with their points.
  std::vector<Value> WithGrades(Facts facts, const Slots& slots) const;

 private:
  struct Range {
    FieldNumber of;  // score.fit or score.engagement
    Interval points;
  };
  struct GradeCell {
    FieldNumber field;
    std::string name;
    std::vector<Range> ranges;
  };
  std::optional<Condition> InPoints(const Condition& condition, Slots* slots) const;
  std::optional<Condition> TestInPoints(const Condition& test, Slots* slots) const;

  std::vector<GradeCell> cells_;
};

}  // namespace pm
