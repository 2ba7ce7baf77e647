// The data of every event that comes out, one struct a topic. The types and what they mean are in
// OutputTypes; `pointsman schema` prints the JSON Schema of each.
#pragma once
#include "model/outputs/parts.h"

namespace pm {

// Members that every output carries beside its own; the step fills them.
struct OutHead {
  EventId decision_id;
  ContentHash rules_version;
  Instant occurred_at = kNever;
  std::string mode = "live";
  OutActor actor;
  template <class V>
  static void DescribeHead(V& v) {
    v.Field(101, "decision_id", &OutHead::decision_id, "Decision it follows from.");
    v.Field(102, "rules_version", &OutHead::rules_version, "Rules in force.");
    v.Field(103, "occurred_at", &OutHead::occurred_at, "When it took effect.");
    v.Field(104, "mode", &OutHead::mode, "live, backfill, shadow or test.");
    v.Field(105, "actor", &OutHead::actor, "Who or what did it.");
  }
};

struct LeadOutput : OutHead {
  static constexpr Topic kTopic = Topic::kLeads;
  OutLead lead;
  OutContact contact;
  std::optional<OutScore> score;
  std::string from_stage, to_stage;
  std::string reason;
  std::string screened_as;
  Instant hold_until = kNever;
  LeadId merged_into;
  std::string old_home, new_home;
  bool hand_raise = false;
  template <class V>
  static void Describe(V& v) {
    using T = LeadOutput;
    DescribeHead(v);
    v.Field(1, "lead", &T::lead, "The lead.");
    v.Field(2, "contact", &T::contact, "Who the person is.");
    v.Field(3, "score", &T::score, "Scores now.");
    v.Field(4, "from_stage", &T::from_stage, "Stage before.");
    v.Field(5, "to_stage", &T::to_stage, "Stage now.");
    v.Field(6, "reason", &T::reason, "Why.");
    v.Field(7, "screened_as", &T::screened_as, "What screening took it for.");
    v.Field(8, "hold_until", &T::hold_until, "How long it is held at most.");
    v.Field(9, "merged_into", &T::merged_into, "Lead that stays.");
    v.Field(10, "old_home", &T::old_home, "Home before a move.");
    v.Field(11, "new_home", &T::new_home, "Home after a move.");
    v.Field(12, "hand_raise", &T::hand_raise, "Asked for sales.");
  }
};

struct AssignmentOutput : OutHead {
  static constexpr Topic kTopic = Topic::kAssignments;
  OutLead lead;
  OutAssignment assignment;
  OutRep rep;
  OutRep previous_rep;
  std::string manager;
  OutContact contact;
  std::optional<OutScore> score;
  std::string priority;
  std::string desk;
  std::string sla;
  Instant sla_due = kNever;  // the next milestone
  Instant queued_at = kNever;
  Instant held_until = kNever;  // off_hours: hold
  std::string reason;
  // Requests and their results.
  std::string request;  // `lead.accept`, ...
  std::string request_source;
  std::string request_id;  // correlation
  Instant routed_at = kNever;
  template <class V>
  static void Describe(V& v) {
    using T = AssignmentOutput;
    DescribeHead(v);
    v.Field(1, "lead", &T::lead, "The lead.");
    v.Field(2, "assignment", &T::assignment, "The assignment.");
    v.Field(3, "rep", &T::rep, "Who has it.");
    v.Field(4, "previous_rep", &T::previous_rep, "Who had it.");
    v.Field(5, "manager", &T::manager, "Rep's manager.");
    v.Field(6, "contact", &T::contact, "Who the person is.");
    v.Field(7, "score", &T::score, "Scores when it was routed.");
    v.Field(8, "priority", &T::priority, "urgent, high or normal.");
    v.Field(9, "desk", &T::desk, "Desk.");
    v.Field(10, "sla", &T::sla, "SLA policy.");
    v.Field(11, "sla_due", &T::sla_due, "Next milestone's due.");
    v.Field(12, "queued_at", &T::queued_at, "Since when it waits.");
    v.Field(13, "reason", &T::reason, "Why.");
    v.Field(14, "request", &T::request, "Request it answers.");
    v.Field(15, "request_source", &T::request_source, "Who asked.");
    v.Field(16, "request_id", &T::request_id, "Id of the request.");
    v.Field(17, "routed_at", &T::routed_at, "When this cycle was first routed.");
    v.Field(18, "held_until", &T::held_until, "When its pool opens, while it is held for that.");
  }
};

struct SlaOutput : OutHead {
  static constexpr Topic kTopic = Topic::kSla;
  OutLead lead;
  OutAssignment assignment;
  OutRep rep;
  std::string manager;
  std::string policy;
  ContentHash policy_hash;
  std::string milestone;  // assign, accept, first_touch
  Instant started = kNever, due = kNever, met_at = kNever;
  int64_t business_ms = 0;  // business time from start to the verdict
  std::string rung;         // `80%`, `due`, `due + 30m`
  std::string action;       // notify, reassign, escalate
  std::vector<std::string> recipients;
  std::string reason;
  template <class V>
  static void Describe(V& v) {
    using T = SlaOutput;
    DescribeHead(v);
    v.Field(1, "lead", &T::lead, "The lead.");
    v.Field(2, "assignment", &T::assignment, "The assignment.");
    v.Field(3, "rep", &T::rep, "Who has it.");
    v.Field(4, "manager", &T::manager, "Rep's manager.");
    v.Field(5, "policy", &T::policy, "SLA policy.");
    v.Field(6, "policy_hash", &T::policy_hash, "The policy's content.");
    v.Field(7, "milestone", &T::milestone, "assign, accept or first_touch.");
    v.Field(8, "started", &T::started, "When it began.");
    v.Field(9, "due", &T::due, "Deadline.");
    v.Field(10, "met_at", &T::met_at, "When it was met.");
    v.Field(11, "business_ms", &T::business_ms, "Business time used.");
    v.Field(12, "rung", &T::rung, "Rung of the ladder.");
    v.Field(13, "action", &T::action, "What the rung does.");
    v.Field(14, "recipients", &T::recipients, "Whom it tells.");
    v.Field(15, "reason", &T::reason, "Why.");
  }
};

struct CadenceOutput : OutHead {
  static constexpr Topic kTopic = Topic::kCadence;
  OutLead lead;
  OutAssignment assignment;
  OutRep rep;
  OutContact contact;
  std::string enrolment_id;
  std::string cadence;
  ContentHash cadence_hash;
  std::string step_id;  // also the idempotency key of what carries it out
  int64_t step = 0;     // counts from 1
  std::string channel, template_name, variant, execution;  // execution: auto | manual
  Instant scheduled = kNever, due = kNever, expires = kNever;
  std::string zone, zone_source;
  std::vector<std::string> delays;  // each delay has a named reason
  std::string reason;
  std::string action, thread;
  template <class V>
  static void Describe(V& v) {
    using T = CadenceOutput;
    DescribeHead(v);
    v.Field(1, "lead", &T::lead, "The lead.");
    v.Field(2, "assignment", &T::assignment, "The assignment.");
    v.Field(3, "rep", &T::rep, "Who sends it or does it.");
    v.Field(4, "contact", &T::contact, "Values for the template.");
    v.Field(5, "enrolment_id", &T::enrolment_id, "Enrolment.");
    v.Field(6, "cadence", &T::cadence, "Cadence.");
    v.Field(7, "cadence_hash", &T::cadence_hash, "The cadence's content.");
    v.Field(8, "step_id", &T::step_id, "Step; an idempotency key.");
    v.Field(9, "step", &T::step, "Number of the step, from 1.");
    v.Field(10, "channel", &T::channel, "email, call, linkedin, sms or task.");
    v.Field(11, "template", &T::template_name, "Template.");
    v.Field(12, "variant", &T::variant, "Variant of a split.");
    v.Field(13, "execution", &T::execution, "auto or manual.");
    v.Field(14, "scheduled", &T::scheduled, "When it was due before windows.");
    v.Field(15, "due", &T::due, "When it is due.");
    v.Field(16, "expires", &T::expires, "When a manual step lapses.");
    v.Field(17, "zone", &T::zone, "Zone of the window.");
    v.Field(18, "zone_source", &T::zone_source, "How the zone was found.");
    v.Field(19, "delays", &T::delays, "Named reasons for each delay.");
    v.Field(20, "reason", &T::reason, "Why it closed, paused or ended.");
    v.Field(21, "action", &T::action, "What to do on a channel without a template: connect, ...");
    v.Field(22, "thread", &T::thread, "reply: in the thread of the e-mail before.");
  }
};

// What was said about contact: by or for one person, or of many.
struct PrivacyOutput : OutHead {
  static constexpr Topic kTopic = Topic::kPrivacy;
  OutLead lead;  // of one person; empty when nobody knows them yet
  std::string email, phone;
  std::string scope;    // person, domain, region, channel
  std::string covers;   // the domain or region
  std::string channel;  // email, call, sms, linkedin, all
  std::string status;   // of consent: granted, refused; of a suppression: added, removed
  std::string basis, consent_source, proof;
  std::string said_by, event_id;  // the event that said so
  Instant said_at = kNever;
  template <class V>
  static void Describe(V& v) {
    using T = PrivacyOutput;
    DescribeHead(v);
    v.Field(1, "lead", &T::lead, "The person and their latest lead.");
    v.Field(2, "email", &T::email, "Address.");
    v.Field(3, "phone", &T::phone, "Phone.");
    v.Field(4, "scope", &T::scope, "person, domain, region or channel.");
    v.Field(5, "covers", &T::covers, "The domain or region.");
    v.Field(6, "channel", &T::channel, "email, call, sms, linkedin or all.");
    v.Field(7, "status", &T::status, "granted or refused; of a suppression added or removed.");
    v.Field(8, "basis", &T::basis, "Legal basis.");
    v.Field(9, "consent_source", &T::consent_source, "Where the consent was given.");
    v.Field(10, "proof", &T::proof, "What proves it.");
    v.Field(11, "said_by", &T::said_by, "Source of the event that said so.");
    v.Field(12, "event_id", &T::event_id, "Id of that event.");
    v.Field(13, "said_at", &T::said_at, "When it was said.");
  }
};

// Facts and verdict of one decision. `stage` says whose part it is; both parts share the id.
struct DecisionOutput : OutHead {
  static constexpr Topic kTopic = Topic::kDecisions;
  OutLead lead;
  std::string stage;  // account or desk
  std::string kind;   // screening, scoring, ..., assignment, enrolment
  NamedBlock facts;
  std::vector<std::string> rules;        // scoring rules with points; routes tried with reasons
  std::string winner;                    // winning route or rep
  std::string winner_origin;             // file:line
  std::vector<std::string> passed_over;  // rep or route: reason code
  std::vector<std::string> policies;     // name@hash
  std::string reason;
  template <class V>
  static void Describe(V& v) {
    using T = DecisionOutput;
    DescribeHead(v);
    v.Field(1, "lead", &T::lead, "The lead.");
    v.Field(2, "stage", &T::stage, "account or desk.");
    v.Field(3, "kind", &T::kind, "What was decided.");
    v.Field(4, "facts", &T::facts, "Values it rests on.");
    v.Field(5, "rules", &T::rules, "Rules that counted.");
    v.Field(6, "winner", &T::winner, "Route or rep that won.");
    v.Field(7, "winner_origin", &T::winner_origin, "Where the winner is written.");
    v.Field(8, "passed_over", &T::passed_over, "Who or what was passed over, and why.");
    v.Field(9, "policies", &T::policies, "Policies pinned.");
    v.Field(10, "reason", &T::reason, "Why it was decided now.");
  }
};

struct AlertOutput : OutHead {
  static constexpr Topic kTopic = Topic::kAlerts;
  OutLead lead;
  std::string severity;  // info, warning, critical
  std::string code;      // nobody_eligible, fallback, stuck_lead, ...
  std::string what;
  std::string what_to_do;
  std::vector<std::string> recipients;
  template <class V>
  static void Describe(V& v) {
    using T = AlertOutput;
    DescribeHead(v);
    v.Field(1, "lead", &T::lead, "The lead, if one is meant.");
    v.Field(2, "severity", &T::severity, "info, warning or critical.");
    v.Field(3, "code", &T::code, "Stable name of the condition.");
    v.Field(4, "what", &T::what, "What happened.");
    v.Field(5, "what_to_do", &T::what_to_do, "What to do.");
    v.Field(6, "recipients", &T::recipients, "Whom it tells.");
  }
};

struct DeadLetterOutput : OutHead {
  static constexpr Topic kTopic = Topic::kDeadLetters;
  std::string reason;  // stable code: malformed, unknown_type, id_reused, unknown_reference, ...
  std::string detail;
  std::string pointer;   // JSON pointer into the original
  std::string original;  // base64 of the bytes as sent
  int64_t attempt = 1;
  template <class V>
  static void Describe(V& v) {
    using T = DeadLetterOutput;
    DescribeHead(v);
    v.Field(1, "reason", &T::reason, "Stable reason code.");
    v.Field(2, "detail", &T::detail, "What is wrong.");
    v.Field(3, "pointer", &T::pointer, "JSON pointer to it.");
    v.Field(4, "original", &T::original, "Base64 of the bytes as sent.");
    v.Field(5, "attempt", &T::attempt, "How often it was tried.");
  }
};

template <class E>
void AppendOutputJson(const E& data, std::string* json) {
  JsonWriter w(json);
  WriteJson(data, w);
}

// Type names in their topics, for schemas and docs.
struct OutputTypeDecl {
  std::string_view type;
  Topic topic;
  std::string_view meaning;
};
std::span<const OutputTypeDecl> OutputTypes();
// JSON Schema (draft 2020-12) of the whole CloudEvent of `type`; empty when there is no such type.
std::string OutputSchema(std::string_view type);

}  // namespace pm
