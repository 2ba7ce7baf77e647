#include "rules/compile/conditions/consequence.h"

#include <algorithm>
#include <array>

#include "rules/compile/conditions.h"

namespace pm {
namespace {

struct Spot {
  std::string_view kind, key;  // as in ConditionOwner; an empty kind: any
  Consequence consequence;
};
constexpr auto kSpots = std::to_array<Spot>({
    {"",
     "skip_if",
     {", so the step is never done", "leave out the step, or `skip_if` if it is to be done",
      ", so the step is never skipped", "leave out `skip_if`"}},
    {"",
     "pause while",
     {", so the time of this SLA never runs", "leave out `pause` if the time is to run",
      ", so the time never pauses", "leave out `pause`"}},
    {"hold",
     "until",
     {", so no lead is held", "leave out `hold`", ", so each waits for all of `at_most`",
      "leave out `hold`, or wait for what may come"}},
    {"handoff",
     "gate",
     {", so the gate stops none", "leave out `gate`", ", so the gate stops all",
      "leave out `gate`, or ask for what a lead can have"}},
    {"screening rule",
     "when",
     {", so it screens them all", "name what sets these leads apart", "", "leave out the rule"}},
    {"threshold to",
     "when",
     {", so each crosses the threshold at once", "ask for a score, as `score.engagement >= 40`", "",
      "leave out the threshold"}},
});
constexpr Consequence kOfRules = {"", "leave out the condition", "", "leave out the rule"};

}  // namespace

Consequence ConsequenceOf(const ConditionOwner& owner) {
  const auto* found = std::ranges::find_if(kSpots, [&](const Spot& spot) {
    return spot.key == owner.key && (spot.kind.empty() || spot.kind == owner.kind);
  });
  return found == kSpots.end() ? kOfRules : found->consequence;
}

}  // namespace pm
