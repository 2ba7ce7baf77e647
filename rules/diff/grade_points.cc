#include "rules/diff/grade_points.h"

#include <algorithm>
#include <array>

#include "rules/condition_make.h"
#include "rules/condition_node.h"
#include "rules/prove/find_scores.h"

namespace pm {
namespace {

constexpr FieldNumber kFit = Field("score.fit"), kEngagement = Field("score.engagement");
constexpr std::array kGrades = {Field("score.fit_grade"), Field("score.engagement_grade"),
                                Field("score.grade")};

bool IsGrade(FieldNumber field) { return std::ranges::find(kGrades, field) != kGrades.end(); }

bool ReadsGrade(const Condition& condition, const Slots& slots) {
  std::vector<FieldNumber> fields;
  condition.CollectFields(slots, &fields);
  return std::ranges::any_of(fields, IsGrade);
}

const FieldDecl& DeclOfScore(FieldNumber number) {
  const auto decl = std::ranges::find(kFields, number.number, &FieldDecl::number);
  PM_CHECK(decl != kFields.end());
  return *decl;
}

Condition Between(FieldNumber score, const Interval& points, Slots* slots) {
  const TestSpec spec{.field = &DeclOfScore(score),
                      .op = TestOp::kBetween,
                      .literals = {std::to_string(points.begin), std::to_string(points.end - 1)},
                      .list = nullptr};
  const auto made = MakeTest(spec, slots);
  PM_CHECK(made.has_value());
  return *made;
}

}  // namespace

GradePoints::GradePoints(const ScoringRules& rules) {
  const std::vector<Grade>&fits = rules.fit_grades, &engagements = rules.engagement_grades;
  for (size_t f = 0; f < fits.size(); ++f) {
    const Range fit{kFit, RangeOfGrade(fits, f)};
    cells_.push_back({Field("score.fit_grade"), fits[f].name, {fit}});
    for (size_t e = 0; e < engagements.size(); ++e) {
      cells_.push_back({Field("score.grade"),
                        fits[f].name + engagements[e].name,
                        {fit, {kEngagement, RangeOfGrade(engagements, e)}}});
    }
  }
  for (size_t e = 0; e < engagements.size(); ++e) {
    cells_.push_back({Field("score.engagement_grade"),
                      engagements[e].name,
                      {{kEngagement, RangeOfGrade(engagements, e)}}});
  }
}

std::optional<std::vector<Unit>> GradePoints::InPoints(const std::vector<Unit>& units,
                                                       Slots* slots) const {
  std::vector<Unit> told = units;
  for (Unit& unit : told) {
    if (unit.when.always() || !ReadsGrade(unit.when, *slots)) continue;
    std::optional<Condition> when = InPoints(unit.when, slots);
    if (!when) return std::nullopt;
    unit.when = *std::move(when);
    unit.key += " in points: " + unit.when.Text();
  }
  return told;
}

std::optional<Condition> GradePoints::InPoints(const Condition& condition, Slots* slots) const {
  if (!ReadsGrade(condition, *slots)) return condition;
  const ConditionNode& node = *condition.shared_root();
  if (node.kind == NodeKind::kTest) return TestInPoints(condition, slots);
  if (node.kind == NodeKind::kProgram) return std::nullopt;
  std::vector<Condition> parts;
  for (const auto& child : node.children) {
    const std::optional<Condition> part = InPoints(Condition(child), slots);
    if (!part) return std::nullopt;
    parts.push_back(*part);
  }
  if (node.kind == NodeKind::kNot) return NotOf(parts.front());
  return node.kind == NodeKind::kAll ? AllOf(parts) : AnyOf(parts);
}

std::optional<Condition> GradePoints::TestInPoints(const Condition& test, Slots* slots) const {
  const ConditionNode& node = *test.shared_root();
  std::vector<Value> facts(node.slot + 1);
  std::vector<Condition> passing;
  bool known = false;
  for (const GradeCell& cell : cells_) {
    if (cell.field != node.field) continue;
    known = true;
    facts[node.slot] = Value::Text(cell.name);
    if (!test.Holds(facts)) continue;
    std::vector<Condition> ranges;
    for (const Range& range : cell.ranges) {
      ranges.push_back(Between(range.of, range.points, slots));
    }
    passing.push_back(AllOf(ranges));
  }
  if (!known) return std::nullopt;
  return AnyOf(passing);
}

std::vector<Value> GradePoints::WithGrades(Facts facts, const Slots& slots) const {
  std::vector<Value> graded(facts.begin(), facts.end());
  const auto at = [&](FieldNumber field) -> Value* {
    const uint32_t slot = slots.Of(field);
    return slot < graded.size() ? &graded[slot] : nullptr;
  };
  for (const FieldNumber field : kGrades) {
    if (Value* grade = at(field)) *grade = Value{};
  }
  for (const GradeCell& cell : cells_) {
    Value* grade = at(cell.field);
    const bool has = std::ranges::all_of(cell.ranges, [&](const Range& range) {
      const Value* points = at(range.of);
      return points != nullptr && points->type == Type::kInt &&
             points->number >= range.points.begin && points->number < range.points.end;
    });
    if (grade != nullptr && has) *grade = Value::Text(cell.name);
  }
  return graded;
}

}  // namespace pm
