#include <fmt/format.h>

#include "rules/compile/checks/prover.h"
#include "rules/prove/find_scores.h"

namespace pm {
namespace {

struct Rule {
  const ScoringRule* rule;
  SourcePlace place;
  std::string facts;  // of a lead it counts for
};

class ScoringProver {
 public:
  explicit ScoringProver(Prover& prover) : prover_(prover) {}

  void Prove(const std::vector<Rule>& rules) {
    for (size_t i = 0; i < rules.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (rules[i].rule->signal == rules[j].rule->signal) Compare(rules[j], rules[i]);
      }
    }
  }

 private:
  void Compare(const Rule& first, const Rule& second) {
    const ScoringRule& a = *first.rule;
    const ScoringRule& b = *second.rule;
    if (!a.bands.empty() || !b.bands.empty() || a.when.always() || b.when.always()) return;
    if (a.points != b.points && a.points + b.points != 0) return;
    const bool within = Within(first, second);
    if (!within && !Within(second, first)) return;
    const ScoringRule& narrow = within ? a : b;
    const ScoringRule& wide = within ? b : a;
    const LeadAnswer example = prover_.Find({.must = {narrow.when}, .must_not = {}});
    const std::string undone = fmt::format("'{}' undoes '{}' wherever that counts: {:+} and {:+}",
                                           wide.name, narrow.name, wide.points, narrow.points);
    const std::string again = fmt::format("'{}' counts {:+} wherever '{}' counts {:+}", wide.name,
                                          wide.points, narrow.name, narrow.points);
    prover_.Tell(CheckKind::kScoringOverlap, second.place, a.points == b.points ? again : undone,
                 a.points == b.points ? "if they are to add up, give them points that say so"
                                      : "leave out one, or make the conditions disjoint",
                 &example);
  }

  // Whatever the first counts for the second does, too.
  bool Within(const Rule& first, const Rule& second) {
    const RuleBook& book = *prover_.context().builder.operator->();
    FactSheet sheet(book.slots());
    sheet.Add(FieldBlock(first.facts));
    prover_.Spend(1);
    if (first.facts.empty() || !second.rule->when.Holds(sheet.facts())) return false;
    return prover_
        .Find({.must = {first.rule->when}, .must_not = {second.rule->when}, .least = false})
        .none();
  }

  Prover& prover_;
};

template <class Doc>
std::vector<Rule> RulesOf(Prover& prover, const std::vector<ScoringRule>& rules,
                          const std::vector<Doc>& docs) {
  std::vector<Rule> known;
  for (size_t i = 0; i < rules.size(); ++i) {
    LeadAnswer answer = prover.Find({.must = {rules[i].when}, .must_not = {}, .least = false});
    known.push_back({&rules[i], docs[i].name.place, std::move(answer.facts)});
  }
  return known;
}

void ProveGrades(Prover& prover, const YamlMap<int64_t, Located<std::string>>& grades, int64_t cap,
                 int64_t most) {
  for (const auto& [name, from] : grades) {
    if (from <= most) continue;
    const std::string why = from > cap ? fmt::format("the cap is {}", cap)
                                       : fmt::format("the points of the rules come to {}", most);
    prover.Tell(CheckKind::kUnreachableScore, name.place,
                fmt::format("grade '{}' begins at {}, but {}", name.value, from, why), {});
  }
}

}  // namespace

void ProveScoring(Prover& prover) {
  CompileContext& context = prover.context();
  if (!context.draft.scoring) return;
  const ScoringDoc& doc = *context.draft.scoring;
  const ScoringRules& rules = context.builder->scoring;
  ScoringProver scoring(prover);
  scoring.Prove(RulesOf(prover, rules.fit, doc.fit.rules));
  scoring.Prove(RulesOf(prover, rules.engagement, doc.engagement.rules));
  ProveGrades(prover, doc.grades.fit, rules.fit_cap, FitRange(rules).most);
  ProveGrades(prover, doc.grades.engagement, rules.engagement_cap, EngagementRange(rules).most);
}

}  // namespace pm
