#include "engine/stages/account/account.h"

namespace pm::account {
OutLead OutLeadOf(const Case& c) {
  OutLead out;
  out.id = c.lead_id;
  out.person_id = c.id;
  out.account = AccountDomain(c);
  if (c.lead != nullptr) out.stage = c.lead->stage;
  for (const std::string& token : c.person->tokens) {
    if (!IsBrowserToken(token)) out.external.tokens.push_back(token);
  }
  return out;
}

LeadOutput LeadOutputOf(const Case& c) {
  LeadOutput out;
  out.lead = OutLeadOf(c);
  const auto submission = c.lead == nullptr ? FieldBlock() : FieldBlock(c.lead->submission);
  const auto account = c.account == nullptr ? FieldBlock() : FieldBlock(c.account->fields.values);
  out.contact = ContactOf(std::array{account, FieldBlock(c.person->fields.values), submission});
  if (c.person->scored) {
    const ScoreState& score = c.person->score;
    out.score = {score.fit, score.engagement, score.fit_grade + score.engagement_grade,
                 score.reasons};
  }
  if (c.lead != nullptr) out.hand_raise = c.lead->hand_raise;
  return out;
}

void PublishLead(Case& c, std::string_view type, LeadOutput output) {
  c.step.Publish(type, c.lead_id ? ToText(c.lead_id) : ToText(c.id), output);
}

EventId NewDecisionId(const Step& step, std::string_view kind, LeadId lead) {
  std::string text(kind);
  EncodeId(lead, &text);
  return Derive(step.cause, 0x200, static_cast<uint32_t>(Hash64(text)));
}

void Decide(Case& c, StoredDecision decision) {
  if (!decision.id) decision.id = NewDecisionId(c.step, decision.kind, c.lead_id);
  decision.at = c.step.now;
  decision.rules = c.step.rules.version();
  const NamedBlock facts = c.facts().Bounded(c.step.rules.fields());
  decision.facts.bytes = facts.block.bytes;
  DecisionOutput out;
  out.decision_id = decision.id;
  out.lead = OutLeadOf(c);
  out.stage = "account";
  out.kind = decision.kind;
  out.facts = facts;
  out.rules.swap(decision.counted);  // lent until it is published
  out.passed_over.swap(decision.passed_over);
  out.winner = decision.winner;
  out.winner_origin = decision.winner_origin;
  out.policies = decision.policies;
  out.reason = decision.reason;
  c.step.Publish("decision.made", c.lead_id ? ToText(c.lead_id) : ToText(c.id), out);
  if (c.lead == nullptr) return;
  out.rules.swap(decision.counted);
  out.passed_over.swap(decision.passed_over);
  std::vector<StoredDecision>& stored = c.EditLead().decisions;
  std::erase_if(stored, [&](const StoredDecision& d) { return d.kind == decision.kind; });
  stored.push_back(std::move(decision));
}

void UnknownReference(Step& step, const Event& event, std::string_view reason,
                      std::string_view detail) {
  step.DeadLetter(
      reason,
      fmt::format("{} of {}, id {}: {}", DeclOf(event.type).name, event.source, event.id, detail),
      "", event.raw);
}

}  // namespace pm::account
