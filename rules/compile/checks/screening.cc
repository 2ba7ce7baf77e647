#include <fmt/format.h>

#include "rules/compile/checks/prover.h"

namespace pm {
namespace {

constexpr size_t kMostBlamed = 8;  // rules that are tried out singly for the blame

using Rules = std::vector<const ScreeningRule*>;

LeadQuery PastRules(const ScreeningRule& rule, const Rules& before) {
  LeadQuery query{.must = {rule.when}, .must_not = {}, .least = false};
  for (const ScreeningRule* one : before) query.must_not.push_back(one->when);
  return query;
}

// Those before a rule without which it could be reached.
Rules Needed(Prover& prover, const ScreeningRule& rule, Rules before) {
  for (size_t i = before.size(); i-- > 0;) {
    Rules fewer = before;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (prover.Find(PastRules(rule, fewer)).none()) before = std::move(fewer);
    if (before.size() > kMostBlamed) break;
  }
  return before;
}

// A lead that one of the blamed rules is the first to take; a plain one of the rule where none was
// found.
LeadAnswer TakenByBlamed(Prover& prover, const ScreeningRule& rule, const Rules& before,
                         const Rules& blamed) {
  for (const ScreeningRule* one : blamed) {
    LeadQuery query = PastRules(rule, {before.begin(), std::ranges::find(before, one)});
    query.must.push_back(one->when);
    query.least = true;
    if (LeadAnswer answer = prover.Find(std::move(query)); answer.found()) return answer;
  }
  return prover.Find({.must = {rule.when}, .must_not = {}});
}

// One rule that holds for every lead was told where its condition stands.
void TellThatNonePasses(Prover& prover) {
  const CompileContext& context = prover.context();
  const Rules keeping = KeepingRules(*prover.context().builder.operator->());
  if (keeping.size() < 2 || !KeepEveryLead(prover, keeping)) return;
  for (const ScreeningRule* one : keeping) {
    if (KeepEveryLead(prover, {one})) return;
  }
  for (const ScreeningRuleDoc& doc : context.draft.screening->rules) {
    if (doc.name.value != keeping.back()->name) continue;
    prover.Tell(CheckKind::kUnreachableRoute, Gravity::kWarning, doc.name.place,
                "screening keeps every lead, so none is ever routed",
                "let those pass that somebody is to have");
  }
}

}  // namespace

bool KeepEveryLead(Prover& prover, const Rules& rules) {
  LeadQuery query{.must = {}, .must_not = {}, .least = false};
  for (const ScreeningRule* one : rules) query.must_not.push_back(one->when);
  return !rules.empty() && prover.Find(std::move(query)).none();
}

std::vector<const ScreeningRule*> KeepingRules(const RuleBook& book) {
  Rules keeping;
  for (const ScreeningRule& rule : book.screening) {
    std::vector<FieldNumber> fields;
    rule.when.CollectFields(book.slots(), &fields);
    const bool changes = std::ranges::find_first_of(fields, kChangingFields) != fields.end();
    if (!rule.hold_for_review && !changes) keeping.push_back(&rule);
  }
  return keeping;
}

void ProveScreening(Prover& prover) {
  CompileContext& context = prover.context();
  Rules before;
  for (size_t i = 0; i < context.builder->screening.size(); ++i) {
    const ScreeningRule& rule = context.builder->screening[i];
    const SourcePlace& place = context.draft.screening->rules[i].name.place;
    const LeadAnswer answer = prover.Find(PastRules(rule, before));
    const bool met = prover.Find({.must = {rule.when}, .must_not = {}, .least = false}).found();
    if (answer.none() && met) {
      const Rules blamed = Needed(prover, rule, before);
      const LeadAnswer example = TakenByBlamed(prover, rule, before, blamed);
      std::vector<std::string> names;
      for (const ScreeningRule* one : blamed) names.push_back(fmt::format("'{}'", one->name));
      prover.Tell(CheckKind::kUnreachableRoute, place,
                  fmt::format("screening rule '{}' can never be reached: {} before it screen{} "
                              "every lead that it is for",
                              rule.name, fmt::join(names, " and "), names.size() == 1 ? "s" : ""),
                  "leave it out, or move it before", &example);
    } else if (answer.kind == LeadAnswer::Kind::kNotProved && met) {
      prover.TellNotProved(place, fmt::format("whether a lead reaches '{}'", rule.name), answer);
    }
    before.push_back(&rule);
  }
  TellThatNonePasses(prover);
}

}  // namespace pm
