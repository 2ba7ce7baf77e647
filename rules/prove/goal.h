// What a proof asks of a condition: one of the sets of answers it may give.
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "rules/condition_node.h"

namespace pm {

// A set of Tri, as bits.
enum class Goal : uint8_t {
  kTrue = 1 << static_cast<int>(Tri::kTrue),
  kFalse = 1 << static_cast<int>(Tri::kFalse),
  kNotFalse = (1 << static_cast<int>(Tri::kTrue)) | (1 << static_cast<int>(Tri::kUnknown)),
  kNotTrue = (1 << static_cast<int>(Tri::kFalse)) | (1 << static_cast<int>(Tri::kUnknown)),
};
constexpr bool Accepts(Goal goal, Tri answer) {
  return (static_cast<int>(goal) >> static_cast<int>(answer) & 1) != 0;
}
// The answers that do not reach it.
constexpr Goal Opposite(Goal goal) { return static_cast<Goal>(7 & ~static_cast<int>(goal)); }
// What `not` asks of what stands under it.
constexpr Goal Negated(Goal goal) {
  switch (goal) {
    case Goal::kTrue:
      return Goal::kFalse;
    case Goal::kFalse:
      return Goal::kTrue;
    case Goal::kNotFalse:
      return Goal::kNotTrue;
    case Goal::kNotTrue:
      return Goal::kNotFalse;
  }
  return goal;
}

struct GoalOf {
  std::shared_ptr<const ConditionNode> node;
  Goal goal = Goal::kTrue;
};

// The goal is reached when each part reaches it; else when one part does.
constexpr bool NeedsAll(NodeKind kind, Goal goal) {
  const bool positive = goal == Goal::kTrue || goal == Goal::kNotFalse;
  return (kind == NodeKind::kAll) == positive;
}

// What a goal of a test asks of the field's value.
struct TestDemand {
  bool missing = false;        // may be missing
  bool present = false;        // may have a value ...
  std::optional<bool> passes;  // ... that passes the test, or does not (ne as eq, not_in as in)
};
TestDemand DemandOf(const ConditionNode& test, Goal goal);

}  // namespace pm
