// What of the lifecycle never happens: thresholds and repeat rules that others always come before,
// what a repeat rule asks of leads it cannot be done with, and stages that lead nowhere.
#include <fmt/format.h>

#include <set>

#include "rules/compile/checks/prover.h"
#include "rules/repeat_actions.h"

namespace pm {
namespace {

constexpr std::string_view kAnything;  // a stage or reason that no rule names

template <class Rule>
using Rules = std::vector<const Rule*>;

template <class Rule>
std::string LinesOf(const Rules<Rule>& rules) {
  std::vector<std::string> lines;
  for (const Rule* rule : rules) lines.push_back(fmt::format("line {}", rule->origin.line));
  return fmt::format("{}", fmt::join(lines, " and "));
}

template <class Rule>
LeadQuery PastRules(const Rule& rule, const Rules<Rule>& before) {
  LeadQuery query{.must = {rule.when}, .must_not = {}, .least = false};
  for (const Rule* one : before) query.must_not.push_back(one->when);
  return query;
}

bool Names(const std::vector<std::string>& names, std::string_view name) {
  return names.empty() || std::ranges::find(names, name) != names.end();
}
// Stages may name the place of a lead, too: one that is disqualified or converted is closed.
bool NamesStage(const RepeatRule& rule, std::string_view stage) {
  if (Names(rule.stages, stage)) return true;
  return (stage == "disqualified" || stage == "converted") && Names(rule.stages, "closed");
}

class LifecycleProver {
 public:
  explicit LifecycleProver(Prover& prover)
      : prover_(prover), rules_(prover.context().builder->lifecycle) {}

  void Prove(const LifecycleDoc& doc) {
    std::vector<const ThresholdDoc*> thresholds;  // those that are in force
    for (const ThresholdDoc& one : doc.thresholds) {
      if (one.to.value == "mql") thresholds.push_back(&one);
    }
    for (size_t i = 0; i < thresholds.size(); ++i) ProveThreshold(i, *thresholds[i]);
    for (size_t i = 0; i < rules_.repeat.size(); ++i) {
      ProveRepeat(i, doc.repeat[i].place);
      ProveAction(i, doc.repeat[i]);
    }
    ProveWhatRoutes(doc, thresholds);
  }

 private:
  // One with a longer cooldown leaves leads to those after it.
  void ProveThreshold(size_t index, const ThresholdDoc& doc) {
    const Threshold& threshold = rules_.thresholds[index];
    Rules<Threshold> before;
    for (size_t i = 0; i < index; ++i) {
      const Threshold& one = rules_.thresholds[i];
      if (one.to == threshold.to && one.cooldown <= threshold.cooldown) before.push_back(&one);
    }
    if (before.empty()) return;
    const LeadAnswer answer = prover_.Find(PastRules(threshold, before));
    if (answer.found()) return;
    const LeadAnswer plain = prover_.Find({.must = {threshold.when}, .must_not = {}});
    if (!plain.found()) return;  // told where the condition stands
    if (!answer.none()) {
      return prover_.TellNotProved(doc.place, "whether a lead gets as far as this threshold",
                                   answer);
    }
    const auto still_none = [&](const Rules<Threshold>& fewer) {
      return prover_.Find(PastRules(threshold, fewer)).none();
    };
    const Rules<Threshold> blamed = Needed<Threshold>(before, still_none);
    // One that no other threshold takes before.
    LeadQuery query = PastRules(threshold, Without(before, blamed));
    query.least = true;
    const LeadAnswer shown = prover_.Find(std::move(query));
    const LeadAnswer& example = shown.found() ? shown : plain;
    prover_.Tell(
        CheckKind::kLifecycle, doc.place,
        fmt::format("this threshold to {} never decides: whoever meets it meets that in {}",
                    threshold.to, LinesOf(blamed)),
        "leave one of them out", &example);
  }

  // The last of those are left out first without which it holds all the same.
  template <class Rule, class F>
  static Rules<Rule> Needed(Rules<Rule> rules, const F& holds_without) {
    for (size_t i = rules.size(); i-- > 0;) {
      Rules<Rule> fewer = rules;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (holds_without(fewer)) rules = std::move(fewer);
    }
    return rules;
  }

  template <class Rule>
  static Rules<Rule> Without(Rules<Rule> rules, const Rules<Rule>& others) {
    std::erase_if(rules,
                  [&](const Rule* one) { return std::ranges::find(others, one) != others.end(); });
    return rules;
  }

  enum class Covered : uint8_t { kYes, kNo, kNotProved };

  void ProveRepeat(size_t index, const SourcePlace& place) {
    const RepeatRule& rule = rules_.repeat[index];
    const Rules<RepeatRule> before = AsWideBefore(index);
    if (before.empty()) return;
    const Covered covered = Covers(before, rule);
    if (covered == Covered::kNo) return;
    const LeadAnswer plain =
        prover_.Find({.must = {rule.when}, .must_not = {}}, /*earlier_scores=*/true);
    if (!plain.found()) return;
    if (covered == Covered::kNotProved) {
      return prover_.TellNotProved(place, "whether a submission gets as far as this rule", answer_);
    }
    const Rules<RepeatRule> blamed = Needed<RepeatRule>(
        before,
        [&](const Rules<RepeatRule>& fewer) { return Covers(fewer, rule) == Covered::kYes; });
    const LeadAnswer shown = LeadOfRepeat(rule, Without(before, blamed));
    const LeadAnswer& example = shown.found() ? shown : plain;
    const bool any = rule.when.always() && (rule.stages.empty() || !shown.found());
    prover_.Tell(CheckKind::kUnreachableRoute, place,
                 fmt::format("this repeat rule can never be reached: {} before it take{} every "
                             "submission that it is for",
                             LinesOf(blamed), blamed.size() == 1 ? "s" : ""),
                 "leave it out, or move it up", any ? nullptr : &example);
  }

  // What a rule asks may be impossible in a stage, so that the default is done there. Without
  // `stage` a rule asks it of those it can be done with, if there are any.
  void ProveAction(size_t index, const RepeatDoc& doc) {
    const RepeatRule& rule = rules_.repeat[index];
    const Rules<RepeatRule> before = AsWideBefore(index);
    std::vector<std::string_view> idle;
    LeadAnswer example;
    LeadWhere where{};
    for (const StageDecl& stage : kLeadStages) {
      if (!Names(rule.stages, stage.name) || !stage.where) continue;
      const bool done = CanBeDone(rule.action, *stage.where);
      if (done && !rule.stages.empty()) continue;
      LeadAnswer lead = LeadInStage(rule, before, stage.name);
      if (done && !lead.none()) return;
      if (done || !lead.found()) continue;
      if (idle.empty()) {
        example = std::move(lead);
        where = *stage.where;
      }
      idle.push_back(stage.name);
    }
    if (idle.empty()) return;
    TellIdle(rule, doc, idle, where, example);
  }

  void TellIdle(const RepeatRule& rule, const RepeatDoc& doc,
                const std::vector<std::string_view>& idle, LeadWhere where,
                const LeadAnswer& example) {
    const auto first = std::ranges::find(doc.stage, idle.front(), &Located<std::string>::value);
    prover_.Tell(CheckKind::kLifecycle, first == doc.stage.end() ? doc.place : first->place,
                 fmt::format("`{}` cannot be done with a lead in stage {}: {}", NameOf(rule.action),
                             fmt::join(idle, " or "), InsteadIn(where)),
                 HintOf(rule.action), &example);
  }
  static std::string_view InsteadIn(LeadWhere where) {
    switch (where) {
      case LeadWhere::kNurture:
        return "nobody has it, so it just takes the submission";
      case LeadWhere::kWaiting:
        return "it waits to be let go, so it just takes the submission";
      case LeadWhere::kAtDesk:
        return "it is open and at a desk, so it just takes the submission";
      case LeadWhere::kClosed:
        return "it is closed, so a new one begins";
    }
    return {};
  }
  static std::string HintOf(RepeatAction action) {
    std::vector<std::string_view> stages;
    for (const StageDecl& stage : kLeadStages) {
      if (stage.where && CanBeDone(action, *stage.where)) stages.push_back(stage.name);
    }
    return fmt::format("`{}` is for {}", NameOf(action), fmt::join(stages, ", "));
  }

  Rules<RepeatRule> AsWideBefore(size_t index) const {
    Rules<RepeatRule> before;
    for (size_t i = 0; i < index; ++i) {
      if (IsAsWide(rules_.repeat[i], rules_.repeat[index])) before.push_back(&rules_.repeat[i]);
    }
    return before;
  }

  // In a stage that the rule names, and that none of the others takes.
  LeadAnswer LeadOfRepeat(const RepeatRule& rule, const Rules<RepeatRule>& others) {
    for (const std::string_view stage : AllOf(rule.stages)) {
      LeadAnswer answer = LeadInStage(rule, others, stage);
      if (answer.found()) return answer;
    }
    return {};
  }
  LeadAnswer LeadInStage(const RepeatRule& rule, const Rules<RepeatRule>& others,
                         std::string_view stage) {
    LeadAnswer answer{.kind = LeadAnswer::Kind::kNone, .facts = {}, .why = {}};
    for (const std::string_view reason : AllOf(rule.reasons)) {
      LeadQuery query = PastRules(rule, Taking(others, stage, reason));
      query.least = true;
      if (stage != kAnything) query.must.push_back(InStage(stage));
      LeadAnswer one = prover_.Find(std::move(query), /*earlier_scores=*/true);
      if (!one.none()) answer = std::move(one);
      if (answer.found()) break;
    }
    return answer;
  }

  Condition InStage(std::string_view stage) {
    const FieldDecl& field = *prover_.fields().Find(Field("lead.stage"));
    return prover_.context().builder.When(field.name, TestOp::kEq, {std::string(stage)});
  }

  // In what is asked of time and form.
  static bool IsAsWide(const RepeatRule& one, const RepeatRule& other) {
    const bool longer = one.within.ms == 0 || (other.within.ms > 0 && one.within >= other.within);
    return longer && (!one.same_form || other.same_form);
  }

  // Every stage and reason that the rule is for: together they take all that it holds for.
  Covered Covers(const Rules<RepeatRule>& before, const RepeatRule& rule) {
    Covered covered = Covered::kYes;
    for (const std::string_view stage : AllOf(rule.stages)) {
      for (const std::string_view reason : AllOf(rule.reasons)) {
        answer_ = prover_.Find(PastRules(rule, Taking(before, stage, reason)),
                               /*earlier_scores=*/true);
        if (answer_.found()) return Covered::kNo;
        if (!answer_.none()) covered = Covered::kNotProved;
      }
    }
    return covered;
  }
  static Rules<RepeatRule> Taking(Rules<RepeatRule> rules, std::string_view stage,
                                  std::string_view reason) {
    std::erase_if(rules, [&](const RepeatRule* one) {
      return !NamesStage(*one, stage) || !Names(one->reasons, reason);
    });
    return rules;
  }
  static std::vector<std::string_view> AllOf(const std::vector<std::string>& names) {
    if (names.empty()) return {kAnything};
    return {names.begin(), names.end()};
  }

  // What is not built yet was told where it is named.
  void ProveWhatRoutes(const LifecycleDoc& doc,
                       const std::vector<const ThresholdDoc*>& thresholds) {
    if (!thresholds.empty() && !rules_.RoutesOn("mql")) {
      prover_.Tell(CheckKind::kLifecycle, thresholds.front()->to.place,
                   "leads become mql, but `route_when` does not list mql: they are not routed",
                   "add mql to `route_when`, or accept this when nobody is to have them yet");
    }
    for (const Located<std::string>& reason : doc.route_when) {
      if (reason.value != "mql" || !thresholds.empty()) continue;
      prover_.Tell(CheckKind::kLifecycle, reason.place,
                   "no threshold leads to mql, so this routes nobody",
                   "add a threshold, or leave it out");
    }
  }

  Prover& prover_;
  const LifecycleRules& rules_;
  LeadAnswer answer_;  // the last of those about repeat rules
};

}  // namespace

void ProveLifecycle(Prover& prover) {
  const CompileContext& context = prover.context();
  if (context.draft.lifecycle) LifecycleProver(prover).Prove(*context.draft.lifecycle);
}

}  // namespace pm
