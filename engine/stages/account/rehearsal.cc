#include "engine/stages/account/rehearsal.h"

namespace pm::account {
namespace {

// The latest lead of the person that is no rehearsal becomes the one at hand; none: nothing does.
void UseLatestReal(Case& c) {
  c.person->current = {};
  c.lead_id = {};
  c.lead = nullptr;
  for (auto id = c.person->leads.rbegin(); id != c.person->leads.rend(); ++id) {
    const LeadRow* lead = c.step.rows.Find<LeadRow>({c.home, *id});
    if (lead == nullptr || IsRehearsal(lead->mode)) continue;
    c.person->current = *id;
    return c.UseLead(*id);
  }
}

}  // namespace

void EndRehearsal(Case& c) {
  const Mode mode = std::exchange(c.step.mode, c.lead->mode);
  LeadNotice notice;
  notice.kind = NoticeKind::kWithdrawn;
  notice.reason = "live";
  notice.occurred_at = c.step.now;
  Notify(c, std::move(notice));
  StopWaiting(c);
  LeadRow& lead = c.EditLead();
  if (!lead.rep.empty()) lead.previous_rep = std::exchange(lead.rep, {});
  lead.place = LeadPlace::kClosed;
  lead.ended_at = c.step.now;
  lead.end_reason = "live";
  lead.pending.clear();
  lead.due = kNever;
  SetStage(c, "withdrawn", "live");
  c.step.mode = mode;
  // What it reached was reached in play.
  std::erase_if(c.person->reached,
                [&](const Reached& reached) { return reached.at >= c.lead->created_at; });
  UseLatestReal(c);
}

}  // namespace pm::account
