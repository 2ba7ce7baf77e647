// A lead as people ask for it: what is known, where it is, who has it, which clocks run. Made from
// the rows of a store; the API and the terminal show the same.
#pragma once
#include <string>
#include <vector>

#include "engine/runtime/store.h"
#include "engine/stages/account/records/account_row.h"
#include "engine/stages/account/records/lead_row.h"
#include "engine/stages/account/records/person_row.h"
#include "engine/stages/desk/records/assignment_row.h"
#include "engine/stages/step.h"
#include "model/outputs/parts.h"
#include "rules/book.h"

namespace pm {

struct MilestoneView {
  std::string milestone, state;  // running, met, breached
  Instant started = kNever, due = kNever, met_at = kNever;
  Duration used;
  template <class V>
  static void Describe(V& v) {
    using T = MilestoneView;
    v.Field(1, "milestone", &T::milestone, "assign, accept or first_touch.");
    v.Field(2, "state", &T::state, "running, met or breached.");
    v.Field(3, "started", &T::started, "When it began.");
    v.Field(4, "due", &T::due, "Deadline.");
    v.Field(5, "met_at", &T::met_at, "When it was met.");
    v.Field(6, "business_ms", &T::used, "Business time counted so far.");
  }
};

struct SlaView {
  std::string policy;
  Instant paused_since = kNever;
  std::vector<MilestoneView> milestones;
  std::vector<std::string> ledger;  // time that does not count, and why
  template <class V>
  static void Describe(V& v) {
    using T = SlaView;
    v.Field(1, "policy", &T::policy, "SLA policy.");
    v.Field(2, "paused_since", &T::paused_since, "Since when it is paused.");
    v.Field(3, "milestones", &T::milestones, "Milestones.");
    v.Field(4, "ledger", &T::ledger, "Time that does not count, and why.");
  }
};

struct CadenceView {
  std::string cadence, state;  // running, paused, ended
  int64_t step = 0;
  Instant planned = kNever, paused_until = kNever;
  std::string paused_why, open_step;
  std::vector<std::string> delays;
  template <class V>
  static void Describe(V& v) {
    using T = CadenceView;
    v.Field(1, "cadence", &T::cadence, "Cadence.");
    v.Field(2, "state", &T::state, "running, paused or ended.");
    v.Field(3, "step", &T::step, "Next or open step, from 1; 0: none.");
    v.Field(4, "planned", &T::planned, "When the next step goes out.");
    v.Field(5, "paused_until", &T::paused_until, "End of the pause.");
    v.Field(6, "paused_why", &T::paused_why, "Why it is paused.");
    v.Field(7, "open_step", &T::open_step, "Manual step that waits for the rep.");
    v.Field(8, "delays", &T::delays, "Why the next step is later than scheduled.");
  }
};

struct PlacementView {
  AssignmentId id;
  std::string desk, pool, route, origin, via, priority, rep, rep_name, previous_rep, reason;
  Instant routed_at = kNever, queued_at = kNever, assigned_at = kNever, accepted_at = kNever,
          touched_at = kNever;
  std::vector<std::string> passed_over;
  template <class V>
  static void Describe(V& v) {
    using T = PlacementView;
    v.Field(1, "id", &T::id, "Assignment.");
    v.Field(2, "desk", &T::desk, "Desk.");
    v.Field(3, "pool", &T::pool, "Pool.");
    v.Field(4, "route", &T::route, "Route that won.");
    v.Field(5, "origin", &T::origin, "Where the route is written.");
    v.Field(6, "via", &T::via, "How the rep was found.");
    v.Field(7, "priority", &T::priority, "Priority.");
    v.Field(8, "rep", &T::rep, "Who has it; absent: it waits.");
    v.Field(9, "rep_name", &T::rep_name, "The rep's name.");
    v.Field(10, "previous_rep", &T::previous_rep, "Who had it before.");
    v.Field(11, "reason", &T::reason, "Why it was routed.");
    v.Field(12, "routed_at", &T::routed_at, "When it was first routed.");
    v.Field(13, "queued_at", &T::queued_at, "Since when it waited.");
    v.Field(14, "assigned_at", &T::assigned_at, "When the rep got it.");
    v.Field(15, "accepted_at", &T::accepted_at, "When the rep accepted.");
    v.Field(16, "touched_at", &T::touched_at, "First touch.");
    v.Field(17, "passed_over", &T::passed_over, "Who was passed over, and why.");
  }
};

struct LeadView {
  OutLead lead;
  std::string home, place;  // nurture, screened, held, queued, assigned, closed
  OutContact contact;
  OutScore score;
  NamedValues fields, submission;
  bool hand_raise = false;
  Instant created_at = kNever, held_until = kNever, ended_at = kNever;
  std::string screened_as, end_reason;
  std::optional<PlacementView> assignment;
  std::optional<SlaView> sla;
  std::optional<CadenceView> cadence;
  std::vector<std::string> decisions;    // ids, for the decisions topic
  std::vector<std::string> refusals;     // channels the person refused
  std::vector<std::string> other_leads;  // earlier cycles of the person
  std::vector<std::string> parked;       // timers that stand still: of what, since when, why
  std::string mode;                      // live, shadow, test, backfill
  template <class V>
  static void Describe(V& v) {
    using T = LeadView;
    v.Field(1, "lead", &T::lead, "The lead.");
    v.Field(2, "home", &T::home, "Where its state lives.");
    v.Field(3, "place", &T::place, "Where it is.");
    v.Field(4, "contact", &T::contact, "Who the person is.");
    v.Field(5, "score", &T::score, "Scores as last published.");
    v.Field(6, "fields", &T::fields, "What is known of person and account.");
    v.Field(7, "submission", &T::submission, "The latest submission.");
    v.Field(8, "hand_raise", &T::hand_raise, "Asked for sales.");
    v.Field(9, "created_at", &T::created_at, "When the cycle began.");
    v.Field(10, "held_until", &T::held_until, "End of a hold or a review.");
    v.Field(11, "ended_at", &T::ended_at, "When it was closed or recycled.");
    v.Field(12, "screened_as", &T::screened_as, "What screening took it for.");
    v.Field(13, "end_reason", &T::end_reason, "Why it ended.");
    v.Field(14, "assignment", &T::assignment, "At the desk.");
    v.Field(15, "sla", &T::sla, "Response SLA.");
    v.Field(16, "cadence", &T::cadence, "Cadence.");
    v.Field(17, "decisions", &T::decisions, "Latest decision of each kind.");
    v.Field(18, "refusals", &T::refusals, "Channels the person refused.");
    v.Field(19, "other_leads", &T::other_leads, "Other cycles of the person.");
    v.Field(20, "parked", &T::parked, "Timers that stand still since their step failed.");
    v.Field(21, "mode", &T::mode,
            "Mode of the event that began it: live, shadow, test or backfill.");
  }
};

// A lead's rows, wherever its home is now.
struct LeadRows {
  World world = World::kLive;
  HomeId home;
  account::LeadRow lead;
  account::PersonRow person;
  std::optional<account::AccountRow> company;  // what is known of it
  std::string account_domain;
  std::optional<AssignmentRow> assignment;  // while it is at a desk
};
// PM0714 when there is no such lead.
Result<LeadRows> ReadLead(const StoreView& store, LeadId id);

// `rules` names policies and fields; any version will do.
Result<LeadView> ViewLead(const StoreView& store, LeadId id, const RuleBook& rules);
std::string ToJson(const LeadView& view);
std::string ToText(const LeadView& view);

}  // namespace pm
