#include "engine/stages/account/account.h"

namespace pm::account {
namespace {

// The last time the lead came (back) to nurture: thresholds count anew from there.
Instant CycleStart(const LeadRow& lead) {
  if (lead.ended_at == kNever) return lead.created_at;
  return std::max(lead.created_at, lead.ended_at);
}

bool MayCross(const Case& c, const Threshold& threshold) {
  if (c.lead != nullptr && c.lead->not_before > c.step.now) return false;
  const auto it = std::ranges::find(c.person->reached, threshold.to, &Reached::stage);
  if (it == c.person->reached.end()) return true;
  if (c.lead != nullptr && it->at >= CycleStart(*c.lead)) return false;
  return c.step.now - it->at >= threshold.cooldown;
}

const Threshold* FindCrossed(const Case& c) {
  const LifecycleRules& rules = c.step.rules.lifecycle;
  if (rules.thresholds.empty()) return nullptr;
  Holding holding(rules.thresholds, rules.threshold_index, c.facts().facts());
  const Threshold* threshold = holding.Next();
  while (threshold != nullptr && !MayCross(c, *threshold)) threshold = holding.Next();
  return threshold;
}

// Somebody could answer: a browser's visits come ahead of the form that says who it was.
bool CanBeReached(const Case& c) {
  const FieldBlock fields(c.person->fields.values);
  return !fields.Get(Field("lead.email")).missing() || !fields.Get(Field("lead.phone")).missing();
}

// A person without any lead who crosses a threshold gets one, once there is an address or a phone
// number, which screening may keep; a closed lead stays closed until the person submits again.
// Returns the stage that was reached, or nothing.
std::string CrossThreshold(Case& c) {
  if (c.lead != nullptr && c.lead->place != LeadPlace::kNurture) return {};
  if (c.lead == nullptr && !CanBeReached(c)) return {};
  const Threshold* crossed = FindCrossed(c);
  if (crossed == nullptr) return {};
  if (c.lead == nullptr) {
    BeginLead(c);
    PublishLead(c, "lead.created", LeadOutputOf(c));
    if (Screen(c)) return {};
  }
  const auto it = std::ranges::find(c.person->reached, crossed->to, &Reached::stage);
  if (it == c.person->reached.end()) {
    c.person->reached.push_back({crossed->to, c.step.now});
  } else {
    it->at = c.step.now;
  }
  StoredDecision decision;
  decision.kind = "lifecycle";
  decision.winner = crossed->to;
  decision.winner_origin = crossed->origin.Text();
  decision.reason = "threshold";
  Decide(c, std::move(decision));
  SetStage(c, crossed->to, "threshold");
  return crossed->to;
}

void ReleaseIfEnriched(Case& c) {
  const auto& hold = c.step.rules.routing.hold;
  if (hold && !hold->until.Holds(c.facts().facts())) return;
  RouteNow(c, std::string(c.lead->pending));
}

// What a disposal makes of the lead: the kind may stand in the status or in the reason. Who says
// when it may come back takes it back.
std::string DisposalKind(FieldBlock about) {
  for (const FieldNumber field : {Field("event.status"), Field("event.reason")}) {
    const std::string_view text = about.Text(field);
    for (const std::string_view kind : {"disqualified", "recycled", "nurture", "converted"}) {
      if (text == kind) return std::string(kind);
    }
  }
  return about.Get(Field("event.not_before")).missing() ? "disqualified" : "recycled";
}

}  // namespace

void SetStage(Case& c, std::string_view stage, std::string_view reason) {
  if (c.lead->stage == stage) return;
  const std::string from = c.lead->stage;
  c.EditLead().stage = stage;
  LeadOutput out = LeadOutputOf(c);
  out.from_stage = from;
  out.to_stage = stage;
  out.reason = reason;
  PublishLead(c, "lead.stage_changed", std::move(out));
}

void BeginLead(Case& c) {
  const LeadId id{c.id, ++c.person->cycles};
  LeadRow& lead = c.step.rows.Edit<LeadRow>({c.home, id});
  lead.person = c.id;
  lead.created_at = c.step.now;
  lead.mode = c.step.mode;
  lead.root = c.step.root;
  c.person->current = id;
  if (c.person->leads.size() == kMaxLeads) c.person->leads.erase(c.person->leads.begin());
  c.person->leads.push_back(id);
  c.UseLead(id);
}

void Consider(Case& c, const Event* signal) {
  const bool open = c.lead != nullptr && c.lead->place != LeadPlace::kClosed;
  if (open && !c.OnlyFills() && !AtDesk(*c.lead) && Screen(c)) return;
  if (signal != nullptr) Earn(c, *signal);
  Rescore(c);
  if (open && AtDesk(*c.lead)) return SendCardIfChanged(c);
  if (c.OnlyFills()) return;
  if (open && c.lead->place == LeadPlace::kHeld) return ReleaseIfEnriched(c);
  std::string reason = open ? c.lead->pending : std::string();
  const std::string reached = CrossThreshold(c);
  if (c.step.past) return;
  if (reason.empty() && c.step.rules.lifecycle.RoutesOn(reached)) reason = reached;
  if (!reason.empty()) RouteOrHold(c, reason);
}

void OnDisposed(Case& c, const Event& event) {
  if (c.lead == nullptr) {
    UnknownReference(c.step, event, "unknown_reference", "the person has no lead");
    return;
  }
  // Closed already, or meant for an earlier cycle.
  if (c.lead->place == LeadPlace::kClosed || event.occurred_at < c.lead->created_at) return;
  if (c.OnlyFills()) {
    c.step.mode = Mode::kBackfill;  // the letter is the event's, not the lead's
    UnknownReference(c.step, event, "backfill_of_live", "the past ends no lead that is live");
    return;
  }
  const FieldBlock about(c.event_fields);
  const std::string kind = DisposalKind(about);
  const std::string_view reason = about.Text(Field("event.reason"));
  LeadNotice notice;
  notice.kind = NoticeKind::kClosed;
  notice.reason = kind;
  notice.rep = about.Text(Field("event.by"));
  notice.occurred_at = event.occurred_at;
  notice.fields = c.event_fields;
  Notify(c, std::move(notice));
  const bool ends = kind == "disqualified" || kind == "converted";
  StopWaiting(c);
  LeadRow& lead = c.EditLead();
  if (!lead.rep.empty()) lead.previous_rep = std::move(lead.rep);
  lead.rep.clear();
  lead.place = ends ? LeadPlace::kClosed : LeadPlace::kNurture;
  lead.due = kNever;
  lead.pending.clear();
  if (!ends) lead.routed_at = kNever;  // what comes next is another routing, with its own clocks
  lead.ended_at = c.step.now;
  lead.end_reason = reason.empty() ? kind : std::string(reason);
  lead.not_before = Instant{about.Get(Field("event.not_before")).number};
  SetStage(c, kind, lead.end_reason);
  if (kind == "converted") return;
  LeadOutput out = LeadOutputOf(c);
  out.reason = c.lead->end_reason;
  if (!ends) out.hold_until = c.lead->not_before.ms == 0 ? kNever : c.lead->not_before;
  PublishLead(c, ends ? "lead.disqualified" : "lead.recycled", std::move(out));
}

void OnLeadDue(Step& step, HomeId home, LeadId lead_id) {
  const LeadRow* row = step.rows.Find<LeadRow>({home, lead_id});
  PM_CHECK(row != nullptr);
  step.Enter(row->mode);
  step.root = row->root;
  Case c(step, home, row->person);
  c.UseLead(lead_id);
  LeadRow& lead = c.EditLead();
  lead.due = kNever;
  if (lead.place == LeadPlace::kHeld) return RouteNow(c, std::string(lead.pending));
  if (lead.place != LeadPlace::kScreened) return;
  lead.reviewed = true;
  lead.place = LeadPlace::kNurture;
  SetStage(c, "nurture", "review ended");
  Consider(c);
}

}  // namespace pm::account
