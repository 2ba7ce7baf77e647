// The scores of one rule set told by points that the leads of two sets have in common, so that sets
// which score or grade otherwise can be compared for the same leads: a lead has common points of
// fit and an engagement, and what each set makes of them follows. Pure; any thread.
#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/time/intervals.h"
#include "rules/diff/units.h"

namespace pm {

// The set scores leads at all: else every score is missing.
bool Scores(const ScoringRules& rules);

// Under the cap already. One that is not known leaves missing what follows from it.
struct OwnScores {
  std::optional<int64_t> fit, engagement;
};

class CommonPoints {
 public:
  // Of leads to which these rules give so many points of fit `more` than the common ones. The cap
  // is that of the rules; `capped`: it is in the common points already.
  CommonPoints(const ScoringRules& rules, int64_t more, bool capped);

  // The same units, with ranges of common points in place of each test of a score; `slots` are
  // extended. Nothing when that cannot be said: an expression reads a score.
  std::optional<std::vector<Unit>> Told(const std::vector<Unit>& units, const FieldTable& fields,
                                        Slots* slots) const;
  // The facts with the set's own scores in place of the common points.
  std::vector<Value> WithOwn(Facts facts, const Slots& slots) const;
  // The facts with these scores, and the grades that go with them, whose names are borrowed.
  std::vector<Value> With(const OwnScores& scores, Facts facts, const Slots& slots) const;
  // The points of fit that the set gives for the common ones.
  int64_t Own(int64_t common) const { return std::min(common + more_, cap_); }

 private:
  struct GradeCell {
    FieldNumber field;
    std::string name;
    std::optional<Interval> fit, engagement;  // own points that have it; unset: any
  };
  std::optional<Condition> Tell(const Condition& condition, const FieldTable& fields,
                                Slots* slots) const;
  Condition TellTest(const Condition& test, Slots* slots) const;
  Condition WhenMissing(const Condition& test, Slots* slots) const;
  Condition FitIn(const Intervals& own, Slots* slots) const;
  Condition TotalIn(const Intervals& own, Slots* slots) const;

  bool scored_;
  int64_t more_, cap_;
  std::vector<GradeCell> cells_;
};

// A score field that the condition reads.
bool ReadsScore(const Condition& condition, const Slots& slots);

}  // namespace pm
