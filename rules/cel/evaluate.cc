// Errors and unknowns: a strict call passes them on, an unknown before an error, since it may yet
// turn out well; `&&` and `||` absorb both when the other side decides.
#include <fmt/format.h>

#include <array>

#include "rules/cel/call_problem.h"
#include "rules/cel/evaluate_macro.h"
#include "rules/cel/plan.h"
#include "rules/cel/verdict.h"
#include "rules/cel/work.h"

namespace pm::cel {
namespace {

constexpr size_t kInlineArgs = 4;

// The same as EvaluateNode, without a call for what most operands are.
inline Value Operand(const PlanNode& node, Evaluation& evaluation) {
  if (node.op == PlanOp::kVariable) {
    const Value& value = evaluation.binding(node.index);
    if (value.is_value() && evaluation.Spend(1)) return value;
  } else if (node.op == PlanOp::kConstant && evaluation.Spend(1)) {
    return node.value;
  }
  return EvaluateNode(node, evaluation);
}

Value Logical(const PlanNode& node, Evaluation& evaluation) {
  const bool decides = node.op == PlanOp::kOr;
  Verdict verdict(&evaluation);
  for (const PlanNode* arg : node.args) {
    const Value value = EvaluateNode(*arg, evaluation);
    if (value.kind == ValueKind::kBool) {
      if (value.boolean() == decides) return value;
      continue;
    }
    evaluation.set_at(arg->at);
    verdict.AddTruth(value);
  }
  return verdict.Or(Value::Bool(!decides));
}

Value Negated(const PlanNode& node, Evaluation& evaluation) {
  const Value value = EvaluateNode(*node.args[0], evaluation);
  if (value.kind == ValueKind::kBool) return Value::Bool(!value.boolean());
  evaluation.set_at(node.at);
  return NoTruth(value, evaluation);
}

Value Conditional(const PlanNode& node, Evaluation& evaluation) {
  const Value value = EvaluateNode(*node.args[0], evaluation);
  if (value.kind == ValueKind::kBool) {
    return EvaluateNode(*node.args[value.boolean() ? 1 : 2], evaluation);
  }
  evaluation.set_at(node.at);
  return NoTruth(value, evaluation);
}

bool Accepts(const Overload& overload, std::span<const Value> args) {
  if (overload.any_count) return true;
  if (overload.accepts.size() != args.size()) return false;
  for (size_t i = 0; i < args.size(); ++i) {
    if ((overload.accepts[i] >> static_cast<unsigned>(args[i].kind) & 1) == 0) return false;
  }
  return true;
}

Value NoOverload(const PlanNode& node, std::span<const Value> args, Evaluation& evaluation) {
  std::string kinds;
  for (const Value& arg : args) {
    if (!kinds.empty()) kinds += ", ";
    kinds += TypeName(arg.kind);
  }
  return evaluation.Fail(
      ErrorKind::kNoOverload,
      fmt::format("no such overload: {}({})", OperatorText(node.value.text()), kinds));
}

Value Apply(const PlanNode& node, std::span<const Value> args, Evaluation& evaluation) {
  evaluation.set_at(node.at);
  for (const Overload* overload : node.overloads) {
    if (!Accepts(*overload, args)) continue;
    if (overload->function == nullptr) break;
    const uint64_t before = WorkOf(overload->work, args);
    if (!evaluation.Spend(before)) return evaluation.stop_error();
    return overload->function(evaluation, args);
  }
  return NoOverload(node, args, evaluation);
}

// What becomes of a call whose arguments are not all values.
Value WithoutValue(std::span<const Value> args, Evaluation& evaluation) {
  Verdict verdict(&evaluation);
  for (const Value& arg : args) {
    if (!arg.is_value()) verdict.Add(arg);
  }
  return verdict.Or(Value::Null());
}

Value Call(const PlanNode& node, Evaluation& evaluation) {
  const size_t count = node.args.size();
  std::array<Value, kInlineArgs> inline_args;
  Value* args = count <= kInlineArgs ? inline_args.data() : evaluation.NewItems(count);
  if (args == nullptr) return evaluation.NoRoom();
  bool values = true;
  for (size_t i = 0; i < count; ++i) {
    args[i] = Operand(*node.args[i], evaluation);
    values = values && args[i].is_value();
  }
  return values ? Apply(node, {args, count}, evaluation) : WithoutValue({args, count}, evaluation);
}

template <class T>
bool Related(Relation relation, const T& a, const T& b) {
  switch (relation) {
    case Relation::kEqual:
      return a == b;
    case Relation::kNotEqual:
      return a != b;
    case Relation::kLess:
      return a < b;
    case Relation::kLessEqual:
      return a <= b;
    case Relation::kGreater:
      return a > b;
    case Relation::kGreaterEqual:
      return a >= b;
  }
  return false;
}

// What most conditions are made of is done in place; the rest goes the way of all calls.
Value Compared(const PlanNode& node, Evaluation& evaluation) {
  const std::array args = {Operand(*node.args[0], evaluation), Operand(*node.args[1], evaluation)};
  const auto& [a, b] = args;
  if (a.kind == ValueKind::kInt && b.kind == ValueKind::kInt) {
    return Value::Bool(Related(node.relation, a.integer, b.integer));
  }
  if (a.kind == ValueKind::kString && b.kind == ValueKind::kString) {
    if (!evaluation.Spend(UnitsOf(uint64_t{a.size} + b.size))) return evaluation.stop_error();
    return Value::Bool(Related(node.relation, a.text(), b.text()));
  }
  if (a.is_value() && b.is_value()) return Apply(node, args, evaluation);
  return WithoutValue(args, evaluation);
}

Value OrElse(const PlanNode& node, Evaluation& evaluation) {
  const Value first = EvaluateNode(*node.args[0], evaluation);
  if (first.kind != ValueKind::kOptional) {
    return first.is_value() ? NoOverload(node, {&first, 1}, evaluation) : first;
  }
  const bool unwrap = node.value.text() == "orValue";
  if (first.items != nullptr) return unwrap ? *first.items : first;
  const Value second = EvaluateNode(*node.args[1], evaluation);
  if (!second.is_value() || unwrap || second.kind == ValueKind::kOptional) return second;
  evaluation.set_at(node.at);
  return NoOverload(node, std::array{first, second}, evaluation);
}

Value Select(const PlanNode& node, Evaluation& evaluation) {
  Value of = EvaluateNode(*node.args[0], evaluation);
  if (!of.is_value()) return of;
  const bool optional = node.optional || of.kind == ValueKind::kOptional;
  if (of.kind == ValueKind::kOptional) {
    if (of.items == nullptr) return node.test_only ? Value::Bool(false) : of;
    of = *of.items;
  }
  evaluation.set_at(node.at);
  if (of.kind != ValueKind::kMap) {
    return evaluation.Fail(
        ErrorKind::kNoOverload,
        fmt::format("{} has no field '{}'", TypeName(of.kind), node.value.text()));
  }
  const Value* found = Find(*of.map, node.value);
  if (node.test_only) return Value::Bool(found != nullptr);
  if (optional) return Value::Optional(found);
  if (found != nullptr) return *found;
  return evaluation.Fail(ErrorKind::kNoSuchKey,
                         fmt::format("no such key: '{}'", node.value.text()));
}

Value InSet(const PlanNode& node, Evaluation& evaluation) {
  const Value value = Operand(*node.args[0], evaluation);
  if (!value.is_value()) return value;
  const bool text = value.kind == ValueKind::kString;
  if (!evaluation.Spend(text ? UnitsOf(value.size) : 0)) return evaluation.stop_error();
  return Value::Bool(text && Find(*node.value.map, value) != nullptr);
}

Value Matches(const PlanNode& node, Evaluation& evaluation) {
  const Value value = Operand(*node.args[0], evaluation);
  if (!value.is_value()) return value;
  evaluation.set_at(node.at);
  if (value.kind != ValueKind::kString) return NoOverload(node, {&value, 1}, evaluation);
  if (!evaluation.Spend(UnitsOf(value.size))) return evaluation.stop_error();
  return Value::Bool(node.pattern->Matches(value.text()));
}

// Whether an item of a list or map is there: not a value (then it is the answer), absent, present.
enum class Presence : uint8_t { kFailed, kAbsent, kPresent };
Presence EvaluateEntry(const PlanNode& node, Evaluation& evaluation, Value* value) {
  *value = EvaluateNode(node, evaluation);
  if (!value->is_value()) return Presence::kFailed;
  if (node.op != PlanOp::kEntry) return Presence::kPresent;
  if (value->kind != ValueKind::kOptional) {
    evaluation.set_at(node.at);
    *value = evaluation.Fail(ErrorKind::kNoOverload, "'?' wants an optional");
    return Presence::kFailed;
  }
  if (value->items == nullptr) return Presence::kAbsent;
  *value = *value->items;
  return Presence::kPresent;
}

Value MakeList(const PlanNode& node, Evaluation& evaluation) {
  Value* items = evaluation.NewItems(node.args.size());
  if (items == nullptr) return evaluation.NoRoom();
  size_t size = 0;
  Verdict verdict(&evaluation);
  for (const PlanNode* arg : node.args) {
    Value value;
    const Presence presence = EvaluateEntry(*arg, evaluation, &value);
    if (presence == Presence::kFailed) verdict.Add(value);
    if (presence == Presence::kPresent) items[size++] = value;
  }
  return verdict.Or(Value::List({items, size}));
}

Value MakeMap(const PlanNode& node, Evaluation& evaluation) {
  auto* entries = evaluation.NewArray<MapEntry>(node.args.size() / 2);
  if (entries == nullptr) return evaluation.NoRoom();
  size_t size = 0;
  Verdict verdict(&evaluation);
  for (size_t i = 0; i < node.args.size(); i += 2) {
    const Value key = EvaluateNode(*node.args[i], evaluation);
    if (!key.is_value()) verdict.Add(key);
    Value value;
    const Presence presence = EvaluateEntry(*node.args[i + 1], evaluation, &value);
    if (presence == Presence::kFailed) verdict.Add(value);
    if (presence == Presence::kPresent) entries[size++] = {key, value};
  }
  if (verdict.failed()) return verdict.Or(Value::Null());
  evaluation.set_at(node.at);
  if (!evaluation.Spend(size)) return evaluation.stop_error();
  return evaluation.NewMap({entries, size});
}

}  // namespace

Value EvaluateNode(const PlanNode& node, Evaluation& evaluation) {
  if (!evaluation.Spend(1)) return evaluation.stop_error();
  switch (node.op) {
    case PlanOp::kConstant:
      return node.value;
    case PlanOp::kVariable: {
      const Value& value = evaluation.binding(node.index);
      return value.is_unknown() ? Value::Unknown({&node.index, 1}) : value;
    }
    case PlanOp::kPresence:
      return Value::Bool(!evaluation.binding(node.index).is_unknown());
    case PlanOp::kOptional: {
      const Value& value = evaluation.binding(node.index);
      return Value::Optional(value.is_unknown() ? nullptr : &value);
    }
    case PlanOp::kLocal:
      return evaluation.local(node.index);
    case PlanOp::kUnbound:
      evaluation.set_at(node.at);
      return evaluation.Fail(ErrorKind::kUnbound,
                             fmt::format("there is no '{}'", node.value.text()));
    case PlanOp::kAnd:
    case PlanOp::kOr:
      return Logical(node, evaluation);
    case PlanOp::kNot:
      return Negated(node, evaluation);
    case PlanOp::kConditional:
      return Conditional(node, evaluation);
    case PlanOp::kCall:
      return Call(node, evaluation);
    case PlanOp::kCompare:
      return Compared(node, evaluation);
    case PlanOp::kOrElse:
      return OrElse(node, evaluation);
    case PlanOp::kSelect:
      return Select(node, evaluation);
    case PlanOp::kList:
      return MakeList(node, evaluation);
    case PlanOp::kMap:
      return MakeMap(node, evaluation);
    case PlanOp::kEntry:
      return EvaluateNode(*node.args[0], evaluation);
    case PlanOp::kInSet:
      return InSet(node, evaluation);
    case PlanOp::kMatches:
      return Matches(node, evaluation);
    case PlanOp::kMacro:
      return EvaluateMacro(node, evaluation);
  }
  return Value::Null();
}

}  // namespace pm::cel
