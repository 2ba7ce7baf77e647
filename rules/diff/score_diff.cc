#include "rules/diff/score_diff.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "rules/diff/fit_diff.h"
#include "rules/diff/particulars.h"
#include "rules/prove/find_scores.h"
#include "rules/prove/score_sums.h"

namespace pm {
namespace {

constexpr uint64_t kSumsBudget = 2'000'000;

std::string GradesText(const std::vector<Grade>& grades) {
  std::vector<std::string> texts;
  for (const Grade& grade : grades)
    texts.push_back(fmt::format("{} from {}", grade.name, grade.from));
  return fmt::format("{}", fmt::join(texts, ", "));
}

bool EngagementAlike(const ScoringRules& a, const ScoringRules& b) {
  const auto rules = [](const ScoringRules& scoring) {
    std::multiset<std::string> all;
    for (const ScoringRule& rule : scoring.engagement) all.insert(SignatureOf(rule));
    return all;
  };
  return rules(a) == rules(b) && a.engagement_cap == b.engagement_cap;
}

// The points that have each grade, where there are such points.
using PointsOfGrades = std::vector<std::pair<std::string, Intervals>>;

PointsOfGrades PointsByGrade(const std::vector<Grade>& grades, const Intervals& points) {
  PointsOfGrades all;
  for (size_t i = 0; i < grades.size(); ++i) {
    Intervals of_grade = Intersection(points, Intervals{RangeOfGrade(grades, i)});
    if (!of_grade.empty()) all.emplace_back(grades[i].name, std::move(of_grade));
  }
  return all;
}

class GradesDiff {
 public:
  GradesDiff(std::string_view what, RuleDiff* diff) : what_(what), diff_(*diff) {}

  // `points`: all that leads can have in either set. True when each has the same grade.
  bool Alike(const std::vector<Grade>& old, const std::vector<Grade>& now,
             const Intervals& points) {
    const std::string was = GradesText(old), is = GradesText(now);
    if (was == is) return true;
    if (TellRenamed(old, now)) return false;
    const bool alike = PointsByGrade(old, points) == PointsByGrade(now, points);
    (alike ? diff_.without_effect : diff_.definitions)
        .push_back(fmt::format("grades of {}: {} now, {} before{}", what_, is, was,
                               alike ? ": no points are of another grade" : ""));
    return alike;
  }

 private:
  bool TellRenamed(const std::vector<Grade>& old, const std::vector<Grade>& now) {
    if (!std::ranges::equal(old, now, {}, &Grade::from, &Grade::from)) return false;
    for (size_t i = 0; i < old.size(); ++i) {
      if (old[i].name == now[i].name) continue;
      diff_.without_effect.push_back(
          fmt::format("grade {} of {} is called {} now", old[i].name, what_, now[i].name));
    }
    return true;
  }

  const std::string_view what_;
  RuleDiff& diff_;
};

// What the rules of fit come to without the cap.
Intervals SumsOf(const ScoringRules& rules, const LeadSpace& space, const Slots& slots) {
  ScoringRules uncapped = rules;
  uncapped.fit_cap = kFarScore;
  uint64_t work = 0;
  return FitSums({.fields = space.fields, .slots = slots, .mail = space.mail}, uncapped,
                 kSumsBudget, &work)
      .totals;
}

}  // namespace

ScoringRules Rebound(const ScoringRules& rules, Slots* slots) {
  ScoringRules rebound = rules;
  for (auto* some : {&rebound.fit, &rebound.engagement}) {
    for (ScoringRule& rule : *some) {
      rule.when = rule.when.Rebound(slots);
      if (rule.banded_field) slots->Add(*rule.banded_field);
    }
  }
  return rebound;
}

ScoresAlike DiffScores(const RuleBook& before, const RuleBook& after, const LeadSpace& space,
                       RuleDiff* diff) {
  const ScoringRules &a = before.scoring, &b = after.scoring;
  Slots slots = space.slots;
  const ScoringRules old = Rebound(a, &slots), now = Rebound(b, &slots);
  const Intervals fit = Union(SumsOf(old, space, slots), SumsOf(now, space, slots));
  const bool capped_alike =
      a.fit_cap == b.fit_cap || fit.back().end <= std::min(a.fit_cap, b.fit_cap) + 1;
  if (a.fit_cap != b.fit_cap) {
    (capped_alike ? diff->without_effect : diff->definitions)
        .push_back(fmt::format("fit is {} at most, it was {}{}", b.fit_cap, a.fit_cap,
                               capped_alike ? ": no lead comes to more" : ""));
  }
  uint64_t work = 0;
  const LeadSpace of_rules{.fields = space.fields, .slots = slots, .mail = space.mail};
  const Intervals engagement = Union(SumsOfEngagement(of_rules, old, &work).possible,
                                     SumsOfEngagement(of_rules, now, &work).possible);
  const Intervals both = Union(Capped(fit, a.fit_cap), Capped(fit, b.fit_cap));
  const bool fit_grades = GradesDiff("fit", diff).Alike(a.fit_grades, b.fit_grades, both);
  const bool grades =
      GradesDiff("engagement", diff).Alike(a.engagement_grades, b.engagement_grades, engagement) &&
      fit_grades;
  return {.fit = FitAlike(before, after, space, diff) && capped_alike,
          .engagement = EngagementAlike(a, b),
          .grades = grades};
}

}  // namespace pm
