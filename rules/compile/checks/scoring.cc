#include <fmt/format.h>

#include "model/event_types.h"
#include "model/value_text.h"
#include "rules/compile/checks/prover.h"
#include "rules/condition_make.h"
#include "rules/condition_node.h"
#include "rules/literal.h"
#include "rules/prove/find_scores.h"
#include "rules/rule_points.h"

namespace pm {
namespace {

constexpr uint64_t kWorkOfPairs = 15'000'000;  // below a second
constexpr size_t kMostLeads = 8;               // that are kept of a rule

// What a rule counts the same for: all that it holds for, or the bands of the same points.
struct Part {
  Condition when;
  int64_t points;
  std::vector<std::string> leads;  // facts of some that it counts for
};
struct Rule {
  const ScoringRule* rule;
  SourcePlace place;
  std::vector<Part> parts;
};

class ScoringProver {
 public:
  explicit ScoringProver(Prover& prover)
      : prover_(prover), end_(prover.left() - std::min(prover.left(), kWorkOfPairs)) {}

  // What a rule has to do with those before it, told of one of them.
  void Prove(std::vector<Rule> rules) {
    std::erase_if(rules, [&](const Rule& rule) { return TellOfNothing(rule); });
    for (size_t i = 0; i < rules.size(); ++i) {
      prover_.context().TellProgress();
      bool told = false;
      for (size_t j = 0; j < i && !told; ++j) {
        if (prover_.left() <= end_) return TellTheRest(rules[i]);
        if (rules[i].rule->signal == rules[j].rule->signal) told = Compare(rules[j], rules[i]);
      }
    }
  }

 private:
  // Of a rule that no lead gets a point of.
  bool TellOfNothing(const Rule& rule) {
    const auto nothing = [](const Part& part) { return part.points == 0; };
    if (!std::ranges::all_of(rule.parts, nothing)) return false;
    prover_.Tell(CheckKind::kScoringOverlap, rule.place,
                 fmt::format("'{}' gives no points, whoever meets it", rule.rule->name),
                 "leave it out, or say what it is worth");
    return true;
  }

  bool Compare(Rule& first, Rule& second) {
    const ScoringRule& a = *first.rule;
    const ScoringRule& b = *second.rule;
    if (a.account_scope != b.account_scope) return false;
    for (Part& one : first.parts) {
      for (Part& other : second.parts) {
        if (one.when.always() != other.when.always()) continue;
        if (one.points != other.points && one.points + other.points != 0) continue;
        const bool told = one.when.always() ? TellOfAll(first, second)
                                            : CompareParts({a, one}, {b, other}, second.place);
        if (told) return true;
      }
    }
    return false;
  }

  struct PartOf {
    const ScoringRule& rule;
    Part& part;
  };
  bool CompareParts(PartOf a, PartOf b, const SourcePlace& place) {
    const bool within = Within(a.part, b.part);
    if (!within && !Within(b.part, a.part)) return false;
    const PartOf& narrow = within ? a : b;
    const PartOf& wide = within ? b : a;
    const int64_t points = narrow.part.points, others = wide.part.points;
    const LeadAnswer example = prover_.Find({.must = {narrow.part.when}, .must_not = {}});
    const std::string undone = fmt::format("'{}' undoes '{}' wherever that counts: {:+} and {:+}",
                                           wide.rule.name, narrow.rule.name, others, points);
    const std::string again = fmt::format("'{}' counts {:+} wherever '{}' counts {:+}",
                                          wide.rule.name, others, narrow.rule.name, points);
    prover_.Tell(CheckKind::kScoringOverlap, place, points == others ? again : undone,
                 points == others ? "if they are to add up, give them points that say so"
                                  : "leave out one, or make the conditions disjoint",
                 &example);
    return true;
  }

  void TellTheRest(const Rule& rule) {
    LeadAnswer spent;
    spent.why = "the work bound is spent";
    prover_.TellNotProved(rule.place,
                          "whether this rule, or one after it, undoes or repeats another", spent);
  }

  // Of two rules without a condition. Limits that differ make something else of the same points.
  bool TellOfAll(const Rule& first, const Rule& second) {
    const ScoringRule& a = *first.rule;
    const ScoringRule& b = *second.rule;
    const std::string_view of = a.signal == EventType::kNone ? "every lead" : DeclOf(a.signal).name;
    if (a.points != b.points) {
      prover_.Tell(CheckKind::kScoringOverlap, second.place,
                   fmt::format("'{}' undoes '{}': {:+} and {:+} for {}", b.name, a.name, b.points,
                               a.points, of),
                   "leave out one, or say with `when` what each is for");
      return true;
    }
    if (a.at_most.points != b.at_most.points || a.at_most.per != b.at_most.per) return false;
    prover_.Tell(CheckKind::kScoringOverlap, second.place,
                 fmt::format("'{}' counts {:+} for {}, as '{}' does", b.name, b.points, of, a.name),
                 "if they are to add up, give one rule the points of both");
    return true;
  }

  // Whatever the first counts for the second does, too.
  bool Within(Part& first, const Part& second) {
    for (const std::string& lead : first.leads) {
      FactSheet sheet(prover_.slots());
      sheet.Add(FieldBlock(lead));
      prover_.Spend(1);
      if (!second.when.Holds(sheet.facts())) return false;
    }
    if (first.leads.empty()) return false;
    LeadAnswer other =
        prover_.Find({.must = {first.when}, .must_not = {second.when}, .least = false});
    // It will show of more rules that they count for less.
    if (other.found() && first.leads.size() < kMostLeads) {
      first.leads.push_back(std::move(other.facts));
    }
    return other.none();
  }

  Prover& prover_;
  const uint64_t end_;  // what must be left of the work bound of the folder
};

std::vector<Part> PartsOf(Prover& prover, const ScoringRule& rule) {
  std::vector<Part> parts;
  if (rule.bands.empty()) parts.push_back({rule.when, rule.points, {}});
  if (!rule.bands.empty()) {
    for (PointsWay& way : WaysOf(rule, rule.when, prover.fields(), prover.slots())) {
      const auto same = std::ranges::find(parts, way.points, &Part::points);
      if (same == parts.end()) {
        parts.push_back({std::move(way.when), way.points, {}});
      } else {
        const Condition either[] = {same->when, way.when};
        same->when = AnyOf(either);
      }
    }
  }
  for (Part& part : parts) {
    LeadAnswer answer = prover.Find({.must = {part.when}, .must_not = {}, .least = false});
    if (answer.found()) part.leads.push_back(std::move(answer.facts));
  }
  return parts;
}

// Bands that give what the one below them does.
void TellSameBands(Prover& prover, const ScoringRule& rule, const FitRuleDoc& doc) {
  const std::vector<Band>& bands = rule.bands;
  const auto same = [](const Band& a, const Band& b) { return a.points == b.points; };
  if (std::ranges::adjacent_find(bands, same) == bands.end()) return;
  const FieldDecl& field = *prover.fields().Find(*rule.banded_field);
  const auto gives = [&](const Band& band) { return band.points == bands.front().points; };
  if (std::ranges::all_of(bands, gives)) {
    if (bands.front().points == 0) return;  // told as a rule that gives nothing
    const std::string from = ValueText({field.type, bands.front().from, {}});
    return prover.Tell(
        CheckKind::kScoringOverlap, doc.bands->of.place,
        fmt::format("every band of '{}' gives {:+}", rule.name, bands.front().points),
        fmt::format("write `points: {}` with `when: {{ {}: {{ gte: {} }} }}`, or give "
                    "the bands points of their own",
                    bands.front().points, field.name, from));
  }
  for (const auto& [from, points] : doc.bands->from) {
    const Result<Operand> at = ReadLiteral(field, from.value);
    const auto band = std::ranges::find(bands, at->number, &Band::from);
    if (band == bands.begin() || !same(*(band - 1), *band)) continue;
    prover.Tell(
        CheckKind::kScoringOverlap, from.place,
        fmt::format("from {} on '{}' gives {:+}, as below it", from.value, rule.name, points),
        "leave it out, or give it points of its own");
  }
}

template <class Doc>
std::vector<Rule> RulesOf(Prover& prover, const std::vector<ScoringRule>& rules,
                          const std::vector<Doc>& docs) {
  std::vector<Rule> known;
  for (size_t i = 0; i < rules.size(); ++i) {
    known.push_back({&rules[i], docs[i].name.place, PartsOf(prover, rules[i])});
  }
  return known;
}

// Of one of the scores; its grades as written, and by falling start.
struct GradedScore {
  FieldNumber score;
  const YamlMap<Located<int64_t>, Located<std::string>>& written;
  const std::vector<Grade>& grades;
  const Intervals& sums;
  int64_t cap;
};

Condition InRange(FieldNumber score, const Interval& range, const Slots& slots) {
  auto node = std::make_shared<ConditionNode>();
  node->kind = NodeKind::kTest;
  node->op = TestOp::kBetween;
  node->field = score;
  node->slot = slots.Of(score);
  node->type = Type::kInt;
  node->operands = {{ValueKind::kInt, range.begin, {}}, {ValueKind::kInt, range.end - 1, {}}};
  return Condition(std::move(node));
}

void TellGrade(Prover& prover, const GradedScore& of, const Located<std::string>& name,
               int64_t from, const Interval& range) {
  const bool beyond = from >= of.sums.back().end;
  if (beyond) {
    const std::string why =
        from > of.cap ? fmt::format("the cap is {}", of.cap)
                      : fmt::format("the points of the rules come to {}", of.sums.back().end - 1);
    return prover.Tell(CheckKind::kUnreachableScore, name.place,
                       fmt::format("grade '{}' begins at {}, but {}", name.value, from, why), {});
  }
  prover.Tell(CheckKind::kUnreachableScore, Gravity::kWarning, name.place,
              fmt::format("no score has the grade '{}': {}", name.value,
                          SumsText(of.sums, Intervals{range})),
              "leave out the grade, or change where it begins");
}

// Scores below the lowest grade have it, whatever it says of where it begins.
void ProveLowest(Prover& prover, const GradedScore& of) {
  if (of.grades.empty() || of.grades.back().from <= 0) return;
  const int64_t from = of.grades.back().from;
  const Interval below{RangeOfGrade(of.grades, of.grades.size() - 1).begin, from};
  const LeadAnswer example =
      prover.Find({.must = {InRange(of.score, below, prover.slots())}, .must_not = {}});
  if (!example.found()) return;
  const auto lowest =
      std::ranges::find(of.written, from, [](const auto& grade) { return grade.second.value; });
  const std::string& name = lowest->first.value;
  prover.Tell(
      CheckKind::kUnreachableScore, Gravity::kWarning, lowest->first.place,
      fmt::format("grade '{}' begins at {}, but it is the lowest: every score below has it, "
                  "too",
                  name, from),
      fmt::format("say `{}: 0`, or add a grade for what is below {}", name, from), &example);
}

void ProveGrades(Prover& prover, const GradedScore& of) {
  const ScoringRules& scoring = prover.context().builder->scoring;
  const bool scored = !scoring.fit.empty() || !scoring.engagement.empty();
  if (scored) ProveLowest(prover, of);
  for (const auto& [name, from] : of.written) {
    const auto grade = std::ranges::find(of.grades, from.value, &Grade::from);
    if (grade == of.grades.end()) continue;
    const Interval range = RangeOfGrade(of.grades, static_cast<size_t>(grade - of.grades.begin()));
    const LeadAnswer answer = prover.Find(
        {.must = {InRange(of.score, range, prover.slots())}, .must_not = {}, .least = false});
    if (answer.none() && (scored || from.value > 0)) {
      TellGrade(prover, of, name, from.value, range);
    } else if (answer.kind == LeadAnswer::Kind::kNotProved) {
      prover.TellNotProved(name.place,
                           fmt::format("whether a score has the grade '{}'", name.value), answer);
    }
  }
}

}  // namespace

void ProveScoring(Prover& prover) {
  CompileContext& context = prover.context();
  if (!context.draft.scoring) return;
  const ScoringDoc& doc = *context.draft.scoring;
  const ScoringRules& rules = context.builder->scoring;
  for (size_t i = 0; i < rules.fit.size(); ++i)
    TellSameBands(prover, rules.fit[i], doc.fit.rules[i]);
  ScoringProver scoring(prover);
  scoring.Prove(RulesOf(prover, rules.fit, doc.fit.rules));
  scoring.Prove(RulesOf(prover, rules.engagement, doc.engagement.rules));
  ProveGrades(prover, {Field("score.fit"), doc.grades.fit, rules.fit_grades,
                       prover.sums().fit.totals, rules.fit_cap});
  ProveGrades(prover, {Field("score.engagement"), doc.grades.engagement, rules.engagement_grades,
                       prover.sums().engagement.possible, rules.engagement_cap});
}

}  // namespace pm
