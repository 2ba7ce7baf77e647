#include "rules/in_words.h"

#include <fmt/ranges.h>

#include "rules/condition_node.h"

namespace pm {
namespace {

std::string Joined(const std::vector<std::string>& texts) {
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string NodeInWords(const ConditionNode& node, bool bracketed) {
  if (node.kind == NodeKind::kTest || node.kind == NodeKind::kProgram) {
    static constexpr std::string_view kSuffix[] = {"", " (or missing)", " (and known)"};
    return node.text + std::string(kSuffix[static_cast<size_t>(node.on_missing)]);
  }
  if (node.kind == NodeKind::kNot) {
    return fmt::format("not ({})", NodeInWords(*node.children.front(), false));
  }
  if (node.children.empty()) return node.kind == NodeKind::kAll ? "always" : "never";
  std::vector<std::string> parts;
  for (const auto& child : node.children) parts.push_back(NodeInWords(*child, true));
  const std::string text =
      fmt::format("{}", fmt::join(parts, node.kind == NodeKind::kAll ? " and " : " or "));
  return bracketed ? "(" + text + ")" : text;
}

}  // namespace

std::string ConditionInWords(const Condition& condition) {
  return condition.always() ? "" : NodeInWords(*condition.shared_root(), false);
}

std::string LimitInWords(const PointsLimit& limit) {
  return limit.points == 0 ? "" : fmt::format("{} per {}", limit.points, FormatDuration(limit.per));
}

std::string RepeatInWords(const RepeatRule& rule) {
  std::vector<std::string> parts;
  if (!rule.stages.empty())
    parts.push_back(fmt::format("it is {}", fmt::join(rule.stages, " or ")));
  if (!rule.reasons.empty())
    parts.push_back(fmt::format("closed as {}", fmt::join(rule.reasons, " or ")));
  if (rule.within.ms > 0) parts.push_back("within " + FormatDuration(rule.within));
  if (rule.same_form) parts.emplace_back("by the same form");
  if (!rule.when.always()) parts.push_back(ConditionInWords(rule.when));
  return parts.empty() ? "always" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string MembersInWords(const Pool& pool) {
  if (pool.members.empty()) return "every rep of its desk";
  std::vector<std::string> texts;
  for (const PoolMember& member : pool.members) {
    texts.push_back(member.weight == 1 ? member.rep
                                       : fmt::format("{} (weight {})", member.rep, member.weight));
  }
  return Joined(texts);
}

std::string HoursInWords(const Slot& slot) {
  constexpr int32_t kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;
  const int32_t end = slot.end_ms > kDay ? slot.end_ms - kDay : slot.end_ms;
  return fmt::format("{:02}:{:02}-{:02}:{:02}", slot.begin_ms / kHour,
                     slot.begin_ms % kHour / kMinute, end / kHour, end % kHour / kMinute);
}

std::string HoursInWords(const SlaPolicy& policy) {
  switch (policy.hours) {
    case SlaHours::kAssignee:
      return "the assignee's hours";
    case SlaHours::kPool:
      return "the pool's hours";
    case SlaHours::kProspect:
      return "the prospect's hours";
    case SlaHours::kAlways:
      return "any hour";
    case SlaHours::kCalendar:
      break;
  }
  return "hours of " + policy.calendar;
}

std::string RungInWords(const Rung& rung) {
  switch (rung.action) {
    case RungAction::kNotify:
      return fmt::format("at {} notify {}", rung.text, fmt::join(rung.notify, ", "));
    case RungAction::kEscalate:
      return fmt::format("at {} escalate to {}", rung.text, fmt::join(rung.notify, ", "));
    case RungAction::kReassign:
      break;
  }
  return fmt::format("at {} reassign, {} times at most, then {}", rung.text, rung.reassign_at_most,
                     rung.else_queue ? "the fallback queue" : "the rep keeps it");
}

std::string StepInWords(const CadenceStep& step) {
  std::vector<std::string> variants;
  for (const StepVariant& variant : step.variants) {
    variants.push_back(step.variants.size() == 1
                           ? variant.template_name
                           : fmt::format("{} {}%", variant.template_name, variant.share));
  }
  const std::string what = step.action.empty() ? Joined(variants) : step.action;
  return step.channel + (what.empty() ? "" : ": " + what);
}

std::string WindowInWords(const StepWindow& window) {
  if (!window.set) return {};
  return fmt::format("{:02}:{:02}-{:02}:{:02} {}", window.from_minute / 60, window.from_minute % 60,
                     window.to_minute / 60, window.to_minute % 60,
                     window.prospect ? "prospect" : "rep");
}

std::string ExpiryInWords(const CadenceStep& step) {
  if (!step.expires) return {};
  return FormatSpan(*step.expires) +
         (step.expiry_exits ? ", then the end" : ", then the next step");
}

}  // namespace pm
