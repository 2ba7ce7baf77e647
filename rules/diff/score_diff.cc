#include "rules/diff/score_diff.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "rules/diff/fit_diff.h"
#include "rules/diff/particulars.h"

namespace pm {
namespace {

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

}  // namespace

ScoresAlike DiffScores(const RuleBook& before, const RuleBook& after, const LeadSpace& space,
                       RuleDiff* diff) {
  const ScoringRules &a = before.scoring, &b = after.scoring;
  ScoresAlike alike{.points = EngagementAlike(a, b) && a.fit_cap == b.fit_cap, .grades = true};
  if (a.fit_cap != b.fit_cap) {
    diff->definitions.push_back(fmt::format("fit is {} at most, it was {}", b.fit_cap, a.fit_cap));
  }
  const auto grades = [&](std::string_view what, const std::vector<Grade>& old,
                          const std::vector<Grade>& now) {
    const std::string was = GradesText(old), is = GradesText(now);
    if (was == is) return;
    diff->definitions.push_back(fmt::format("grades of {}: {} now, {} before", what, is, was));
    alike.grades = false;
  };
  grades("fit", a.fit_grades, b.fit_grades);
  grades("engagement", a.engagement_grades, b.engagement_grades);
  alike.points = FitAlike(before, after, space, diff) && alike.points;
  return alike;
}

}  // namespace pm
