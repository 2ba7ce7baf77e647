// A lead: one sales cycle of a person. It is always in exactly one place.
#pragma once
#include "engine/stages/account/records/keys.h"
#include "engine/stages/account/records/parts.h"
#include "model/messages/message.h"

namespace pm::account {

// Stored: never renumber.
enum class LeadPlace : uint8_t {
  kNurture = 0,   // known, not routed
  kScreened = 1,  // taken out by a screening rule
  kHeld = 2,      // routing waits for enrichment
  kQueued = 3,    // at a desk, without a rep
  kAssigned = 4,  // at a desk, with a rep (assigned, accepted, working)
  kClosed = 5,
};

// How the lead of a person ends who turned out to be another one: stage and reason.
inline constexpr std::string_view kMerged = "merged";

struct LeadRow {
  using Key = LeadKey;
  static constexpr char kPrefix = 'l';

  PersonId person;  // whose it is; differs from the id's after a merge
  LeadPlace place = LeadPlace::kNurture;
  std::string stage = "nurture";  // lifecycle stage: `lead.stage`
  Instant created_at;
  BlockBytes submission;  // the latest one's fields
  Instant submitted_at;   // when it happened
  bool hand_raise = false;
  std::string pending;     // route_when reason that waits (held, screened, suppressed)
  bool waits = false;      // in nurture, until the person may be contacted again: see WaitingRow
  std::string prefer_rep;  // of a reopened lead
  std::string screened_as, screened_by;
  bool reviewed = false;  // released from screening: not screened again in this cycle
  bool held_once = false;
  bool late = false;   // the latest submission came more than `stale_after` late
  Instant not_before;  // a disposal said: no threshold routes it earlier
  Instant ended_at = kNever;
  std::string end_reason;

  // At a desk.
  std::string desk;
  uint32_t seq = 0;      // last assignment number asked for or heard of
  uint32_t round = 0;    // route requests so far
  uint32_t returns = 0;  // how often desks have given it back unasked
  std::string rep, pool, route, previous_rep;
  Instant routed_at = kNever;
  ContentHash card;  // of the last card sent

  std::vector<StoredDecision> decisions;  // the latest of each kind
  Mode mode = Mode::kLive;
  EventId root;
  Instant due = kNever;  // held: routing; screened: review

  template <class V>
  static void Describe(V& v) {
    using T = LeadRow;
    v.Field(1, "person", &T::person, "Whose it is.");
    v.Field(2, "place", &T::place, "Where it is.");
    v.Field(3, "stage", &T::stage, "Lifecycle stage.");
    v.Field(4, "created_at", &T::created_at, "When the cycle began.");
    v.Field(5, "submission", &T::submission, "Latest submission.");
    v.Field(6, "submitted_at", &T::submitted_at, "When that happened.");
    v.Field(7, "hand_raise", &T::hand_raise, "Asked for sales.");
    v.Field(8, "pending", &T::pending, "Reason to route that waits.");
    v.Field(9, "prefer_rep", &T::prefer_rep, "Previous rep of a reopened lead.");
    v.Field(10, "screened_as", &T::screened_as, "What screening took it for.");
    v.Field(11, "screened_by", &T::screened_by, "Screening rule.");
    v.Field(12, "reviewed", &T::reviewed, "Released from screening.");
    v.Field(13, "held_once", &T::held_once, "Has been held.");
    v.Field(14, "not_before", &T::not_before, "No threshold routes it earlier.");
    v.Field(15, "ended_at", &T::ended_at, "When it was closed or recycled.");
    v.Field(16, "end_reason", &T::end_reason, "Why.");
    v.Field(17, "desk", &T::desk, "Desk.");
    v.Field(18, "seq", &T::seq, "Last assignment number.");
    v.Field(19, "returns", &T::returns, "Times a desk gave it back.");
    v.Field(20, "rep", &T::rep, "Rep.");
    v.Field(21, "pool", &T::pool, "Pool.");
    v.Field(22, "route", &T::route, "Route.");
    v.Field(23, "previous_rep", &T::previous_rep, "Who had it before.");
    v.Field(24, "routed_at", &T::routed_at, "First routed in this cycle.");
    v.Field(25, "card", &T::card, "Hash of the last card.");
    v.Field(26, "decisions", &T::decisions, "Latest decisions.");
    v.Field(27, "mode", &T::mode, "live, backfill, shadow or test.");
    v.Field(28, "root", &T::root, "Record it began with.");
    v.Field(30, "late", &T::late, "Latest submission came late.");
    v.Field(31, "waits", &T::waits, "Waits until contact is allowed.");
    v.Field(32, "round", &T::round, "Route requests so far.");
    v.Field(29, "due", &T::due, "End of a hold or of a review.");
  }
};

std::string_view PlaceName(LeadPlace place);  // nurture, screened, held, queued, assigned, closed
inline bool AtDesk(const LeadRow& lead) {
  return lead.place == LeadPlace::kQueued || lead.place == LeadPlace::kAssigned;
}

}  // namespace pm::account
