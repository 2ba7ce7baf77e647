#include "rules/cel/evaluate_macro.h"

#include <fmt/format.h>

#include "rules/cel/verdict.h"

namespace pm::cel {
namespace {

// Goes through the items of a list, or the entries of a map, setting the macro's variables.
class Walk {
 public:
  Walk(const PlanNode& node, const Value& range, Evaluation* evaluation)
      : node_(node), range_(range), evaluation_(*evaluation) {}

  // False at the end, and when no more work is allowed.
  bool Next() {
    if (next_ == range_.size || !evaluation_.Spend(1)) return false;
    Value& first = evaluation_.local(node_.index);
    if (range_.kind == ValueKind::kMap) {
      const MapEntry& entry = range_.map->entries[next_];
      first = entry.key;
      if (node_.two_variables) evaluation_.local(node_.index + 1) = entry.value;
    } else if (node_.two_variables) {
      first = Value::Int(next_);
      evaluation_.local(node_.index + 1) = range_.items[next_];
    } else {
      first = range_.items[next_];
    }
    ++next_;
    return true;
  }

  Value first() const { return evaluation_.local(node_.index); }

 private:
  const PlanNode& node_;
  const Value range_;
  Evaluation& evaluation_;
  uint32_t next_ = 0;
};

Value Body(const PlanNode& node, Evaluation& evaluation) {
  return EvaluateNode(*node.args.back(), evaluation);
}

// `all` is decided by a false, `exists` by a true.
Value Quantified(const PlanNode& node, Walk walk, Evaluation& evaluation) {
  const bool decides = node.macro == Macro::kExists;
  Verdict verdict(&evaluation);
  while (walk.Next()) {
    const Value value = Body(node, evaluation);
    if (value.kind == ValueKind::kBool) {
      if (value.boolean() == decides) return value;
      continue;
    }
    evaluation.set_at(node.at);
    verdict.AddTruth(value);
  }
  return verdict.Or(Value::Bool(!decides));
}

Value ExactlyOne(const PlanNode& node, Walk walk, Evaluation& evaluation) {
  uint64_t count = 0;
  Verdict verdict(&evaluation);
  while (walk.Next()) {
    const Value value = Body(node, evaluation);
    if (value.is_true()) ++count;
    evaluation.set_at(node.at);
    if (value.kind != ValueKind::kBool) verdict.AddTruth(value);
  }
  return verdict.Or(Value::Bool(count == 1));
}

// Whether the filter, if there is one, lets the present item through.
bool Passes(const PlanNode* filter, Evaluation& evaluation, Verdict* verdict) {
  if (filter == nullptr) return true;
  const Value value = EvaluateNode(*filter, evaluation);
  if (value.kind == ValueKind::kBool) return value.boolean();
  evaluation.set_at(filter->at);
  verdict->AddTruth(value);
  return false;
}
const PlanNode* FilterOf(const PlanNode& node) {
  if (node.macro == Macro::kFilter) return node.args[1];
  return node.args.size() == 3 ? node.args[1] : nullptr;
}

Value ToList(const PlanNode& node, const Value& range, Walk walk, Evaluation& evaluation) {
  Value* items = evaluation.NewItems(range.size);
  if (items == nullptr) return evaluation.NoRoom();
  size_t size = 0;
  Verdict verdict(&evaluation);
  while (walk.Next()) {
    if (!Passes(FilterOf(node), evaluation, &verdict)) continue;
    const Value value = node.macro == Macro::kFilter ? walk.first() : Body(node, evaluation);
    if (value.is_value()) {
      items[size++] = value;
    } else {
      verdict.Add(value);
    }
  }
  return verdict.Or(Value::List({items, size}));
}

Value ToMap(const PlanNode& node, const Value& range, Walk walk, Evaluation& evaluation) {
  auto* entries = evaluation.NewArray<MapEntry>(range.size);
  if (entries == nullptr) return evaluation.NoRoom();
  size_t size = 0;
  Verdict verdict(&evaluation);
  while (walk.Next()) {
    if (!Passes(FilterOf(node), evaluation, &verdict)) continue;
    const Value key = walk.first();
    const Value value = Body(node, evaluation);
    if (!value.is_value()) {
      verdict.Add(value);
    } else if (node.macro == Macro::kTransformMap) {
      entries[size++] = {key, value};
    } else if (value.kind == ValueKind::kMap && value.size == 1) {
      entries[size++] = value.map->entries[0];
    } else {
      evaluation.set_at(node.at);
      verdict.Add(evaluation.Fail(ErrorKind::kArgument, "a map of one entry is wanted"));
    }
  }
  if (verdict.failed()) return verdict.Or(Value::Null());
  evaluation.set_at(node.at);
  return evaluation.NewMap({entries, size});
}

Value IntoOptional(const PlanNode& node, const Value& target, Evaluation& evaluation) {
  evaluation.set_at(node.at);
  if (target.kind != ValueKind::kOptional) {
    return evaluation.Fail(ErrorKind::kNoOverload,
                           fmt::format("{} is no optional", TypeName(target.kind)));
  }
  if (target.items == nullptr) return target;
  evaluation.local(node.index) = *target.items;
  const Value value = Body(node, evaluation);
  if (!value.is_value()) return value;
  if (node.macro == Macro::kOptMap) return evaluation.NewOptional(value);
  if (value.kind == ValueKind::kOptional) return value;
  evaluation.set_at(node.at);
  return evaluation.Fail(ErrorKind::kNoOverload,
                         fmt::format("optFlatMap wants an optional, not {}", TypeName(value.kind)));
}

}  // namespace

Value EvaluateMacro(const PlanNode& node, Evaluation& evaluation) {
  const Value range = EvaluateNode(*node.args[0], evaluation);
  if (node.macro == Macro::kBind) {
    // Not strict: what is bound may fail without being used.
    evaluation.local(node.index) = range;
    return Body(node, evaluation);
  }
  if (!range.is_value()) return range;
  if (node.macro == Macro::kOptMap || node.macro == Macro::kOptFlatMap) {
    return IntoOptional(node, range, evaluation);
  }
  if (range.kind != ValueKind::kList && range.kind != ValueKind::kMap) {
    evaluation.set_at(node.at);
    return evaluation.Fail(ErrorKind::kNoOverload,
                           fmt::format("{} is neither list nor map", TypeName(range.kind)));
  }
  const Walk walk(node, range, &evaluation);
  switch (node.macro) {
    case Macro::kAll:
    case Macro::kExists:
      return Quantified(node, walk, evaluation);
    case Macro::kExistsOne:
      return ExactlyOne(node, walk, evaluation);
    case Macro::kTransformMap:
    case Macro::kTransformMapEntry:
      return ToMap(node, range, walk, evaluation);
    case Macro::kMap:
    case Macro::kFilter:
    case Macro::kTransformList:
    case Macro::kNone:
    case Macro::kBind:
    case Macro::kOptMap:
    case Macro::kOptFlatMap:
      break;
  }
  return ToList(node, range, walk, evaluation);
}

}  // namespace pm::cel
