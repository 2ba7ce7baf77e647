#include "rules/diff/score_diff.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "rules/condition_make.h"
#include "rules/diff/signatures.h"
#include "rules/rule_points.h"
#include "rules/value_text.h"

namespace pm {
namespace {

std::string RuleKey(const ScoringRule& rule) {
  std::string key = fmt::format("{}|{}|{}|", KeyOf(rule.when), rule.points,
                                rule.banded_field ? rule.banded_field->number : 0);
  for (const Band& band : rule.bands) key += fmt::format("{}:{},", band.from, band.points);
  return key;
}

std::multiset<std::string> KeysOf(const std::vector<ScoringRule>& rules) {
  std::multiset<std::string> keys;
  for (const ScoringRule& rule : rules) keys.insert(RuleKey(rule));
  return keys;
}

std::string GradesText(const std::vector<Grade>& grades) {
  std::vector<std::string> texts;
  for (const Grade& grade : grades)
    texts.push_back(fmt::format("{} from {}", grade.name, grade.from));
  return fmt::format("{}", fmt::join(texts, ", "));
}

struct Fit {
  int64_t points = 0;
  std::string grade;
  std::string Text() const {
    return fmt::format("fit {}{}{}", points, grade.empty() ? "" : ", grade ", grade);
  }
};

Fit FitOf(const RuleBook& book, FieldBlock block) {
  FactSheet sheet(book.slots());
  sheet.Add(block);
  Fit fit;
  for (const ScoringRule& rule : book.scoring.fit) {
    if (rule.when.Holds(sheet.facts())) fit.points += PointsOf(rule, sheet.facts(), book.slots());
  }
  fit.points = std::min(fit.points, book.scoring.fit_cap);
  for (const Grade& grade : book.scoring.fit_grades) {
    if (fit.points < grade.from) continue;
    fit.grade = grade.name;
    break;
  }
  return fit;
}

class ScoreDiff {
 public:
  ScoreDiff(const RuleBook& before, const RuleBook& after, const LeadSpace& space, RuleDiff* diff)
      : before_(before),
        after_(after),
        slots_(space.slots),
        space_{space.fields, slots_},
        diff_(*diff) {
    for (const RuleBook* book : {&before, &after}) {
      for (const ScoringRule& rule : book->scoring.fit) {
        bound_[&rule] = rule.when.Rebound(&slots_);
        if (rule.banded_field) slots_.Add(*rule.banded_field);
      }
    }
  }

  void Run() {
    const auto gone = Left(before_.scoring.fit, KeysOf(after_.scoring.fit));
    const auto added = Left(after_.scoring.fit, KeysOf(before_.scoring.fit));
    std::set<std::string_view> told;
    for (const ScoringRule* rule : gone) {
      const auto now = std::ranges::find(added, rule->name, &ScoringRule::name);
      told.insert(rule->name);
      Show(rule, now == added.end() ? nullptr : *now);
    }
    for (const ScoringRule* rule : added) {
      if (!told.contains(rule->name)) Show(nullptr, rule);
    }
  }

 private:
  static std::vector<const ScoringRule*> Left(const std::vector<ScoringRule>& rules,
                                              std::multiset<std::string> others) {
    std::vector<const ScoringRule*> left;
    for (const ScoringRule& rule : rules) {
      const auto same = others.find(RuleKey(rule));
      if (same == others.end()) {
        left.push_back(&rule);
      } else {
        others.erase(same);
      }
    }
    return left;
  }

  void Show(const ScoringRule* old, const ScoringRule* now) {
    std::string why = "no lead was found that scores otherwise";
    for (const ScoringRule* rule : {old, now}) {
      if (rule == nullptr) continue;
      for (const LeadQuery& query : QueriesFor(*rule, rule == old ? now : old)) {
        const LeadAnswer answer = FindLead(space_, query);
        if (!answer.found()) {
          if (!answer.none()) why = answer.why;
          continue;
        }
        if (Tell(old, now, answer.facts)) return;
      }
    }
    const ScoringRule& one = old != nullptr ? *old : *now;
    diff_.not_proved.push_back(fmt::format("score: rule of fit '{}' differs: {}", one.name, why));
  }

  // Leads of the one rule that are not of the other come first, then any of it; of bands each.
  std::vector<LeadQuery> QueriesFor(const ScoringRule& rule, const ScoringRule* other) const {
    Slots slots = slots_;  // a test of a field that is there already adds none
    const Condition& when = bound_.at(&rule);
    std::vector<LeadQuery> queries;
    if (other != nullptr && !other->when.always())
      queries.push_back({.must = {when}, .must_not = {bound_.at(other)}});
    if (!rule.banded_field) queries.push_back({.must = {when}, .must_not = {}});
    const FieldDecl* field = rule.banded_field ? space_.fields.Find(*rule.banded_field) : nullptr;
    if (field == nullptr) return queries;
    for (const Band& band : rule.bands) {
      const bool decimal = field->type == Type::kDecimal;
      const TestSpec spec{
          .field = field,
          .op = TestOp::kEq,
          .literals = {decimal ? DecimalText(band.from) : std::to_string(band.from)},
          .list = nullptr};
      if (auto test = MakeTest(spec, &slots))
        queries.push_back({.must = {when, *test}, .must_not = {}});
    }
    return queries;
  }

  bool Tell(const ScoringRule* old, const ScoringRule* now, const std::string& facts) {
    const Fit before = FitOf(before_, FieldBlock(facts)), after = FitOf(after_, FieldBlock(facts));
    if (before.points == after.points) return false;
    const auto rule = [](const ScoringRule* one) {
      return one == nullptr ? "" : fmt::format("{} ({})", one->name, one->origin.Text());
    };
    diff_.regions.push_back({"score", rule(old), before.Text(), rule(now), after.Text(),
                             LeadYaml(FieldBlock(facts), space_.fields)});
    return true;
  }

  const RuleBook& before_;
  const RuleBook& after_;
  Slots slots_;  // of all rules of both
  const LeadSpace space_;
  std::map<const ScoringRule*, Condition> bound_;
  RuleDiff& diff_;
};

}  // namespace

bool ScoreAlike(const RuleBook& before, const RuleBook& after) {
  const ScoringRules &a = before.scoring, &b = after.scoring;
  return KeysOf(a.fit) == KeysOf(b.fit) && KeysOf(a.engagement) == KeysOf(b.engagement) &&
         a.fit_cap == b.fit_cap && a.engagement_cap == b.engagement_cap &&
         GradesText(a.fit_grades) == GradesText(b.fit_grades) &&
         GradesText(a.engagement_grades) == GradesText(b.engagement_grades);
}

void DiffScores(const RuleBook& before, const RuleBook& after, const LeadSpace& space,
                RuleDiff* diff) {
  const ScoringRules &a = before.scoring, &b = after.scoring;
  if (a.fit_cap != b.fit_cap)
    diff->definitions.push_back(fmt::format("fit is {} at most, it was {}", b.fit_cap, a.fit_cap));
  const auto grades = [diff](std::string_view what, const std::vector<Grade>& old,
                             const std::vector<Grade>& now) {
    if (GradesText(old) == GradesText(now)) return;
    diff->definitions.push_back(
        fmt::format("grades of {}: {} now, {} before", what, GradesText(now), GradesText(old)));
  };
  grades("fit", a.fit_grades, b.fit_grades);
  grades("engagement", a.engagement_grades, b.engagement_grades);
  ScoreDiff(before, after, space, diff).Run();
}

}  // namespace pm
