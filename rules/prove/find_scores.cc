#include "rules/prove/find_scores.h"

#include <algorithm>

#include "rules/prove/sum_sets.h"

namespace pm {
namespace {

struct ScoresOfGrade {
  std::string name;  // empty: there are no grades
  Intervals scores;
};

// Scores below the lowest grade have it, too.
std::vector<ScoresOfGrade> ByGrade(const std::vector<Grade>& grades, const Intervals& scores) {
  if (grades.empty()) return {{"", scores}};
  std::vector<ScoresOfGrade> ranges;
  for (size_t i = 0; i < grades.size(); ++i) {
    Intervals of_grade = Intersection(scores, Intervals{RangeOfGrade(grades, i)});
    if (!of_grade.empty()) ranges.push_back({grades[i].name, std::move(of_grade)});
  }
  return ranges;
}

OwnValue Number(int64_t number) { return {Type::kInt, number, {}}; }
OwnValue Text(std::string text) {
  return text.empty() ? OwnValue{} : OwnValue{Type::kText, 0, std::move(text)};
}

class ScoreSearch {
 public:
  ScoreSearch(const std::array<const Possible*, 6>& possible, std::array<OwnValue, 6>* out,
              uint64_t* work)
      : possible_(possible), out_(*out), work_(*work) {}

  bool Try(const ScoresOfGrade& fit, const ScoresOfGrade& engagement) {
    if (!Take(3, Text(fit.name)) || !Take(4, Text(engagement.name)) ||
        !Take(5, Text(fit.name + engagement.name))) {
      return false;
    }
    const Intervals engagements = NumbersOf(1, engagement.scores);
    for (const Interval& f : NumbersOf(0, fit.scores)) {
      for (const Interval& e : engagements) {
        if (TryPair(f, e)) return true;
      }
    }
    return false;
  }

  // No rule ever scored the lead.
  bool TryUnscored() {
    for (size_t i = 0; i < possible_.size(); ++i) {
      if (!Take(i, {})) return false;
    }
    return true;
  }

 private:
  bool Take(size_t field, OwnValue value) {
    const Possible* possible = possible_[field];
    if (possible != nullptr && !possible->Allows(value.value(), &work_)) return false;
    out_[field] = std::move(value);
    return true;
  }

  Intervals NumbersOf(size_t field, const Intervals& within) const {
    const Possible* possible = possible_[field];
    if (possible == nullptr) return within;
    if (!possible->may_be_present()) return {};
    return Intersection(within, possible->numbers());
  }

  bool TryPair(const Interval& fit, const Interval& engagement) {
    ++work_;
    const int64_t least = fit.begin + engagement.begin;
    const int64_t most = fit.end + engagement.end - 2;
    for (const Interval& total : NumbersOf(2, {{least, most + 1}})) {
      const int64_t sum = total.begin;
      const int64_t second = std::max(engagement.begin, sum - (fit.end - 1));
      out_[0] = Number(sum - second);
      out_[1] = Number(second);
      out_[2] = Number(sum);
      return true;
    }
    return false;
  }

  const std::array<const Possible*, 6>& possible_;
  std::array<OwnValue, 6>& out_;
  uint64_t& work_;
};

}  // namespace

ScoreRange FitRange(const ScoringRules& rules) {
  ScoreRange range;
  for (const ScoringRule& rule : rules.fit) {
    int64_t least = std::min<int64_t>(0, rule.points);
    int64_t most = std::max<int64_t>(0, rule.points);
    for (const Band& band : rule.bands) {
      least = std::min(least, band.points);
      most = std::max(most, band.points);
    }
    range.least += least;
    range.most += most;
  }
  range.most = std::min(range.most, rules.fit_cap);
  return range;
}

ScoreRange EngagementRange(const ScoringRules& rules) {
  ScoreRange range;
  for (const ScoringRule& rule : rules.engagement) {
    if (rule.points < 0) range.least = -kFarScore;
    if (rule.points > 0) range.most = rules.engagement_cap;
  }
  return range;
}

Interval RangeOfGrade(const std::vector<Grade>& grades, size_t grade) {
  const bool last = grade + 1 == grades.size();
  return {last ? -kFarScore : grades[grade].from, grade == 0 ? kFarScore : grades[grade - 1].from};
}

bool FindScores(const ScoringRules& rules, const ScoreSets& sets,
                const std::array<const Possible*, 6>& possible, std::array<OwnValue, 6>* out,
                uint64_t* work) {
  ScoreSearch search(possible, out, work);
  if (rules.fit.empty() && rules.engagement.empty()) return search.TryUnscored();
  const std::vector<ScoresOfGrade> engagements = ByGrade(rules.engagement_grades, sets.engagement);
  for (const ScoresOfGrade& fit : ByGrade(rules.fit_grades, sets.fit)) {
    for (const ScoresOfGrade& engagement : engagements) {
      if (search.Try(fit, engagement)) return true;
    }
  }
  return sets.unscored && search.TryUnscored();
}

}  // namespace pm
