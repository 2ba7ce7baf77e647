#include <fmt/format.h>

#include "engine/stages/account/account.h"
#include "rules/repeat_actions.h"

namespace pm::account {
namespace {

constexpr size_t kMaxSubmissionBytes = 64 * 1024;

bool MatchesStage(const RepeatRule& rule, const LeadRow& lead) {
  if (rule.stages.empty()) return true;
  return std::ranges::any_of(rule.stages, [&](const std::string& stage) {
    return stage == lead.stage || stage == PlaceName(lead.place);
  });
}

// By their ids, if both have one, else by name.
bool IsSameForm(FieldBlock a, FieldBlock b) {
  const std::string_view id = a.Text(Field("submission.form_id"));
  const std::string_view other = b.Text(Field("submission.form_id"));
  if (!id.empty() && !other.empty()) return id == other;
  return a.Text(Field("submission.form")) == b.Text(Field("submission.form"));
}

// All but its condition.
bool MatchesLead(const RepeatRule& rule, const Case& c, const Event& event, FieldBlock submission) {
  const LeadRow& lead = *c.lead;
  if (!MatchesStage(rule, lead)) return false;
  if (!rule.reasons.empty() &&
      std::ranges::find(rule.reasons, lead.end_reason) == rule.reasons.end())
    return false;
  const Instant since = lead.ended_at != kNever ? lead.ended_at : lead.submitted_at;
  if (rule.within.ms > 0 && event.occurred_at - since > rule.within) return false;
  return !rule.same_form || IsSameForm(submission, FieldBlock(lead.submission));
}

const RepeatRule* FirstMatch(const Case& c, const Event& event, FieldBlock submission) {
  const std::vector<RepeatRule>& rules = c.step.rules.lifecycle.repeat;
  const RuleIndex& index = c.step.rules.lifecycle.repeat_index;
  std::optional<CaseFacts> facts;  // few rules have a condition
  if (!index.scans()) facts.emplace(c, submission);
  RuleIndex::Cursor may_hold = index.Find(facts ? facts->facts() : Facts());
  for (uint32_t i = may_hold.Next(0); i < rules.size(); i = may_hold.Next(i + 1)) {
    const RepeatRule& rule = rules[i];
    if (!MatchesLead(rule, c, event, submission)) continue;
    if (rule.when.always()) return &rule;
    if (!facts) facts.emplace(c, submission);
    if (rule.when.Holds(facts->facts())) return &rule;
  }
  return nullptr;
}

bool IsHandRaise(FieldBlock submission) {
  return submission.Get(Field("submission.hand_raise")).number != 0;
}

// The lead takes the submission. Of two the later one stays; a hand raise counts in any order.
void Take(Case& c, const Event& event, FieldBlock submission) {
  const bool hand_raise = IsHandRaise(submission);
  LeadRow& lead = c.EditLead();
  if (event.occurred_at > lead.submitted_at ||
      (event.occurred_at == lead.submitted_at && submission.bytes > lead.submission.bytes)) {
    lead.submission.bytes = BoundBlock(submission.bytes, kMaxSubmissionBytes);
    lead.submitted_at = event.occurred_at;
    lead.late = c.step.at - event.occurred_at > c.step.rules.identity.stale_after;
  }
  lead.hand_raise |= hand_raise;
  if (!c.step.past) lead.mode = c.step.mode;
  const bool waits = !AtDesk(lead) && !c.step.past;
  if (hand_raise && waits && c.step.rules.lifecycle.RoutesOn("hand_raise"))
    lead.pending = "hand_raise";
}

void TellOwner(Case& c, const Event& event, FieldBlock submission) {
  LeadNotice notice;
  notice.kind = NoticeKind::kSubmission;
  notice.reason = submission.Text(Field("submission.form"));
  notice.occurred_at = event.occurred_at;
  notice.hand_raise = IsHandRaise(submission);
  if (AtDesk(*c.lead)) c.after_card = std::move(notice);
}

// The lead is closed, so no desk has it: its last rep is told from here.
void TellLastRep(Case& c, FieldBlock submission) {
  AssignmentOutput out;
  out.lead = OutLeadOf(c);
  out.rep.id = c.lead->previous_rep;
  out.assignment.seq = c.lead->seq;
  const std::string all = CaseFacts(c, submission).All();
  out.contact = ContactOf(FieldBlock(all));
  out.reason = "submission";
  c.step.Publish("assignment.notified", ToText(c.lead_id), std::move(out));
}

void NewCycle(Case& c, const Event& event, FieldBlock submission) {
  BeginLead(c);
  Take(c, event, submission);
  PublishLead(c, "lead.created", LeadOutputOf(c));
}

void Reopen(Case& c, const Event& event, FieldBlock submission, bool to_previous_rep) {
  LeadRow& lead = c.EditLead();
  lead.place = LeadPlace::kNurture;
  lead.ended_at = kNever;
  lead.end_reason.clear();
  lead.returns = 0;
  lead.held_once = false;
  lead.routed_at = kNever;
  lead.not_before = {};
  lead.prefer_rep = to_previous_rep ? lead.previous_rep : std::string();
  lead.mode = c.step.mode;
  lead.root = c.step.root;
  SetStage(c, "nurture", "reopened");
  Take(c, event, submission);
  if (!c.step.past && c.lead->pending.empty()) c.EditLead().pending = "repeat";
}

LeadWhere WhereIs(const LeadRow& lead) {
  if (AtDesk(lead)) return LeadWhere::kAtDesk;
  if (lead.place == LeadPlace::kClosed) return LeadWhere::kClosed;
  return lead.place == LeadPlace::kNurture ? LeadWhere::kNurture : LeadWhere::kWaiting;
}

// What a rule does with the lead where it is.
struct RepeatCourse {
  RepeatAction action;
  std::string set_aside;  // why it is not what the rule asks: the stage it cannot be done in
};

RepeatCourse CourseOf(const RepeatRule* rule, const LeadRow& lead) {
  const LeadWhere where = WhereIs(lead);
  if (rule == nullptr) return {DefaultAction(where), {}};
  if (!CanBeDone(rule->action, where)) {
    const bool held = lead.place == LeadPlace::kHeld;  // its stage is that from before
    return {DefaultAction(where), held ? std::string(PlaceName(lead.place)) : lead.stage};
  }
  const bool nobody = where == LeadWhere::kClosed && lead.previous_rep.empty();
  if (rule->action == RepeatAction::kNotifyOwner && nobody)
    return {DefaultAction(where), "no_previous_rep"};
  return {rule->action, {}};
}

// Not the default, which no rule is behind.
void Explain(Case& c, const RepeatRule* rule, const RepeatCourse& course) {
  if (rule == nullptr) return;
  StoredDecision decision;
  decision.kind = "lifecycle";
  decision.winner = NameOf(course.action);
  decision.winner_origin = rule->origin.Text();
  decision.reason = "repeat";
  if (!course.set_aside.empty()) {
    decision.passed_over.push_back(fmt::format("{}: {}", NameOf(rule->action), course.set_aside));
  }
  Decide(c, std::move(decision));
}

}  // namespace

bool OnSubmission(Case& c, const Event& event, FieldBlock submission) {
  if (c.OnlyFills()) return true;
  if (c.lead == nullptr) {
    NewCycle(c, event, submission);
    return true;
  }
  const RepeatRule* rule = FirstMatch(c, event, submission);
  const RepeatCourse course = CourseOf(rule, *c.lead);
  switch (course.action) {
    case RepeatAction::kIgnore:
      Explain(c, rule, course);
      return false;
    case RepeatAction::kNotifyOwner:
      Explain(c, rule, course);
      if (AtDesk(*c.lead)) {
        Take(c, event, submission);
        TellOwner(c, event, submission);
      } else {
        TellLastRep(c, submission);
      }
      return true;
    case RepeatAction::kReopen:
      Explain(c, rule, course);
      Reopen(c, event, submission, rule->to_previous_rep);
      return true;
    case RepeatAction::kNewLead:
      NewCycle(c, event, submission);
      Explain(c, rule, course);
      return true;
    case RepeatAction::kTakeSubmission:
      Take(c, event, submission);
      Explain(c, rule, course);
      if (IsHandRaise(submission)) TellOwner(c, event, submission);
      return true;
  }
  return true;
}

}  // namespace pm::account
