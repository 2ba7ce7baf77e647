// What a repeat rule asks can be done with some leads only: one description for the engine, which
// does the default instead, and for the check that tells so.
#pragma once
#include "rules/book.h"
#include "rules/documents/judging.h"
#include "rules/stage_names.h"

namespace pm {

// Whether it can be done with a lead there. `notify_owner` of a closed lead goes to its last rep,
// whom it may not have.
constexpr bool CanBeDone(RepeatAction action, LeadWhere where) {
  switch (action) {
    case RepeatAction::kIgnore:
      return true;
    case RepeatAction::kNotifyOwner:
      return where == LeadWhere::kAtDesk || where == LeadWhere::kClosed;
    case RepeatAction::kReopen:
      return where == LeadWhere::kNurture || where == LeadWhere::kClosed;
    case RepeatAction::kNewLead:
      return where == LeadWhere::kClosed;
    case RepeatAction::kTakeSubmission:
      return where != LeadWhere::kClosed;
  }
  return false;
}

// As rules write it.
constexpr std::string_view NameOf(RepeatAction action) {
  for (const auto& [name, value] : YamlNames(std::type_identity<RepeatAction>())) {
    if (value == action) return name;
  }
  return {};
}

// What is done with a submission when no rule says, or one that cannot be done.
constexpr RepeatAction DefaultAction(LeadWhere where) {
  return where == LeadWhere::kClosed ? RepeatAction::kNewLead : RepeatAction::kTakeSubmission;
}

}  // namespace pm
