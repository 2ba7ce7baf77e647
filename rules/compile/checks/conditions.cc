#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "rules/compile/checks/prover.h"
#include "rules/compile/passes.h"
#include "rules/condition_node.h"
#include "rules/condition_program.h"
#include "rules/condition_text.h"
#include "rules/prove/find_scores.h"

namespace pm {
namespace {

using Node = std::shared_ptr<const ConditionNode>;

bool IsOfScore(FieldNumber field) {
  return std::ranges::find(kScoreFields, field) != kScoreFields.end();
}
bool IsScore(const ConditionNode& node) {
  return node.kind == NodeKind::kTest && IsOfScore(node.field);
}

bool ReadsScore(const Condition& part, const Slots& slots) {
  std::vector<FieldNumber> fields;
  part.CollectFields(slots, &fields);
  return std::ranges::any_of(fields, IsOfScore);
}

void CollectEmptyLists(const ConditionNode& node, std::set<std::string>* names) {
  for (const Node& child : node.children) CollectEmptyLists(*child, names);
  if (node.list != nullptr && node.list->items.empty()) names->insert(node.list->name);
  for (const ProgramInput& input : node.inputs) {
    if (input.list != nullptr && input.list->list->items.empty())
      names->insert(input.list->list->name);
  }
}

// `: lists.rivals is empty`, of the lists that it asks for; empty: none of them is.
std::string EmptyListsOf(const ConditionNode& node) {
  std::set<std::string> names;
  CollectEmptyLists(node, &names);
  if (names.empty()) return {};
  return fmt::format(": lists.{} {} empty", fmt::join(names, ", lists."),
                     names.size() == 1 ? "is" : "are");
}

// True when a list that it looks up was told to be of no use; the place is one of that finding's.
bool LooksUpUselessList(const ConditionNode& node, const SourcePlace& place, Diagnostics& out) {
  if (node.list && out.Also(CauseOfUselessList(node.list->name), place)) return true;
  return std::ranges::any_of(
      node.children, [&](const Node& child) { return LooksUpUselessList(*child, place, out); });
}

// Finds the parts of a condition that no lead meets, the smallest that can be blamed.
class Blame {
 public:
  Blame(Prover& prover, const WrittenCondition& whole) : prover_(prover), whole_(whole) {}

  // True when something was told.
  bool Look(const Node& node) {
    if (node->kind == NodeKind::kNot) return Alone(node);
    if (node->kind == NodeKind::kAll) return LookAtAll(*node);
    if (node->kind == NodeKind::kAny) {
      bool told = false;
      for (const Node& child : node->children) told = Look(child) || told;
      return told;
    }
    return Alone(node);
  }

 private:
  bool LookAtAll(const ConditionNode& all) {
    bool told = false;
    for (const Node& child : all.children) told = Look(child) || told;
    if (told) return true;
    std::vector<Condition> parts;
    for (const Node& child : all.children) {
      parts.emplace_back(child);
      if (!None(parts)) continue;
      TellTogether(parts);
      return true;
    }
    return false;
  }

  bool Alone(const Node& node) {
    if (!None({Condition(node)})) return false;
    if (LooksUpUselessList(*node, PlaceOfTest(*node), prover_.context().out)) return true;
    if (node->text.empty()) {
      prover_.Tell(CheckKind::kNeverHolds, whole_.place, "this holds for no lead", {});
      return true;
    }
    const bool missing = node->kind == NodeKind::kTest && node->op == TestOp::kMissing;
    const bool score = IsScore(*node) && !missing;
    const std::string empty = EmptyListsOf(*node);
    const std::string why =
        missing ? fmt::format(": {} is never missing", prover_.fields().Find(node->field)->name)
        : score ? ScoreReason(*node)
                : empty;
    prover_.Tell(score ? CheckKind::kUnreachableScore : CheckKind::kNeverHolds, PlaceOfTest(*node),
                 fmt::format("'{}' can never hold{}", node->text, why),
                 empty.empty() ? "" : "put something on the list, or leave out what asks for it");
    return true;
  }

  // The last part cannot hold beside those before it that are needed for that.
  void TellTogether(std::vector<Condition> parts) {
    for (size_t i = 0; i + 1 < parts.size();) {
      std::vector<Condition> fewer = parts;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (None(fewer)) {
        parts = std::move(fewer);
      } else {
        ++i;
      }
    }
    const ConditionNode& last = *parts.back().shared_root();
    std::vector<std::string> beside;
    for (size_t i = 0; i + 1 < parts.size(); ++i) beside.push_back(TextOf(parts[i]));
    LeadQuery query{.must = {parts.begin(), parts.end() - 1}, .must_not = {}};
    const LeadAnswer example = prover_.Find(std::move(query), whole_.earlier_scores);
    const bool score = std::ranges::any_of(
        parts, [&](const Condition& part) { return ReadsScore(part, prover_.slots()); });
    prover_.Tell(score ? CheckKind::kUnreachableScore : CheckKind::kNeverHolds, PlaceOfTest(last),
                 fmt::format("'{}' can never hold beside '{}'", TextOf(parts.back()),
                             fmt::join(beside, "' and '")),
                 {}, example.facts.empty() ? nullptr : &example);
  }

  static std::string TextOf(const Condition& part) {
    return part.shared_root()->text.empty() ? part.Text() : part.shared_root()->text;
  }

  std::string ScoreReason(const ConditionNode& test) const {
    const ScoringRules& scoring = prover_.context().builder->scoring;
    if (test.type != Type::kInt) return ": the points of the rules come to no such grade";
    const bool fit = test.field != Field("score.engagement");
    const bool engagement = test.field != Field("score.fit");
    const int64_t cap = (fit ? scoring.fit_cap : 0) + (engagement ? scoring.engagement_cap : 0);
    const Intervals asked = PassingNumbers(test);
    if (!asked.empty() && asked.front().begin > cap) return fmt::format(": the cap is {}", cap);
    if (scoring.fit.empty() && scoring.engagement.empty()) return ": there are no scoring rules";
    const Intervals none = {OneNumber(0)};
    uint64_t work = 0;
    return ": " + SumsText(AddedUp(fit ? prover_.sums().fit.totals : none,
                                   engagement ? prover_.sums().engagement.possible : none, &work),
                           asked);
  }

  SourcePlace PlaceOfTest(const ConditionNode& node) const {
    const auto& places = prover_.context().places_of_tests;
    const auto found = places.find(&node);
    if (found != places.end()) return found->second;
    return node.children.empty() ? whole_.place : PlaceOfTest(*node.children.front());
  }

  bool None(const std::vector<Condition>& parts) const {
    return prover_.Find({.must = parts, .must_not = {}, .least = false}, whole_.earlier_scores)
        .none();
  }

  Prover& prover_;
  const WrittenCondition& whole_;
};

void ProveOne(Prover& prover, const WrittenCondition& written) {
  const auto& [condition, place, earlier, consequence] = written;
  const LeadAnswer met =
      prover.Find({.must = {condition}, .must_not = {}, .least = false}, earlier);
  if (met.kind == LeadAnswer::Kind::kNotProved) {
    return prover.TellNotProved(place, "whether any lead meets this", met);
  }
  const bool told = Blame(prover, written).Look(condition.shared_root());
  if (met.none()) {
    if (told) return;
    prover.Tell(CheckKind::kNeverHolds, place,
                fmt::format("this holds for no lead{}", consequence.of_none),
                std::string(consequence.if_none));
    return;
  }
  const LeadAnswer unmet =
      prover.Find({.must = {}, .must_not = {condition}, .least = false}, earlier);
  if (unmet.none()) {
    if (LooksUpUselessList(*condition.shared_root(), place, prover.context().out)) return;
    prover.Tell(CheckKind::kAlwaysHolds, place,
                fmt::format("this holds for every lead{}{}", EmptyListsOf(*condition.shared_root()),
                            consequence.of_all),
                std::string(consequence.if_all));
  } else if (!unmet.found()) {
    prover.TellNotProved(place, "whether every lead meets this", unmet);
  }
}

}  // namespace

void ProveConditions(Prover& prover) {
  const bool scores_known = prover.context().Sound({"scoring"});
  for (const WrittenCondition& one : prover.context().conditions) {
    if (one.condition.always()) continue;
    if (scores_known || !ReadsScore(one.condition, prover.slots())) ProveOne(prover, one);
  }
}

}  // namespace pm
