// Scores and grades that go together, as the scoring rules tie them.
#pragma once
#include <array>
#include <string>

#include "rules/book.h"
#include "rules/prove/possible.h"

namespace pm {

inline constexpr std::array<FieldNumber, 6> kScoreFields = {
    Field("score.fit"),       Field("score.engagement"),       Field("score.total"),
    Field("score.fit_grade"), Field("score.engagement_grade"), Field("score.grade")};

// The least and the most that a score can be; both belong to it.
struct ScoreRange {
  int64_t least = 0, most = 0;
};
// By the points of the rules and the cap. Rules of engagement count as often as they are asked to.
ScoreRange FitRange(const ScoringRules& rules);
ScoreRange EngagementRange(const ScoringRules& rules);
// The scores that have the grade; of the lowest all below, too.
Interval RangeOfGrade(const std::vector<Grade>& grades, size_t grade);

// The scores there can be; sets of numbers.
struct ScoreSets {
  Intervals fit, engagement;
  bool unscored = false;  // or none at all
};

// What each of kScoreFields may be (null: nobody asked), and a value for each. Exact.
bool FindScores(const ScoringRules& rules, const ScoreSets& sets,
                const std::array<const Possible*, kScoreFields.size()>& possible,
                std::array<OwnValue, kScoreFields.size()>* out, uint64_t* work);

}  // namespace pm
