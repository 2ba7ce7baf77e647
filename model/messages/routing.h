// Account to desk and back: the request to route a lead, its card, notices, and what came of it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "model/event_types.h"
#include "model/field_block.h"

namespace pm {

// kSdrOf: the rep who supports the one named; desks know of more reps than the roster file.
enum class TargetKind : uint8_t { kNone = 0, kPool = 1, kRep = 2, kSdrOf = 3 };

// One way a lead may go, resolved as far as the account stage can: names, not rows.
struct Candidate {
  std::string route;   // name of the route
  std::string origin;  // file:line
  TargetKind kind = TargetKind::kNone;
  std::string target;     // pool name, rep id, or what else names the rep
  std::string via;        // `pool`, `rep`, `owner`, `sdr_of`, `table`, `otherwise`
  std::string else_pool;  // where to go when the target cannot take it; empty: next candidate
  std::string sla;        // policy name; empty: none
  ContentHash sla_hash;   // the policy as it was when this was decided
  std::string cadence;    // empty: none
  ContentHash cadence_hash;
  std::string priority;  // `urgent`, `high`, `normal`
  bool wait_if_away = false;

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "route", &Candidate::route, "Name of the route.");
    v.Field(2, "origin", &Candidate::origin, "Where it is written.");
    v.Field(3, "kind", &Candidate::kind, "Pool or rep.");
    v.Field(4, "target", &Candidate::target, "Pool name or rep id.");
    v.Field(5, "via", &Candidate::via, "How the target was found.");
    v.Field(6, "else_pool", &Candidate::else_pool, "Pool when the target cannot take it.");
    v.Field(7, "sla", &Candidate::sla, "SLA policy.");
    v.Field(8, "sla_hash", &Candidate::sla_hash, "The policy's content.");
    v.Field(9, "cadence", &Candidate::cadence, "Cadence.");
    v.Field(10, "cadence_hash", &Candidate::cadence_hash, "The cadence's content.");
    v.Field(11, "priority", &Candidate::priority, "urgent, high or normal.");
    v.Field(12, "wait_if_away", &Candidate::wait_if_away, "Wait for a rep who is away.");
  }
};

// What desk rules and outputs read of a lead. Sent with each route request and again whenever one
// of its fields changes while the lead is open.
struct LeadCard {
  LeadId lead;
  HomeId home;                        // where the account stage keeps the lead now
  std::string account;                // account's domain, or empty; stickiness goes by account_key
  std::string account_key;            // home text of the account, else of the person
  std::string stage;                  // lifecycle stage
  BlockBytes fields;                  // the card's fields
  std::vector<std::string> external;  // tokens
  std::vector<std::string> reasons;   // top scoring rules, with points, best first
  bool hand_raise = false;
  // Channels that the person's own words rule out; `task` when they rule out all. What suppressions
  // of many rule out the desk knows itself.
  std::vector<std::string> refused;
  uint32_t round = 0;  // how often the account stage has asked for a route for the lead

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "lead", &LeadCard::lead, "The lead.");
    v.Field(2, "home", &LeadCard::home, "Where its state lives.");
    v.Field(3, "account", &LeadCard::account, "Account's domain.");
    v.Field(4, "account_key", &LeadCard::account_key, "What stickiness goes by.");
    v.Field(5, "stage", &LeadCard::stage, "Lifecycle stage.");
    v.Field(6, "fields", &LeadCard::fields, "Fields that desk rules read.");
    v.Field(7, "external", &LeadCard::external, "External record ids.");
    v.Field(8, "reasons", &LeadCard::reasons, "Top scoring rules.");
    v.Field(9, "hand_raise", &LeadCard::hand_raise, "Asked for sales.");
    // 10 and 11 were given out once.
    v.Field(12, "refused", &LeadCard::refused, "Channels the person refuses.");
    v.Field(13, "round", &LeadCard::round, "Route requests so far.");
  }
};

// A lead that goes to another desk after it was placed: the rows of the desk it leaves.
struct MovedLead {
  std::string assignment;   // wire forms
  std::string sla;          // empty: none runs
  std::string output_type;  // what its next assignment is published as
  std::string actor_type;   // who brought that about
  std::string actor_id;
  bool by_name = false;    // a person chose the rep: absence does not matter
  bool by_ladder = false;  // a rung of its SLA took it from its last rep

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "assignment", &MovedLead::assignment, "The assignment's row.");
    v.Field(2, "sla", &MovedLead::sla, "The row of its SLA run.");
    // 3 was given out once.
    v.Field(4, "output_type", &MovedLead::output_type, "What is published of it.");
    v.Field(5, "actor_type", &MovedLead::actor_type, "Who caused it.");
    v.Field(6, "actor_id", &MovedLead::actor_id, "Who caused it, by id.");
    v.Field(7, "by_name", &MovedLead::by_name, "A person chose the rep.");
    v.Field(8, "by_ladder", &MovedLead::by_ladder, "A rung took it from its rep.");
  }
};

// From the account stage, and from desk to desk when the next who may take the lead is there.
struct RouteRequest {
  LeadCard card;
  EventId decision;    // both stages publish their verdicts under it
  std::string reason;  // route_when reason: hand_raise, mql, ...; `repeat`, `released`
  uint32_t seq = 0;    // the assignment this request may make: last seq of the lead + 1
  Instant routed_at;   // when the lead was first routed in this cycle: SLA `from: routed`
  std::vector<Candidate> candidates;  // in rule order
  // What the desks before had to say of it.
  std::vector<std::string> passed_over;  // `rep: reason`
  std::vector<std::string> tried;        // pools that could not take it
  std::optional<MovedLead> moved;        // it was placed before
  // A desk has sent it, so that nothing an earlier request made of the lead is anywhere any more.
  bool handed_over = false;
  // The row of its enrolments so far, which goes where the lead goes; empty: none was ever begun.
  std::string enrolment;

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "card", &RouteRequest::card, "The lead.");
    v.Field(2, "decision", &RouteRequest::decision, "Decision id.");
    v.Field(3, "reason", &RouteRequest::reason, "Why it routes.");
    v.Field(4, "seq", &RouteRequest::seq, "Assignment number it may make.");
    v.Field(5, "routed_at", &RouteRequest::routed_at, "When the cycle was first routed.");
    // 6 and 7 were given out once.
    v.Field(8, "candidates", &RouteRequest::candidates, "Where it may go, in rule order.");
    v.Field(9, "passed_over", &RouteRequest::passed_over, "Who was passed over on the way.");
    v.Field(10, "tried", &RouteRequest::tried, "Pools tried on the way.");
    v.Field(11, "moved", &RouteRequest::moved, "What it takes along from another desk.");
    v.Field(13, "enrolment", &RouteRequest::enrolment, "The row of its enrolments.");
    v.Field(12, "handed_over", &RouteRequest::handed_over, "No earlier one is in force.");
  }
};

// Why a lead's assignment ends when a later route request has overtaken it.
inline constexpr std::string_view kRoutedAnew = "routed_anew";

enum class NoticeKind : uint8_t {
  kNone = 0,
  kTouch = 1,      // touch.recorded about the lead
  kMeeting = 2,    // meeting.booked
  kClosed = 3,     // the lead ended: disposed, converted, disqualified; `reason` says
  kWithdrawn = 4,  // another lead of the same person stays; rep credited
  // 5 was given out once.
  kMoved = 6,         // the lead's state moved to `home`
  kSubmission = 7,    // the person submitted again: notify the owner
  kOwnerChanged = 8,  // a human chose `rep` in the CRM
  kStatus = 9,        // lead.status changed to `reason`: SLA pauses
  kUnsubscribed = 10,
};

struct LeadNotice {
  LeadId lead;
  NoticeKind kind = NoticeKind::kNone;
  std::string reason;
  std::string rep;
  HomeId home;
  Instant occurred_at;
  BlockBytes fields;  // the event's own fields (`event.*`)
  bool hand_raise = false;
  uint32_t seq = 0;    // last assignment number the account stage has heard of
  std::string raw;     // the event as sent, where the desk may have to set it aside; else empty
  uint32_t round = 0;  // the route request it follows: what ends that ends no later one

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "lead", &LeadNotice::lead, "The lead.");
    v.Field(2, "kind", &LeadNotice::kind, "What happened.");
    v.Field(3, "reason", &LeadNotice::reason, "Why, or the new status.");
    v.Field(4, "rep", &LeadNotice::rep, "Rep it names.");
    v.Field(5, "home", &LeadNotice::home, "New home, for a move.");
    v.Field(6, "occurred_at", &LeadNotice::occurred_at, "When it happened.");
    v.Field(7, "fields", &LeadNotice::fields, "The event's fields.");
    v.Field(8, "hand_raise", &LeadNotice::hand_raise, "The submission asks for sales.");
    v.Field(9, "seq", &LeadNotice::seq, "Last assignment number the account stage knows.");
    v.Field(10, "raw", &LeadNotice::raw, "The event as sent.");
    v.Field(11, "round", &LeadNotice::round, "Route request it follows.");
  }
};

// Where a routed lead is, as its desk says.
enum class Place : uint8_t {
  kNone = 0,
  kQueued = 1,
  kAssigned = 2,
  kAccepted = 3,
  kWorking = 4,
  kReturned = 5,
  kHeldForHours = 6
};

// The lifecycle stage of a lead that is there; empty when the desk does not have it.
constexpr std::string_view StageAt(Place place) {
  switch (place) {
    case Place::kQueued:
    case Place::kHeldForHours:
      return "queued";
    case Place::kAssigned:
      return "assigned";
    case Place::kAccepted:
      return "accepted";
    case Place::kWorking:
      return "working";
    case Place::kNone:
    case Place::kReturned:
      break;
  }
  return {};
}

struct AssignmentChanged {
  LeadId lead;
  std::string desk;
  uint32_t seq = 0;
  Place place = Place::kNone;
  std::string rep;
  std::string pool;
  std::string route;
  std::string reason;
  uint32_t round = 0;  // LeadCard::round

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "lead", &AssignmentChanged::lead, "The lead.");
    v.Field(2, "desk", &AssignmentChanged::desk, "Desk that says so.");
    v.Field(3, "seq", &AssignmentChanged::seq, "Assignment number.");
    v.Field(4, "place", &AssignmentChanged::place, "Where the lead is.");
    v.Field(5, "rep", &AssignmentChanged::rep, "Its rep.");
    v.Field(6, "pool", &AssignmentChanged::pool, "Its pool.");
    v.Field(7, "route", &AssignmentChanged::route, "Route that won.");
    v.Field(8, "reason", &AssignmentChanged::reason, "Why.");
    v.Field(9, "round", &AssignmentChanged::round, "Route request it follows.");
  }
};

}  // namespace pm
