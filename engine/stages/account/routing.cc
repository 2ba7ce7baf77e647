#include "engine/stages/account/account.h"

namespace pm::account {
namespace {

// After so many returns in a row only `otherwise` is tried, and then nothing more.
constexpr uint32_t kReturnsToOtherwise = 2;
constexpr uint32_t kMaxReturns = 3;
// A request to a desk and its answer; and two more when another desk is to hand the lead over.
constexpr uint32_t kHopsToADesk = 2;
constexpr uint32_t kHopsOverADesk = 4;

std::string DeskOf(const RuleBook& rules, const Candidate& candidate) {
  if (candidate.kind == TargetKind::kSdrOf) {
    const std::vector<std::string>& sdrs = rules.SupportersOf(candidate.target);
    return std::string(rules.DeskOfRep(sdrs.empty() ? candidate.target : sdrs.front()));
  }
  if (candidate.kind == TargetKind::kRep) return std::string(rules.DeskOfRep(candidate.target));
  const Pool* pool = rules.FindPool(candidate.target);
  return pool != nullptr ? pool->desk : "main";
}

std::string Describe(const Candidate& c) {
  std::string text = c.route;
  text += c.kind == TargetKind::kPool ? ": pool " : ": rep ";
  text += c.target;
  text += " (";
  text += c.via;
  text += ')';
  return text;
}

void AddPolicy(std::vector<std::string>* policies, const std::string& name, ContentHash hash) {
  if (name.empty()) return;
  std::string text = name;
  text += '@';
  text += IdText(hash).view();
  if (std::ranges::find(*policies, text) == policies->end()) policies->push_back(std::move(text));
}

void DecideRouting(Case& c, const CandidateList& list, EventId id, std::string_view reason) {
  StoredDecision decision;
  decision.kind = "routing";
  decision.id = id;
  decision.reason = reason;
  decision.passed_over = list.passed_over;
  for (const Candidate& candidate : list.candidates) {
    decision.counted.push_back(Describe(candidate));
    AddPolicy(&decision.policies, candidate.sla, candidate.sla_hash);
    AddPolicy(&decision.policies, candidate.cadence, candidate.cadence_hash);
  }
  decision.winner = list.candidates.front().route;
  decision.winner_origin = list.candidates.front().origin;
  Decide(c, std::move(decision));
}

// A reopened lead goes to the rep who had it, with what the first route that matches would give.
void PreferRep(LeadRow& lead, CandidateList* list) {
  const std::string rep = std::exchange(lead.prefer_rep, {});
  if (list->candidates.empty()) return;
  Candidate previous = list->candidates.front();
  previous.kind = TargetKind::kRep;
  previous.target = rep;
  previous.via = "previous_rep";
  previous.else_pool.clear();
  previous.wait_if_away = false;
  list->candidates.insert(list->candidates.begin(), std::move(previous));
}

// Of a lead that came late the standard SLA is wanted: that of `otherwise`.
void TakeStandardSla(const RuleBook& rules, CandidateList* list) {
  const std::string& standard = rules.routing.otherwise.sla;
  const SlaPolicy* sla = standard.empty() ? nullptr : rules.FindSla(standard);
  for (Candidate& c : list->candidates) {
    c.sla = standard;
    c.sla_hash = sla != nullptr ? sla->hash : ContentHash{};
  }
}

void Alert(Case& c, std::string_view code, std::string what, std::string_view what_to_do) {
  AlertOutput alert;
  alert.lead = OutLeadOf(c);
  alert.severity = "critical";
  alert.code = code;
  alert.what = std::move(what);
  alert.what_to_do = what_to_do;
  c.step.Publish("alert.raised", ToText(c.lead_id), std::move(alert));
}

void BackToNurture(Case& c, std::string_view reason) {
  LeadRow& lead = c.EditLead();
  lead.place = LeadPlace::kNurture;
  lead.pending.clear();
  lead.due = kNever;
  lead.routed_at = kNever;
  SetStage(c, "nurture", reason);
}

void Hold(Case& c, std::string_view reason, Duration at_most) {
  LeadRow& lead = c.EditLead();
  lead.place = LeadPlace::kHeld;
  lead.held_once = true;
  lead.pending = reason;
  lead.due = c.step.now + at_most;
  lead.mode = c.step.mode;
  lead.root = c.step.root;
  LeadOutput out = LeadOutputOf(c);
  out.reason = reason;
  out.hold_until = c.lead->due;
  PublishLead(c, "lead.held", std::move(out));
}

// The chain of messages is too long to reach a desk: the next tick begins another.
void RouteAtNextTick(Case& c, const std::string& reason) {
  LeadRow& lead = c.EditLead();
  lead.place = LeadPlace::kHeld;
  lead.pending = reason;
  lead.due = c.step.now;
  lead.mode = c.step.mode;
  lead.root = c.step.root;
}

void Route(Case& c, std::string_view reason_text) {
  const std::string reason(reason_text);
  const uint32_t hops = c.lead->desk.empty() ? kHopsToADesk : kHopsOverADesk;
  if (c.step.hops + hops > kMaxHops) return RouteAtNextTick(c, reason);
  const RuleBook& rules = c.step.rules;
  CandidateList list;
  if (c.lead->returns < kReturnsToOtherwise) {
    list = FindCandidates(rules, c.facts().facts());
    if (!c.lead->prefer_rep.empty()) PreferRep(c.EditLead(), &list);
  } else {
    list = OnlyOtherwise(rules, c.facts().facts());
  }
  if (c.lead->late && (reason == "hand_raise" || reason == "repeat")) TakeStandardSla(rules, &list);
  if (list.candidates.empty()) {
    Alert(c, "no_route", "not even `otherwise` names a pool that exists",
          "publish rules whose `otherwise` names a pool");
    return BackToNurture(c, "no_route");
  }
  RouteRequest request;
  request.decision = NewDecisionId(c.step, "routing", c.lead_id);
  DecideRouting(c, list, request.decision, reason);
  LeadRow& lead = c.EditLead();
  lead.place = LeadPlace::kQueued;
  lead.due = kNever;
  lead.pending.clear();
  lead.mode = c.step.mode;
  // A desk that had it before ends that first, and sends it where it is to go now: two desks that
  // heard at once would not agree who comes first.
  if (lead.desk.empty()) lead.desk = DeskOf(rules, list.candidates.front());
  lead.seq += 1;
  lead.round += 1;
  if (lead.routed_at == kNever) lead.routed_at = c.step.now;
  request.card = CardOf(c);
  lead.card = CardHash(request.card);
  request.reason = reason;
  request.seq = lead.seq;
  request.routed_at = lead.routed_at;
  request.candidates = std::move(list.candidates);
  c.step.Send(Stage::kDesk, lead.desk, MessageType::kRouteRequest, request);
}

void LetGoOfRep(LeadRow* lead) {
  if (lead->rep.empty()) return;
  lead->previous_rep = std::move(lead->rep);
  lead->rep.clear();
}

void OnReturned(Case& c, const AssignmentChanged& change) {
  LeadRow& lead = c.EditLead();
  LetGoOfRep(&lead);
  ++lead.returns;
  const bool can_route = lead.returns <= kMaxReturns && c.step.hops < kMaxHops;
  if (can_route) return RouteNow(c, change.reason.empty() ? "returned" : change.reason);
  Alert(c, "stuck_lead", fmt::format("no desk can place the lead: {}", change.reason),
        "check the pool of `otherwise` and its members, then reroute the lead");
  BackToNurture(c, "stuck");
}

// A desk has a lead that has ended: it is told again, should the step have failed that was to end
// it there. What said so first goes after the lead all the same, so that the last message of a
// chain need not.
void EndAtDesk(Step& step, HomeId home, LeadRow& lead, const AssignmentChanged& change) {
  if (change.round == lead.round && change.seq >= lead.seq) lead.desk = change.desk;
  lead.seq = std::max(lead.seq, change.seq);  // the number is used
  if (StageAt(change.place).empty() || step.hops == kMaxHops) return;
  LeadNotice notice;
  notice.lead = change.lead;
  notice.home = home;
  notice.kind = lead.end_reason == kMerged ? NoticeKind::kWithdrawn : NoticeKind::kClosed;
  notice.reason = lead.stage;
  notice.occurred_at = step.now;
  notice.seq = lead.seq;
  notice.round = change.round;
  step.Send(Stage::kDesk, change.desk, MessageType::kLeadNotice, notice);
}

}  // namespace

void StopWaiting(Case& c) {
  if (!c.lead->waits) return;
  c.EditLead().waits = false;
  c.step.rows.Erase<WaitingRow>({c.home, c.lead_id});
}

bool WaitsForContact(Case& c, std::string_view reason_text) {
  if (!IsUncontactable(c)) {
    StopWaiting(c);
    return false;
  }
  if (c.lead->waits) return true;
  const std::string reason(reason_text);
  StoredDecision decision;
  decision.kind = "routing";
  decision.reason = reason;
  decision.passed_over = {"every route: suppressed on all channels"};
  Decide(c, std::move(decision));
  BackToNurture(c, "suppressed");
  LeadRow& lead = c.EditLead();
  lead.waits = true;
  lead.pending = reason;
  lead.mode = c.step.mode;
  lead.root = c.step.root;
  c.step.rows.Edit<WaitingRow>({c.home, c.lead_id}).since = c.step.now;
  return true;
}

void RouteOrHold(Case& c, std::string_view reason) {
  if (WaitsForContact(c, reason)) return;
  const auto& hold = c.step.rules.routing.hold;
  const bool holds = hold && hold->at_most > Duration{} && !c.lead->held_once;
  if (holds && !hold->until.Holds(c.facts().facts())) return Hold(c, reason, hold->at_most);
  Route(c, reason);
}

void RouteNow(Case& c, std::string_view reason) {
  if (!WaitsForContact(c, reason)) Route(c, reason);
}

void OnAssignmentChanged(Step& step, HomeId home, const AssignmentChanged& change) {
  const LeadRow* row = step.rows.Find<LeadRow>({home, change.lead});
  if (row == nullptr) return;
  if (!AtDesk(*row)) {
    return EndAtDesk(step, home, step.rows.Edit<LeadRow>({home, change.lead}), change);
  }
  // Of an older number, or of a route request that a later one goes after, it is stale news.
  if (change.round < row->round || change.seq < row->seq) return;
  Case c(step, home, row->person);
  c.UseLead(change.lead);
  LeadRow& lead = c.EditLead();
  lead.seq = change.seq;
  if (!change.desk.empty()) lead.desk = change.desk;
  if (!change.pool.empty()) lead.pool = change.pool;
  if (!change.route.empty()) lead.route = change.route;
  if (change.place == Place::kReturned) return OnReturned(c, change);
  if (change.place == Place::kNone) return;
  lead.returns = 0;
  if (lead.rep != change.rep) LetGoOfRep(&lead);
  lead.rep = change.rep;
  const std::string_view stage = StageAt(change.place);
  lead.place = stage == "queued" ? LeadPlace::kQueued : LeadPlace::kAssigned;
  SetStage(c, stage, change.reason);
}

}  // namespace pm::account
