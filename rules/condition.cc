#include "rules/condition.h"

#include <re2/re2.h>

#include "model/value_text.h"
#include "rules/condition_program.h"
#include "rules/condition_text.h"
#include "rules/literal.h"

namespace pm {
namespace {

Tri Not(Tri t) {
  if (t == Tri::kUnknown) return t;
  return t == Tri::kTrue ? Tri::kFalse : Tri::kTrue;
}

re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }

// Sorted operands of one kind, so that a text needs no copy to be found.
bool OneOf(const std::vector<Operand>& operands, std::string_view text) {
  const auto it = std::ranges::lower_bound(
      operands, text, std::less<>(), [](const Operand& o) { return std::string_view(o.text); });
  return it != operands.end() && it->text == text;
}

bool OneOf(const std::vector<Operand>& operands, int64_t number) {
  const auto it = std::ranges::lower_bound(operands, number, std::less<>(), &Operand::number);
  return it != operands.end() && it->number == number;
}

// Lists hold folded texts; a field that keeps its capitals is folded for them.
bool InList(const TextList& list, std::string_view text) {
  return list.Contains(text) || list.Contains(FoldedItem(text));
}

bool TextHolds(const ConditionNode& test, std::string_view text) {
  const auto literal = [&] { return std::string_view(test.operands.front().text); };
  switch (test.op) {
    case TestOp::kEq:
    case TestOp::kNe:
      return text == literal();
    case TestOp::kIn:
    case TestOp::kNotIn:
      return test.list ? InList(*test.list, text) : OneOf(test.operands, text);
    case TestOp::kStartsWith:
      return text.starts_with(literal());
    case TestOp::kEndsWith:
      return text.ends_with(literal());
    case TestOp::kContains:
      return text.find(literal()) != std::string_view::npos;
    case TestOp::kMatches:
      return re2::RE2::PartialMatch(Piece(text), *test.pattern);
    case TestOp::kGt:
    case TestOp::kGte:
    case TestOp::kLt:
    case TestOp::kLte:
    case TestOp::kBetween:
    case TestOp::kPresent:
    case TestOp::kMissing:
      break;
  }
  return false;
}

bool NumberHolds(const ConditionNode& test, int64_t number) {
  const auto literal = [&] { return test.operands.front().number; };
  switch (test.op) {
    case TestOp::kEq:
    case TestOp::kNe:
      return number == literal();
    case TestOp::kIn:
    case TestOp::kNotIn:
      return OneOf(test.operands, number);
    case TestOp::kGt:
      return number > literal();
    case TestOp::kGte:
      return number >= literal();
    case TestOp::kLt:
      return number < literal();
    case TestOp::kLte:
      return number <= literal();
    case TestOp::kBetween:
      return number >= literal() && number <= test.operands[1].number;
    case TestOp::kStartsWith:
    case TestOp::kEndsWith:
    case TestOp::kContains:
    case TestOp::kMatches:
    case TestOp::kPresent:
    case TestOp::kMissing:
      break;
  }
  return false;
}

// A list holds when any of its items does.
bool ListHolds(const ConditionNode& test, std::string_view encoded) {
  return std::ranges::any_of(ListItems(encoded),
                             [&](std::string_view item) { return TextPasses(test, item); });
}

Tri EvalTest(const ConditionNode& test, Facts facts) {
  const Value& value = facts[test.slot];
  // A value of another type than declared was stored under other rules: not what was asked about.
  const bool missing = value.type != test.type;
  if (test.op == TestOp::kPresent) return missing ? Tri::kFalse : Tri::kTrue;
  if (test.op == TestOp::kMissing) return missing ? Tri::kTrue : Tri::kFalse;
  if (missing) {
    if (test.on_missing == OnMissing::kUnknown) return Tri::kUnknown;
    return test.on_missing == OnMissing::kMatch ? Tri::kTrue : Tri::kFalse;
  }
  bool holds = false;
  if (test.type == Type::kText) {
    holds = TextHolds(test, value.text);
  } else if (test.type == Type::kTextList) {
    holds = ListHolds(test, value.text);
  } else {
    holds = NumberHolds(test, value.number);
  }
  return holds != IsNegative(test.op) ? Tri::kTrue : Tri::kFalse;
}

Tri EvalNode(const ConditionNode& node, Facts facts) {
  if (node.kind == NodeKind::kTest) return EvalTest(node, facts);
  if (node.kind == NodeKind::kProgram) return EvalProgram(node, facts);
  if (node.kind == NodeKind::kNot) return Not(EvalNode(*node.children.front(), facts));
  const Tri decisive = node.kind == NodeKind::kAll ? Tri::kFalse : Tri::kTrue;
  Tri all = Not(decisive);
  for (const auto& child : node.children) {
    const Tri one = EvalNode(*child, facts);
    if (one == decisive) return one;
    if (one == Tri::kUnknown) all = one;
  }
  return all;
}

// Tests and programs, in the writer's order.
template <class F>
void EachLeaf(const ConditionNode& node, const F& visit) {
  if (node.kind == NodeKind::kTest || node.kind == NodeKind::kProgram) visit(node);
  for (const auto& child : node.children) EachLeaf(*child, visit);
}

std::shared_ptr<const ConditionNode> RebindNode(const ConditionNode& node, Slots* slots) {
  auto copy = std::make_shared<ConditionNode>(node);
  if (copy->kind == NodeKind::kTest) copy->slot = slots->Add(copy->field);
  for (ProgramInput& input : copy->inputs) {
    if (!input.list) input.slot = slots->Add(input.field);
  }
  for (auto& child : copy->children) child = RebindNode(*child, slots);
  return copy;
}

std::string NodeText(const ConditionNode& node) {
  if (node.kind == NodeKind::kTest || node.kind == NodeKind::kProgram) {
    static constexpr std::string_view kSuffix[] = {"", ", missing: match", ", missing: no_match"};
    return node.text + std::string(kSuffix[static_cast<size_t>(node.on_missing)]);
  }
  static constexpr std::string_view kNames[] = {"all", "any", "not"};
  std::string text(kNames[static_cast<size_t>(node.kind)]);
  text += '(';
  for (const auto& child : node.children) {
    if (child != node.children.front()) text += "; ";
    text += NodeText(*child);
  }
  return text + ')';
}

}  // namespace

bool IsNegative(TestOp op) { return op == TestOp::kNe || op == TestOp::kNotIn; }

bool TextPasses(const ConditionNode& test, std::string_view text) {
  const bool item = test.type == Type::kTextList && test.op == TestOp::kContains;
  return item ? text == test.operands.front().text : TextHolds(test, text);
}

ValueKind KindOf(Type type) {
  switch (type) {
    case Type::kMissing:
      return ValueKind::kNull;
    case Type::kBool:
      return ValueKind::kBool;
    case Type::kInt:
      return ValueKind::kInt;
    case Type::kDecimal:
      return ValueKind::kDecimal;
    case Type::kText:
      return ValueKind::kString;
    case Type::kTextList:
      return ValueKind::kList;
    case Type::kInstant:
      return ValueKind::kTimestamp;
    case Type::kDuration:
      return ValueKind::kDuration;
  }
  return ValueKind::kNull;
}

std::string_view OpName(TestOp op) {
  static constexpr std::string_view kNames[kTestOps] = {
      "eq",      "ne",          "in",        "not_in",   "gt",      "gte",     "lt",     "lte",
      "between", "starts_with", "ends_with", "contains", "matches", "present", "missing"};
  return kNames[static_cast<size_t>(op)];
}

Tri Condition::Eval(Facts facts) const {
  return root_ == nullptr ? Tri::kTrue : EvalNode(*root_, facts);
}

std::vector<ConditionTrace> Condition::Trace(Facts facts, const Slots& slots,
                                             const FieldTable& fields) const {
  std::vector<ConditionTrace> traces;
  if (root_ == nullptr) return traces;
  EachLeaf(*root_, [&](const ConditionNode& leaf) {
    const Tri verdict = EvalNode(leaf, facts);
    const bool missing = verdict == Tri::kUnknown;
    if (leaf.kind == NodeKind::kProgram) {
      traces.push_back({leaf.text, ProgramSaw(leaf, facts, fields), verdict, missing});
      return;
    }
    const uint32_t slot = slots.Of(leaf.field);
    const Value value = slot == UINT32_MAX ? Value() : facts[slot];
    const FieldDecl* field = fields.Find(leaf.field);
    traces.push_back({leaf.text, ValueText(value, field ? field->unit : ""), verdict, missing});
  });
  return traces;
}

void Condition::CollectFields(const Slots& slots, std::vector<FieldNumber>* out) const {
  if (root_ == nullptr) return;
  const auto collect = [&](uint32_t slot) {
    const FieldNumber field = slots.fields()[slot];
    if (std::ranges::find(*out, field) == out->end()) out->push_back(field);
  };
  EachLeaf(*root_, [&](const ConditionNode& leaf) {
    if (leaf.kind == NodeKind::kTest) collect(leaf.slot);
    for (const ProgramInput& input : leaf.inputs) {
      if (!input.list) collect(input.slot);
    }
  });
}

Condition Condition::Rebound(Slots* slots) const {
  return root_ == nullptr ? Condition() : Condition(RebindNode(*root_, slots));
}

std::string Condition::Text() const { return root_ == nullptr ? "always" : NodeText(*root_); }

}  // namespace pm
