// Lists of two rule sets compared for the leads that can come to them: scores follow from what a
// lead holds by the rules of each set, and who is screened out comes no further. One thread.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rules/diff/common_points.h"
#include "rules/diff/first_match.h"
#include "rules/diff/score_cases.h"
#include "rules/diff/score_diff.h"
#include "rules/prove/score_sums.h"

namespace pm {

// A list of one of the sets, with its naive evaluator over facts in the book's own slots.
struct ListSide {
  const RuleBook& book;
  const std::vector<Unit>& units;
  std::function<size_t(Facts own)> take;
  const UnitList* table_rows = nullptr;  // of routes: where rows of tables may match one lead
};

class LeadComparison {
 public:
  // `fields` are those of both sets once they are joined; `slots` of all conditions.
  LeadComparison(const RuleBook& before, const RuleBook& after, const FieldTable& fields,
                 Slots* slots)
      : before_(before), after_(after), fields_(fields), slots_(*slots) {}

  LeadSpace Space() const;
  // Scores follow from what a lead holds: where both sets score and grade alike as they say, else
  // by the points of fit that the one of before gives, of which both make their own.
  void JoinScores(const ScoresAlike& alike);
  // A lead that screening keeps in either set comes no further there, which is told of screening.
  void LeaveOutScreened();

  // Screening looks at scores that were made of what was known of the lead before.
  MatchDiff CompareScreening(const ListSide& before, const ListSide& after) const;
  // Each region's lead is confirmed by what either set gives to it. What is left out of account
  // stands in `not_proved`.
  MatchDiff Compare(std::string_view what, const ListSide& before, const ListSide& after,
                    std::vector<std::string>* not_proved);

 private:
  LeadSpace SpaceOfAnyScores() const;
  MatchSide SideOf(const ListSide& list, const std::vector<Unit>& units,
                   const CommonPoints* points) const;
  bool CompareCase(const ListSide& before, const ListSide& after, int64_t more,
                   const LeadQuery& among, MatchDiff* all);
  MatchDiff CompareSameScores(const ListSide& before, const ListSide& after) const;
  std::vector<Condition> Scored();
  void Confirm(const ListSide& before, const ListSide& after, MatchDiff* found) const;
  std::vector<int64_t> SomeEngagements() const;
  std::string AsShown(Facts facts, std::optional<int64_t> engagement) const;

  const RuleBook& before_;
  const RuleBook& after_;
  const FieldTable& fields_;
  Slots& slots_;
  std::optional<ScoringRules> common_;  // what leads score, or the points that both sets go by
  std::optional<ScoreSums> sums_;       // of these
  bool as_they_say_ = true;             // scores and grades are those of both sets
  bool fit_alike_ = true;               // both give the points of `common_`
  ScoreCases cases_ = {.cases = {{}}};
  std::vector<Condition> screened_;  // that no lead that is compared meets
};

}  // namespace pm
