#include "app/views/explain_conditions.h"

#include <fmt/ranges.h>

#include "model/value_text.h"
#include "rules/condition_node.h"

namespace pm {
namespace {

Tri Opposite(Tri verdict) {
  if (verdict == Tri::kUnknown) return verdict;
  return verdict == Tri::kTrue ? Tri::kFalse : Tri::kTrue;
}

// `, 9 too few` of a comparison with one whole number that misses it.
std::string Distance(const ConditionNode& test, const Value& saw) {
  if (saw.type != Type::kInt || test.operands.size() != 1) return {};
  const int64_t wanted = test.operands.front().number;
  const bool too_few = test.op == TestOp::kGte || test.op == TestOp::kGt;
  const bool too_many = test.op == TestOp::kLte || test.op == TestOp::kLt;
  if (!too_few && !too_many) return {};
  const int64_t apart = too_few ? wanted - saw.number : saw.number - wanted;
  const bool or_equal = test.op == TestOp::kGte || test.op == TestOp::kLte;
  return fmt::format(", {} too {}", or_equal ? apart : apart + 1, too_few ? "few" : "many");
}

class Walk {
 public:
  Walk(const RuleBook& book, Facts facts, bool obstacles)
      : book_(book), facts_(facts), obstacles_(obstacles) {}

  // What of `node` (or of its opposite) answers the question.
  std::vector<std::string> Lines(const std::shared_ptr<const ConditionNode>& node,
                                 bool negated) const {
    const Tri eval = Condition(node).Eval(facts_);
    const bool holds = (negated ? Opposite(eval) : eval) == Tri::kTrue;
    if (holds == obstacles_) return {};
    if (node->kind == NodeKind::kTest) return {Sentence(node, negated)};
    if (node->kind == NodeKind::kProgram) return {ProgramSentence(node, negated)};
    const bool flip = node->kind == NodeKind::kNot;
    std::vector<std::string> lines;
    for (const auto& child : node->children) {
      for (std::string& line : Lines(child, negated != flip)) lines.push_back(std::move(line));
    }
    const bool any_will_do = (node->kind == NodeKind::kAny) != negated && !flip;
    if (obstacles_ && any_will_do && lines.size() > 1) return {Joined(lines)};
    return lines;
  }

 private:
  static std::string Joined(const std::vector<std::string>& lines) {
    return fmt::format("{}", fmt::join(lines, "; or "));
  }

  std::string Sentence(const std::shared_ptr<const ConditionNode>& test, bool negated) const {
    const auto traces = Condition(test).Trace(facts_, book_.slots(), book_.fields());
    const uint32_t slot = book_.slots().Of(test->field);
    const Value saw = slot == UINT32_MAX ? Value() : facts_[slot];
    const std::string wanted = (negated ? "not " : "") + test->text;
    return fmt::format("{}: it is {}{}", wanted, traces.front().saw,
                       obstacles_ && !negated ? Distance(*test, saw) : "");
  }

  std::string ProgramSentence(const std::shared_ptr<const ConditionNode>& node,
                              bool negated) const {
    const auto traces = Condition(node).Trace(facts_, book_.slots(), book_.fields());
    return fmt::format("{}{}: with {}", negated ? "not " : "", node->text, traces.front().saw);
  }

  const RuleBook& book_;
  const Facts facts_;
  const bool obstacles_;
};

std::vector<std::string> Answer(const RuleBook& book, Facts facts, const Condition& condition,
                                bool obstacles) {
  if (condition.always()) return {};
  return Walk(book, facts, obstacles).Lines(condition.shared_root(), false);
}

}  // namespace

std::vector<std::string> FactsInWords::Reasons(const Condition& condition) const {
  return Answer(book_, facts(), condition, false);
}

std::vector<std::string> FactsInWords::Obstacles(const Condition& condition) const {
  return Answer(book_, facts(), condition, true);
}

std::string FactsInWords::Saw(FieldNumber field) const {
  const uint32_t slot = book_.slots().Of(field);
  if (slot == UINT32_MAX) return "missing";
  const FieldDecl* decl = book_.fields().Find(field);
  return ValueText(facts()[slot], decl == nullptr ? "" : decl->unit);
}

std::string FactsInWords::NameOf(FieldNumber field) const {
  const FieldDecl* decl = book_.fields().Find(field);
  return decl == nullptr ? "?" : std::string(decl->name);
}

}  // namespace pm
