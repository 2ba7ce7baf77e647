#include "rules/compile/grades.h"

#include <fmt/format.h>

#include "rules/stage_names.h"

namespace pm {
namespace {

constexpr int kUnknownName = 221;

std::vector<std::string> NamesOf(const std::vector<Grade>& grades) {
  std::vector<std::string> names;
  for (const Grade& grade : grades) names.push_back(grade.name);
  return names;
}

// What the field may hold, if it is a grade. Scores below the lowest grade have it, too.
std::optional<std::vector<std::string>> GradesOf(const ScoringRules& scoring, FieldNumber field) {
  std::vector<std::string> fit = NamesOf(scoring.fit_grades);
  std::vector<std::string> engagement = NamesOf(scoring.engagement_grades);
  if (field == Field("score.fit_grade")) return fit;
  if (field == Field("score.engagement_grade")) return engagement;
  if (field != Field("score.grade")) return std::nullopt;
  if (fit.empty()) return engagement;
  if (engagement.empty()) return fit;
  std::vector<std::string> both;
  for (const std::string& first : fit) {
    for (const std::string& second : engagement) both.push_back(first + second);
  }
  return both;
}

// One part that is missing makes many grades of both unknown, and more so if it has none at all.
std::string CauseOfGrade(const ScoringRules& scoring, FieldNumber field, std::string_view text) {
  const bool no_fit = scoring.fit_grades.empty();
  const bool no_engagement = scoring.engagement_grades.empty();
  if (no_fit && no_engagement) return "grades";
  if (field == Field("score.grade")) {
    for (const Grade& fit : scoring.fit_grades) {
      if (!text.starts_with(fit.name)) continue;
      return fmt::format("engagement grade {}", no_engagement ? "" : text.substr(fit.name.size()));
    }
    for (const Grade& engagement : scoring.engagement_grades) {
      if (!text.ends_with(engagement.name)) continue;
      const size_t rest = text.size() - engagement.name.size();
      return fmt::format("fit grade {}", no_fit ? "" : text.substr(0, rest));
    }
  }
  return fmt::format("grade {} {}", field.number, text);
}

}  // namespace

void ExpectStage(CompileContext& context, std::string_view stage, const SourcePlace& place) {
  if (place.source == nullptr) return;  // it could not be read, which was told
  if (std::ranges::find(kStageNames, stage) != kStageNames.end()) return;
  std::string hint = DidYouMean(stage, kStageNames);
  if (hint.empty()) hint = fmt::format("there are {}", fmt::join(kStageNames, ", "));
  context.out.ErrorOf(
      fmt::format("stage {}", stage), kUnknownName, place,
      stage.empty() ? "this names no stage" : fmt::format("there is no stage '{}'", stage),
      std::move(hint));
}

void ExpectGradeOrStage(CompileContext& context, FieldNumber field, std::string_view text,
                        const SourcePlace& place) {
  if (field == Field("lead.stage")) return ExpectStage(context, text, place);
  if (!context.Sound({"scoring"})) return;
  const auto grades = GradesOf(context.builder->scoring, field);
  if (!grades || std::ranges::find(*grades, text) != grades->end()) return;
  const std::vector<std::string_view> known(grades->begin(), grades->end());
  std::string hint = DidYouMean(text, known);
  if (hint.empty() && !known.empty()) hint = fmt::format("there are {}", fmt::join(known, ", "));
  if (known.empty()) hint = "`grades:` of kind scoring gives none";
  context.out.ErrorOf(CauseOfGrade(context.builder->scoring, field, text), kUnknownName, place,
                      fmt::format("no score has the grade '{}'", text), std::move(hint));
}

}  // namespace pm
