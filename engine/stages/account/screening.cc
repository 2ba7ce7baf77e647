#include "base/time/civil.h"
#include "engine/stages/account/account.h"

namespace pm::account {
namespace {

// A review ends after so much time; business days count Monday to Friday in UTC, since whoever
// reviews is nobody's calendar.
Instant ReviewEnd(Instant from, const Span& span) {
  if (span.business_days == 0) return from + span.length;
  Instant at = from;
  for (int left = span.business_days; left > 0;) {
    at = at + Days(1);
    int64_t day = at.ms / kDayMs;
    if (at.ms % kDayMs < 0) --day;
    if (WeekdayOfDay(day) < Weekday::kSaturday) --left;
  }
  return at;
}

const ScreeningRule* FirstMatch(const Case& c) {
  return Holding(c.step.rules.screening, c.step.rules.screening_index, c.facts().facts()).Next();
}

}  // namespace

bool Screen(Case& c) {
  if (c.lead->reviewed || c.step.rules.screening.empty()) return false;
  const ScreeningRule* rule = FirstMatch(c);
  const bool was_screened = c.lead->place == LeadPlace::kScreened;
  if (rule == nullptr) {
    if (was_screened) {
      LeadRow& lead = c.EditLead();
      lead.place = LeadPlace::kNurture;
      lead.due = kNever;
      lead.screened_as.clear(), lead.screened_by.clear();
      SetStage(c, "nurture", "no longer screened");
    }
    return false;
  }
  if (was_screened && c.lead->screened_by == rule->name) return true;
  LeadRow& lead = c.EditLead();
  lead.place = LeadPlace::kScreened;
  lead.screened_as = rule->as.empty() ? rule->name : rule->as;
  lead.screened_by = rule->name;
  lead.due = rule->hold_for_review ? ReviewEnd(c.step.now, *rule->hold_for_review) : kNever;
  lead.mode = c.step.mode;
  lead.root = c.step.root;
  lead.stage = "screened";
  StoredDecision decision;
  decision.kind = "screening";
  decision.winner = rule->name;
  decision.winner_origin = rule->origin.Text();
  decision.reason = lead.screened_as;
  Decide(c, std::move(decision));
  LeadOutput out = LeadOutputOf(c);
  out.screened_as = c.lead->screened_as;
  out.reason = rule->name;
  out.hold_until = c.lead->due;
  PublishLead(c, "lead.screened", std::move(out));
  return true;
}

}  // namespace pm::account
