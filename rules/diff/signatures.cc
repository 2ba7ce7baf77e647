#include "rules/diff/signatures.h"

#include <fmt/ranges.h>

#include "rules/cap_text.h"
#include "rules/compile/conditions.h"

namespace pm {

std::string SignatureOf(const Cadence& cadence) {
  std::string text =
      fmt::format("{}/{}/{}/{}/{}/{}|", cadence.once, static_cast<int>(cadence.on_reassign),
                  cadence.away_longer_than.length.ms, cadence.away_longer_than.business_days,
                  cadence.away_backup, cadence.unknown_zone);
  for (const ExitEvent event : cadence.exits) text += fmt::format("{},", static_cast<int>(event));
  for (const CadenceStep& step : cadence.steps) {
    text += fmt::format("|{}:{}:{}{}:{}/{}:", step.channel, step.action, step.automatic,
                        step.reply_in_thread, step.after.length.ms, step.after.business_days);
    for (const StepVariant& variant : step.variants) {
      text += fmt::format("{}%{},", variant.template_name, variant.share);
    }
    if (step.window.set) {
      text += fmt::format(":{}-{}{}", step.window.from_minute, step.window.to_minute,
                          step.window.prospect);
    }
    if (step.expires) {
      text += fmt::format(":x{}/{}{}", step.expires->length.ms, step.expires->business_days,
                          step.expiry_exits);
    }
    if (step.skips) text += ":" + KeyOf(step.skip_if);
  }
  return text;
}

std::string SignatureOf(const Pool& pool) {
  std::string text = fmt::format("{}/{}/", pool.desk, static_cast<int>(pool.strategy));
  for (const PoolMember& member : pool.members) {
    text += fmt::format("{}:{},", member.rep, member.weight);
  }
  for (const QueueOrder by : pool.order) text += fmt::format("{},", static_cast<int>(by));
  return text + fmt::format("/{}/{}/{}{}{}/{}/{}/{}/{}/{}/{}", CapsText(pool.caps),
                            static_cast<int>(pool.off_hours), pool.sticky, pool.sticky_for.ms,
                            pool.sticky_backup, fmt::join(pool.overflow, ","),
                            pool.claim_at_most_open, pool.claim_return_after.ms, pool.hours,
                            pool.zone, pool.keep_when_away);
}

std::string SignatureOf(const SlaPolicy& policy) {
  std::string text =
      fmt::format("{}/{}/{}/", static_cast<int>(policy.hours), policy.calendar, policy.grace.ms);
  if (policy.pauses) text += KeyOf(policy.pause_while);
  for (int m = 0; m < kMilestones; ++m) {
    const MilestoneRule& rule = policy.milestones[m];
    text += fmt::format("|{}/{}/{}/{}", rule.on, rule.within.ms, rule.from_assigned,
                        rule.per_assignment);
    for (const Rung& rung : policy.ladders[m]) {
      text += fmt::format(":{}/{}/{}/{}/{}/{}/{}", rung.percent, rung.percent_of, rung.after_due.ms,
                          static_cast<int>(rung.action), fmt::join(rung.notify, ","),
                          rung.reassign_at_most, rung.else_queue);
    }
  }
  return text;
}

std::string KeyOf(const Condition& condition) {
  return condition.always() ? "" : condition.Text() + ListsOf(condition);
}

}  // namespace pm
