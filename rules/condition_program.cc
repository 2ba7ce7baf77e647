#include "rules/condition_program.h"

#include <fmt/format.h>

#include <deque>

#include "model/value_text.h"

namespace pm {
namespace {

constexpr int kDecimals = 6;
constexpr int64_t kSecondMs = 1000;
constexpr uint32_t kNanosOfMs = 1'000'000;

int64_t WholeSeconds(int64_t ms) { return ms / kSecondMs - (ms % kSecondMs < 0 ? 1 : 0); }
uint32_t RestNanos(int64_t ms) {
  return static_cast<uint32_t>(ms - WholeSeconds(ms) * kSecondMs) * kNanosOfMs;
}

// The values a program is run with. What they point at lives in the facts, the node or here.
class Bindings {
 public:
  Bindings(const ConditionNode& node, Facts facts) {
    for (const ProgramInput& input : node.inputs) values_.push_back(ValueOf(input, facts));
  }
  const std::vector<cel::Value>& values() const { return values_; }

 private:
  cel::Value ValueOf(const ProgramInput& input, Facts facts) {
    if (input.list) return cel::Value::List(input.list->items);
    const Value& value = facts[input.slot];
    // A value of another type than declared was stored under other rules.
    if (value.type != input.type) return cel::Value::Missing();
    switch (value.type) {
      case Type::kMissing:
        break;
      case Type::kBool:
        return cel::Value::Bool(value.number != 0);
      case Type::kInt:
        return cel::Value::Int(value.number);
      case Type::kDecimal:
        return cel::FromFixedPoint(value.number, kDecimals);
      case Type::kText:
        return cel::Value::String(value.text);
      case Type::kTextList:
        return ListOf(value.text);
      case Type::kInstant:
        return cel::Value::Timestamp(WholeSeconds(value.number), RestNanos(value.number));
      case Type::kDuration:
        return cel::Value::Duration(WholeSeconds(value.number), RestNanos(value.number));
    }
    return cel::Value::Missing();
  }

  cel::Value ListOf(std::string_view encoded) {
    std::vector<cel::Value>& items = lists_.emplace_back();
    for (const std::string_view item : ListItems(encoded)) {
      items.push_back(cel::Value::String(item));
    }
    return cel::Value::List(items);
  }

  std::vector<cel::Value> values_;
  std::deque<std::vector<cel::Value>> lists_;
};

}  // namespace

ListValue::ListValue(std::shared_ptr<const TextList> texts) : list(std::move(texts)) {
  for (const std::string& text : list->items) items.push_back(cel::Value::String(text));
}

Tri EvalProgram(const ConditionNode& node, Facts facts) {
  const Bindings bindings(node, facts);
  cel::Evaluation evaluation;
  const cel::Value answer = node.program->program.Evaluate(bindings.values(), &evaluation);
  if (answer.is_true()) return Tri::kTrue;
  return answer.is_false() ? Tri::kFalse : Tri::kUnknown;
}

std::string ProgramSaw(const ConditionNode& node, Facts facts, const FieldTable& fields) {
  std::string saw;
  for (const ProgramInput& input : node.inputs) {
    if (input.list) continue;
    const FieldDecl* field = fields.Find(input.field);
    if (field == nullptr) continue;
    saw += fmt::format("{}{} {}", saw.empty() ? "" : ", ", field->name,
                       ValueText(facts[input.slot], field->unit));
  }
  const Bindings bindings(node, facts);
  cel::Evaluation evaluation;
  const cel::Value answer = node.program->program.Evaluate(bindings.values(), &evaluation);
  if (answer.is_error()) saw += fmt::format("; it failed: {}", answer.error->text);
  return saw;
}

}  // namespace pm
