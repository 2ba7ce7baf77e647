#include "rules/diff/common_points.h"

#include <algorithm>

#include "rules/condition_make.h"
#include "rules/condition_node.h"
#include "rules/prove/find_scores.h"
#include "rules/prove/program_tests.h"
#include "rules/prove/sum_sets.h"

namespace pm {
namespace {

constexpr FieldNumber kFit = Field("score.fit"), kEngagement = Field("score.engagement"),
                      kTotal = Field("score.total"), kFitGrade = Field("score.fit_grade"),
                      kEngagementGrade = Field("score.engagement_grade"),
                      kGrade = Field("score.grade");

const FieldDecl& DeclOfScore(FieldNumber number) {
  const auto decl = std::ranges::find(kFields, number.number, &FieldDecl::number);
  PM_CHECK(decl != kFields.end());
  return *decl;
}

Condition Test(FieldNumber score, TestOp op, std::vector<std::string> literals, Slots* slots) {
  const TestSpec spec{
      .field = &DeclOfScore(score), .op = op, .literals = std::move(literals), .list = nullptr};
  const auto made = MakeTest(spec, slots);
  PM_CHECK(made.has_value());
  return *made;
}

Condition In(FieldNumber score, const Intervals& points, Slots* slots) {
  std::vector<Condition> ranges;
  for (const Interval& one : Intersection(points, Intervals{{-kFarScore, kFarScore}})) {
    ranges.push_back(Test(score, TestOp::kBetween,
                          {std::to_string(one.begin), std::to_string(one.end - 1)}, slots));
  }
  return AnyOf(ranges);
}

Condition Both(const Condition& a, const Condition& b) {
  const Condition parts[] = {a, b};
  return AllOf(parts);
}
Condition Either(const Condition& a, const Condition& b) {
  const Condition parts[] = {a, b};
  return AnyOf(parts);
}

// Numbers for which the test holds.
Intervals Passing(const Condition& test) {
  const ConditionNode& node = *test.shared_root();
  Possible possible(DeclOfScore(node.field), false, nullptr);
  possible.Narrow(test.shared_root(), DemandOf(node, Goal::kTrue));
  return possible.may_be_present() ? possible.numbers() : Intervals{};
}

Intervals Below(const Intervals& set, int64_t cap) {
  return Intersection(set, Intervals{{-kFarScore, cap}});
}
bool Has(const Intervals& set, int64_t number) {
  return !Intersection(set, Intervals{OneNumber(number)}).empty();
}

}  // namespace

bool Scores(const ScoringRules& rules) { return !rules.fit.empty() || !rules.engagement.empty(); }

bool ReadsScore(const Condition& condition, const Slots& slots) {
  if (condition.always()) return false;
  std::vector<FieldNumber> fields;
  condition.CollectFields(slots, &fields);
  return std::ranges::find_first_of(fields, kScoreFields) != fields.end();
}

CommonPoints::CommonPoints(const ScoringRules& rules, int64_t more, bool capped)
    : scored_(Scores(rules)), more_(more), cap_(capped ? kFarScore : rules.fit_cap) {
  if (!scored_) return;
  const std::vector<Grade>&fits = rules.fit_grades, &engagements = rules.engagement_grades;
  const size_t rows = std::max<size_t>(fits.size(), 1),
               columns = std::max<size_t>(engagements.size(), 1);
  for (size_t f = 0; f < rows; ++f) {
    for (size_t e = 0; e < columns; ++e) {
      GradeCell both{kGrade, {}, {}, {}};
      if (!fits.empty()) both.name = fits[f].name, both.fit = RangeOfGrade(fits, f);
      if (!engagements.empty()) {
        both.name += engagements[e].name;
        both.engagement = RangeOfGrade(engagements, e);
      }
      if (both.fit && e == 0) cells_.push_back({kFitGrade, fits[f].name, both.fit, {}});
      if (both.engagement && f == 0)
        cells_.push_back({kEngagementGrade, engagements[e].name, {}, both.engagement});
      if (!both.name.empty()) cells_.push_back(std::move(both));
    }
  }
}

std::optional<std::vector<Unit>> CommonPoints::Told(const std::vector<Unit>& units,
                                                    const FieldTable& fields, Slots* slots) const {
  std::vector<Unit> told = units;
  for (Unit& unit : told) {
    if (!ReadsScore(unit.when, *slots)) continue;
    std::optional<Condition> when = Tell(unit.when, fields, slots);
    if (!when) return std::nullopt;
    unit.when = *std::move(when);
    unit.key += " in points: " + unit.when.Text();
  }
  return told;
}

std::optional<Condition> CommonPoints::Tell(const Condition& condition, const FieldTable& fields,
                                            Slots* slots) const {
  if (!ReadsScore(condition, *slots)) return condition;
  const ConditionNode& node = *condition.shared_root();
  if (node.kind == NodeKind::kTest) return TellTest(condition, slots);
  if (node.kind == NodeKind::kProgram) {
    const auto tests = TestsOf(node, fields);
    return tests ? Tell(Condition(tests), fields, slots) : std::nullopt;
  }
  std::vector<Condition> parts;
  for (const auto& child : node.children) {
    const std::optional<Condition> part = Tell(Condition(child), fields, slots);
    if (!part) return std::nullopt;
    parts.push_back(*part);
  }
  if (node.kind == NodeKind::kNot) return NotOf(parts.front());
  return node.kind == NodeKind::kAll ? AllOf(parts) : AnyOf(parts);
}

Condition CommonPoints::TellTest(const Condition& test, Slots* slots) const {
  const ConditionNode& node = *test.shared_root();
  if (!scored_) return WhenMissing(test, slots);
  if (node.field == kEngagement) return test;
  if (node.field == kFit) return FitIn(Passing(test), slots);
  if (node.field == kTotal) return TotalIn(Passing(test), slots);
  std::vector<Value> facts(node.slot + 1);
  std::vector<Condition> passing;
  bool known = false;
  for (const GradeCell& cell : cells_) {
    if (cell.field != node.field) continue;
    known = true;
    facts[node.slot] = Value::Text(cell.name);
    if (!test.Holds(facts)) continue;
    std::vector<Condition> ranges;
    if (cell.fit) ranges.push_back(FitIn({*cell.fit}, slots));
    if (cell.engagement) ranges.push_back(In(kEngagement, {*cell.engagement}, slots));
    passing.push_back(AllOf(ranges));
  }
  return known ? AnyOf(passing) : WhenMissing(test, slots);
}

// The test of a score that no lead has. Common points have no grades.
Condition CommonPoints::WhenMissing(const Condition& test, Slots* slots) const {
  const std::vector<Value> facts(test.shared_root()->slot + 1);
  switch (test.Eval(facts)) {
    case Tri::kTrue:
      return {};
    case Tri::kFalse:
      return AnyOf({});
    case Tri::kUnknown:
      break;
  }
  return Test(kFitGrade, TestOp::kEq, {"A"}, slots);
}

Condition CommonPoints::FitIn(const Intervals& own, Slots* slots) const {
  Intervals common = Shifted(Below(own, cap_), -more_);
  if (Has(own, cap_)) common.push_back({cap_ - more_, kFarScore});
  return In(kFit, Normalised(std::move(common)), slots);
}

Condition CommonPoints::TotalIn(const Intervals& own, Slots* slots) const {
  const Condition below =
      In(kTotal, Shifted(Intersection(own, Intervals{{-kFarScore, kFarScore}}), -more_), slots);
  if (cap_ >= kFarScore) return below;
  const Intervals capped = Shifted(Intersection(own, Intervals{{-kFarScore, kFarScore}}), -cap_);
  return Either(Both(In(kFit, {{-kFarScore, cap_ - more_}}, slots), below),
                Both(In(kFit, {{cap_ - more_, kFarScore}}, slots), In(kEngagement, capped, slots)));
}

std::vector<Value> CommonPoints::WithOwn(Facts facts, const Slots& slots) const {
  const auto number = [&](FieldNumber field) -> std::optional<int64_t> {
    const uint32_t slot = slots.Of(field);
    if (slot >= facts.size() || facts[slot].type != Type::kInt) return std::nullopt;
    return facts[slot].number;
  };
  std::optional<int64_t> fit = number(kFit), engagement = number(kEngagement);
  const std::optional<int64_t> total = number(kTotal);
  if (total && fit && !engagement) engagement = *total - *fit;
  if (total && engagement && !fit) fit = *total - *engagement;
  if (fit) fit = Own(*fit);
  return With({fit, engagement}, facts, slots);
}

std::vector<Value> CommonPoints::With(const OwnScores& scores, Facts facts,
                                      const Slots& slots) const {
  std::vector<Value> own(facts.begin(), facts.end());
  const auto set = [&](FieldNumber field, const Value& value) {
    const uint32_t slot = slots.Of(field);
    if (slot < own.size()) own[slot] = value;
  };
  for (const FieldNumber field : kScoreFields) set(field, {});
  if (!scored_) return own;
  const auto& [fit, engagement] = scores;
  if (fit) set(kFit, Value::Int(*fit));
  if (engagement) set(kEngagement, Value::Int(*engagement));
  if (fit && engagement) set(kTotal, Value::Int(*fit + *engagement));
  const auto lies = [](const std::optional<int64_t>& points, const std::optional<Interval>& range) {
    return !range || (points && *points >= range->begin && *points < range->end);
  };
  for (const GradeCell& cell : cells_) {
    if (lies(fit, cell.fit) && lies(engagement, cell.engagement))
      set(cell.field, Value::Text(cell.name));
  }
  return own;
}

}  // namespace pm
