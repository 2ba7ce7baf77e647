// Conditions in their typed, three-valued form (RULES.md, "Conditions"): a missing field is
// unknown, Kleene logic for all / any / not, and a final unknown is no match. Immutable; any thread
// may evaluate. How the form is built: condition_node.h and condition_make.h.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "rules/cel/kind.h"
#include "rules/facts.h"

namespace pm {

enum class Tri : uint8_t { kFalse, kTrue, kUnknown };

// The kinds are CEL's; structured conditions use null, bool, int, string, timestamp, duration and
// list.
ValueKind KindOf(Type type);  // of a field's values; kNull for kMissing

// One leaf as `explain` shows it.
struct ConditionTrace {
  std::string text;  // `account.employees gte 200`
  std::string saw;   // value as text; `missing`
  Tri verdict = Tri::kUnknown;
  bool missing = false;  // the verdict is unknown because the field is missing
};

struct ConditionNode;

class Condition {
 public:
  Condition() = default;  // no condition: always true
  explicit Condition(std::shared_ptr<const ConditionNode> root) : root_(std::move(root)) {}
  bool always() const { return root_ == nullptr; }
  Tri Eval(Facts facts) const;
  bool Holds(Facts facts) const { return Eval(facts) == Tri::kTrue; }
  // Every leaf with the value it saw, in the writer's order: the naive evaluator, for explanations.
  // `slots` are those the facts were filled by.
  std::vector<ConditionTrace> Trace(Facts facts, const Slots& slots,
                                    const FieldTable& fields) const;
  // The fields it reads, each once, appended in the writer's order.
  void CollectFields(const Slots& slots, std::vector<FieldNumber>* out) const;
  // The same condition over another rule set's slots, which are extended as needed.
  Condition Rebound(Slots* slots) const;

  // The whole as one line, fully bracketed: what tests compare and `dump` prints. `always` if
  // empty.
  std::string Text() const;
  const std::shared_ptr<const ConditionNode>& shared_root() const { return root_; }

 private:
  std::shared_ptr<const ConditionNode> root_;
};

}  // namespace pm
