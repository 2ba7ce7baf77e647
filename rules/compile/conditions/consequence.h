// What it comes to that a condition holds for every lead, or for none, by the place it stands at:
// under `skip_if` one that always holds is no rule without a condition, but a step that is never
// done.
#pragma once
#include <string_view>

namespace pm {

struct ConditionOwner;

struct Consequence {
  std::string_view of_all;   // ends the sentence `this holds for every lead`
  std::string_view if_all;   // what to do then
  std::string_view of_none;  // ends the sentence `this holds for no lead`
  std::string_view if_none;
};
Consequence ConsequenceOf(const ConditionOwner& owner);

}  // namespace pm
