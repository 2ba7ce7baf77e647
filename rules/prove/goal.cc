#include "rules/prove/goal.h"

#include "rules/condition_text.h"

namespace pm {
namespace {

Tri WhenMissing(const ConditionNode& test) {
  if (test.op == TestOp::kPresent) return Tri::kFalse;
  if (test.op == TestOp::kMissing) return Tri::kTrue;
  if (test.on_missing == OnMissing::kUnknown) return Tri::kUnknown;
  return test.on_missing == OnMissing::kMatch ? Tri::kTrue : Tri::kFalse;
}

}  // namespace

TestDemand DemandOf(const ConditionNode& test, Goal goal) {
  TestDemand demand{.missing = Accepts(goal, WhenMissing(test)), .present = true, .passes = {}};
  if (test.op == TestOp::kPresent || test.op == TestOp::kMissing) {
    demand.present = Accepts(goal, test.op == TestOp::kPresent ? Tri::kTrue : Tri::kFalse);
    return demand;
  }
  const bool when_true = Accepts(goal, Tri::kTrue);
  if (when_true != Accepts(goal, Tri::kFalse)) demand.passes = when_true != IsNegative(test.op);
  return demand;
}

}  // namespace pm
