#include "app/simulate/lead_question.h"

#include <algorithm>

#include "app/simulate/derived_facts.h"
#include "base/text/json_writer.h"
#include "rules/condition_make.h"
#include "rules/condition_node.h"
#include "rules/prove/find_scores.h"

namespace pm {
namespace {

using Kind = LeadQuestion::Answer::Kind;

constexpr uint64_t kWorkOfQuery = 20'000;
constexpr int kMostLess = 16;
constexpr std::string_view kEmail = "lead.email", kEngagement = "score.engagement";

Condition Constant(bool holds) {
  auto node = std::make_shared<ConditionNode>();
  node->kind = holds ? NodeKind::kAll : NodeKind::kAny;  // of nothing
  return Condition(std::move(node));
}

}  // namespace

LeadQuestion::LeadQuestion(const RuleBook& book, const std::vector<RoutePath>& paths,
                           const LeadTrial& trial, const Wish& wish)
    : book_(book), slots_(book.slots()) {
  slots_.Add(Field("submission.hand_raise"));
  for (const RoutePath& path : paths) {
    const Target& to = path.leaf().to;
    if (to.from == TargetFrom::kOwner || to.from == TargetFrom::kSdrOf) slots_.Add(to.field);
  }
  for (const FieldNumber field : kScoreFields) scores_.insert(slots_.Add(field));
  FindGivers();
  ReadLead(trial);
  FindParts();
  goal_.emplace(book, paths, slots_, wish, lead_);
  const Condition routed = Routed();
  routed_ = !trial.route().empty() && !routed.Holds(lead_);
}

void LeadQuestion::ReadLead(const LeadTrial& trial) {
  BlockBuilder block;
  for (BlockReader r(FieldBlock(trial.facts())); r.Next();) block.Set(r.field(), r.value());
  if (trial.rows()->lead.hand_raise) block.Set(Field("submission.hand_raise"), Value::Bool(true));
  block_ = block.Build();
  FactSheet sheet(slots_);
  sheet.Add(FieldBlock(block_));
  lead_.assign(sheet.facts().begin(), sheet.facts().end());
  const Value& engagement = lead_[slots_.Of(Field("score.engagement"))];
  if (!engagement.missing()) earlier_points_ = engagement.number - PointsOf(true, lead_);
}

void LeadQuestion::FindParts() {
  Part address{.field = std::string(kEmail), .slots = {}};
  for (uint32_t slot = 0; slot < slots_.size(); ++slot) {
    const FieldDecl* field = book_.fields().Find(slots_.fields()[slot]);
    if (field == nullptr || field->name.starts_with("event.")) continue;
    if (field->name == kEmail || field->name == "lead.email_domain" ||
        field->name == "lead.free_mail") {
      address.slots.insert(slot);
    } else if (field->set_by == SetBy::kPublisher) {
      parts_.push_back({std::string(field->name), {slot}});
    }
  }
  if (!address.slots.empty()) parts_.push_back(std::move(address));
  // What a lead has done is no field of it, so it comes last.
  if (!book_.scoring.engagement.empty() && !GivesScores(book_.scoring))
    parts_.push_back({std::string(kEngagement), {slots_.Of(Field(kEngagement))}});
}

void LeadQuestion::FindGivers() {
  givers_ = GiversOf(book_, book_, book_.fields(), &slots_);
  fit_givers_ = givers_.size();
  for (const ScoringRule& rule : book_.scoring.engagement) {
    if (rule.signal != EventType::kLeadSubmitted) continue;
    Giver giver{.rule = &rule, .of_before = true, .of_after = true};
    giver.ways.push_back({rule.when, rule.points});
    std::vector<FieldNumber> fields;
    rule.when.CollectFields(slots_, &fields);
    for (const FieldNumber field : fields) giver.fields.insert(field.number);
    givers_.push_back(std::move(giver));
  }
}

Condition LeadQuestion::Is(uint32_t slot, const Value& value) const {
  const FieldDecl* field = book_.fields().Find(slots_.fields()[slot]);
  auto node = std::make_shared<ConditionNode>();
  node->kind = NodeKind::kTest;
  node->op = value.missing() ? TestOp::kMissing : TestOp::kEq;
  node->field = slots_.fields()[slot];
  node->type = field->type;
  node->slot = slot;
  node->text = field->name;
  if (!value.missing())
    node->operands.push_back({KindOf(field->type), value.number, std::string(value.text)});
  return Condition(std::move(node));
}

bool LeadQuestion::FreesEngagement() const {
  return freed_.contains(slots_.Of(Field(kEngagement)));
}

// A grade alone would leave open which score it is.
Condition LeadQuestion::Scored() const {
  const uint32_t slot = slots_.Of(Field(kEngagement));
  auto node = std::make_shared<ConditionNode>(*Is(slot, {}).shared_root());
  node->op = TestOp::kPresent;
  return Condition(std::move(node));
}

// Something asks to route it.
Condition LeadQuestion::Routed() const {
  std::vector<Condition> reasons;
  if (book_.lifecycle.RoutesOn("hand_raise"))
    reasons.push_back(Is(slots_.Of(Field("submission.hand_raise")), Value::Bool(true)));
  for (const Threshold& threshold : book_.lifecycle.thresholds) {
    if (book_.lifecycle.RoutesOn(threshold.to)) reasons.push_back(threshold.when);
  }
  return AnyOf(reasons);
}

LeadQuestion::Answer LeadQuestion::Ask(const std::set<size_t>& parts,
                                       const std::vector<Changes>& refused) {
  freed_.clear();
  for (const size_t part : parts)
    freed_.insert(parts_[part].slots.begin(), parts_[part].slots.end());
  lost_ = !refused.empty();
  Answer answer = Search(Start(refused));
  if (FreesEngagement()) AskForLess(refused, &answer);
  if (answer.kind == Kind::kNone && lost_) answer.kind = Kind::kUnknown;
  return answer;
}

// No more engagement than it takes: the solver tries the best grade first.
void LeadQuestion::AskForLess(const std::vector<Changes>& refused, Answer* answer) {
  const uint32_t slot = slots_.Of(Field(kEngagement));
  const auto test = [&](TestOp op, int64_t than) {
    auto node = std::make_shared<ConditionNode>(*Is(slot, Value::Int(than)).shared_root());
    node->op = op;
    return Condition(std::move(node));
  };
  for (int i = 0; answer->kind == Kind::kFound && i < kMostLess; ++i) {
    const auto found = answer->changes.find(std::string(kEngagement));
    if (found == answer->changes.end()) return;
    const int64_t much = std::stoll(found->second);
    if (much <= lead_[slot].number) return;
    Branch branch = Start(refused);
    branch.must.push_back(test(TestOp::kLt, much));
    branch.must.push_back(test(TestOp::kGte, lead_[slot].number));
    Answer less = Search(branch);
    if (less.kind != Kind::kFound) return;
    *answer = std::move(less);
  }
}

LeadQuestion::Branch LeadQuestion::Start(const std::vector<Changes>& refused) const {
  Branch branch;
  for (uint32_t slot = 0; slot < slots_.size(); ++slot) {
    const bool list = lead_[slot].type == Type::kTextList;  // settled where it is read alone
    if (!IsOpen(slot) && !list) branch.must.push_back(Is(slot, lead_[slot]));
  }
  if (FreesEngagement()) branch.must.push_back(Scored());
  branch.must.push_back(Settled(goal_->wanted()));
  if (!routed_) branch.must.push_back(Settled(Routed()));
  for (const ScreeningRule& rule : book_.screening) branch.must_not.push_back(Settled(rule.when));
  for (const Changes& one : refused) branch.must_not.push_back(told_.at(one));
  if (NextGiver(0) == givers_.size()) {
    for (Condition& score : ScoresOf(lead_)) branch.must.push_back(std::move(score));
  }
  return branch;
}

Condition LeadQuestion::Settled(const Condition& condition) const {
  return condition.always() ? Constant(true) : Condition(SettledNode(condition.shared_root()));
}

// What reads nothing that may be other is put as its verdict, unless that is unknown.
std::shared_ptr<const ConditionNode> LeadQuestion::SettledNode(
    const std::shared_ptr<const ConditionNode>& node) const {
  if (node->kind == NodeKind::kTest || node->kind == NodeKind::kProgram) {
    const bool open = node->kind == NodeKind::kTest
                          ? IsOpen(node->slot)
                          : std::ranges::any_of(node->inputs, [&](const ProgramInput& input) {
                              return !input.list && IsOpen(input.slot);
                            });
    const Tri verdict = Condition(node).Eval(lead_);
    if (open || verdict == Tri::kUnknown) return node;
    return Constant(verdict == Tri::kTrue).shared_root();
  }
  auto copy = std::make_shared<ConditionNode>(*node);
  for (auto& child : copy->children) child = SettledNode(child);
  return copy;
}

std::vector<Value> LeadQuestion::Merged(Facts found) const {
  std::vector<Value> facts = lead_;
  for (uint32_t slot = 0; slot < facts.size(); ++slot) {
    if (IsOpen(slot)) facts[slot] = found[slot];
  }
  return facts;
}

std::optional<Condition> LeadQuestion::Blocking(Facts found) {
  const std::vector<Value> facts = Merged(found);
  const std::optional<RouteGoal::Taker> taker = goal_->TakerOf(facts);
  if (taker && goal_->Grants(*taker)) return std::nullopt;
  if (taker && goal_->IsAhead(*taker)) return Settled(goal_->ConditionOf(*taker));
  lost_ = true;
  return Condition();
}

LeadAnswer LeadQuestion::Find(const Branch& branch) {
  LeadQuery query{.must = branch.must, .must_not = branch.must_not};
  query.blocking = [this](Facts facts) { return Blocking(facts); };
  query.budget = kWorkOfQuery;
  LeadAnswer answer = FindLead({book_.fields(), slots_, &book_.scoring}, query);
  work_ += answer.work + branch.must.size();
  return answer;
}

// Scores are any numbers at first. Where those of the lead that was found are not what the rules
// give it, one rule after the other is asked to give its points or not.
LeadQuestion::Answer LeadQuestion::Search(const Branch& branch) {
  const LeadAnswer answer = Find(branch);
  if (!answer.found()) return {answer.none() ? Kind::kNone : Kind::kUnknown, {}};
  FactSheet sheet(slots_);
  sheet.Add(FieldBlock(answer.facts));
  const std::vector<Value> facts = Merged(sheet.facts());
  const std::vector<Condition> scores = ScoresOf(facts);
  if (std::ranges::all_of(scores, [&](const Condition& one) { return one.Holds(facts); }))
    return Found(facts);
  const size_t giver = NextGiver(branch.giver);
  Branch next = branch;
  next.giver = giver + 1;
  if (giver >= givers_.size()) {
    if (branch.giver > givers_.size()) return {};
    next.must.insert(next.must.end(), scores.begin(), scores.end());
    return Search(next);
  }
  Answer all{Kind::kNone, {}};
  const PointsWays& ways = givers_[giver].ways;
  for (size_t way = 0; way <= ways.size(); ++way) {
    Branch under = next;
    if (way < ways.size()) {
      under.must.push_back(Settled(ways[way].when));
    } else {
      for (const PointsWay& one : ways) under.must_not.push_back(Settled(one.when));
    }
    Answer found = Search(under);
    if (found.kind == Kind::kFound) return found;
    if (found.kind == Kind::kUnknown) all.kind = Kind::kUnknown;
  }
  return all;
}

LeadQuestion::Answer LeadQuestion::Found(Facts facts) {
  Changes changes = ChangesIn(facts);
  std::vector<Condition> parts;
  for (const uint32_t slot : freed_) {
    if (facts[slot].type != Type::kTextList) parts.push_back(Is(slot, facts[slot]));
  }
  told_[changes] = AllOf(parts);
  return {Kind::kFound, std::move(changes)};
}

// The first that gives points by what may be other; givers_.size(): none.
size_t LeadQuestion::NextGiver(size_t from) const {
  for (size_t g = from; g < givers_.size(); ++g) {
    const bool open = std::ranges::any_of(
        givers_[g].fields, [&](uint32_t field) { return freed_.contains(slots_.Of({field})); });
    if (open) return g;
  }
  return givers_.size();
}

int64_t LeadQuestion::PointsOf(bool engagement, Facts facts) const {
  int64_t points = 0;
  for (size_t g = engagement ? fit_givers_ : 0; g < (engagement ? givers_.size() : fit_givers_);
       ++g) {
    for (const PointsWay& way : givers_[g].ways) points += way.when.Holds(facts) ? way.points : 0;
  }
  return points;
}

std::vector<Condition> LeadQuestion::ScoresOf(Facts facts) const {
  const ScoringRules& scoring = book_.scoring;
  if (scoring.fit.empty() && scoring.engagement.empty()) return {};
  const int64_t fit = std::min(PointsOf(false, facts), scoring.fit_cap);
  const int64_t engagement =
      std::min(earlier_points_ + PointsOf(true, facts), scoring.engagement_cap);
  std::vector<Condition> scores = {Is(slots_.Of(Field("score.fit")), Value::Int(fit))};
  if (!FreesEngagement())
    scores.push_back(Is(slots_.Of(Field(kEngagement)), Value::Int(engagement)));
  return scores;
}

Changes LeadQuestion::ChangesIn(Facts facts) const {
  Changes changes;
  for (const Part& part : parts_) {
    std::vector<uint32_t> changed;
    for (const uint32_t slot : part.slots) {
      if (freed_.contains(slot) && !(facts[slot] == lead_[slot])) changed.push_back(slot);
    }
    if (changed.empty()) continue;
    const Value& value = facts[changed.front()];
    const FieldNumber field = slots_.fields()[changed.front()];
    if (value.missing()) {
      changes[part.field] = "";
    } else if (field == Field("lead.email_domain")) {
      changes[part.field] = JsonString(fmt::format("lead@{}", value.text));
    } else if (field == Field("lead.free_mail")) {
      changes[part.field] =
          JsonString(value.number != 0 ? "lead@gmail.com" : "lead@company.example");
    } else {
      changes[part.field] = ValueJson(value);
    }
  }
  return changes;
}

}  // namespace pm
