// A lead at a desk: where it is, who has it, and how that came about. One per lead; the SLA run and
// the enrolment are rows beside it.
#pragma once
#include <string>
#include <vector>

#include "engine/stages/desk/records/keys.h"
#include "model/messages/routing.h"

namespace pm {

struct AssignmentRow {
  using Key = DeskLeadKey;
  static constexpr char kPrefix = 'A';
  LeadCard card;
  EventId decision;
  EventId root;      // event that began it: correlation of what timers publish
  uint8_t mode = 0;  // Mode
  Place place = Place::kNone;
  uint32_t seq = 0;
  std::string pool;  // empty: given by name
  std::string route;
  std::string origin;  // file:line of the route
  std::string via;     // how the rep was found: rotation, sticky, owner, claim, backup, ...
  std::string priority;
  std::string sla;
  ContentHash sla_hash;
  std::string cadence;
  ContentHash cadence_hash;
  std::string rep;
  std::string previous_rep;
  std::vector<std::string> past_reps;  // every rep who had it before, oldest first; at most 50
  int64_t reassignments = 0;           // by the SLA's ladder
  bool rotation_paid = false;          // a pool's rotation counted it: refunds give that back
  Instant routed_at;
  Instant queued_at = kNever;
  Instant assigned_at = kNever;
  Instant accepted_at = kNever;
  Instant touched_at = kNever;  // first human touch
  bool replied = false;
  bool meeting = false;
  std::string queue_order;   // its place in the pool's queue, while queued
  bool counts_open = false;  // towards the rep's caps: not while it waits on the prospect
  std::string reason;        // why it was routed
  std::vector<std::string> passed_over;  // `rep: reason` of the latest placement
  Instant due = kNever;                  // held: next opening; claimed: when it returns
  // Where it goes when nobody of its pool, or not the rep it was given to by name, can have it; the
  // pool of `otherwise` not named. Without policies and priority, which stay with the lead.
  std::vector<Candidate> rest;

  template <class V>
  static void Describe(V& v) {
    using T = AssignmentRow;
    v.Field(1, "card", &T::card, "The lead as the account stage last sent it.");
    v.Field(2, "decision", &T::decision, "Decision it follows from.");
    v.Field(3, "root", &T::root, "Event that began it.");
    v.Field(4, "mode", &T::mode, "Mode.");
    v.Field(5, "place", &T::place, "Where the lead is.");
    v.Field(6, "seq", &T::seq, "Assignment number.");
    v.Field(7, "pool", &T::pool, "Pool.");
    v.Field(8, "route", &T::route, "Route that won.");
    v.Field(9, "origin", &T::origin, "Where the route is written.");
    v.Field(10, "via", &T::via, "How the rep was found.");
    v.Field(11, "priority", &T::priority, "Priority.");
    v.Field(12, "sla", &T::sla, "SLA policy.");
    v.Field(13, "sla_hash", &T::sla_hash, "The policy's content.");
    v.Field(14, "cadence", &T::cadence, "Cadence.");
    v.Field(15, "cadence_hash", &T::cadence_hash, "The cadence's content.");
    v.Field(16, "rep", &T::rep, "Who has it.");
    v.Field(17, "previous_rep", &T::previous_rep, "Who had it before.");
    v.Field(18, "past_reps", &T::past_reps, "Everybody who had it before.");
    v.Field(19, "reassignments", &T::reassignments, "Reassignments by the ladder.");
    v.Field(20, "rotation_paid", &T::rotation_paid, "Rotation counted it.");
    v.Field(21, "routed_at", &T::routed_at, "When the cycle was first routed.");
    v.Field(22, "queued_at", &T::queued_at, "Since when it waits.");
    v.Field(23, "assigned_at", &T::assigned_at, "When this rep got it.");
    v.Field(24, "accepted_at", &T::accepted_at, "When this rep accepted.");
    v.Field(25, "touched_at", &T::touched_at, "First human touch.");
    v.Field(26, "replied", &T::replied, "The prospect replied.");
    v.Field(27, "meeting", &T::meeting, "A meeting was booked.");
    v.Field(28, "queue_order", &T::queue_order, "Place in the queue.");
    v.Field(29, "reason", &T::reason, "Why it was routed.");
    // 30 was given out once.
    v.Field(31, "passed_over", &T::passed_over, "Who was passed over, and why.");
    v.Field(32, "due", &T::due, "Next opening, or return to the queue.");
    v.Field(33, "counts_open", &T::counts_open, "Counts as open for its rep.");
    v.Field(34, "rest", &T::rest, "Where it goes when who it was given to cannot have it.");
  }
};

// A lead that is gone from the desk. It went to another one, to which what still comes for it is
// sent on; or the account stage closed it without having heard of its last assignment, and may ask
// for a number that is used.
struct GoneRow {
  using Key = DeskLeadKey;
  static constexpr char kPrefix = 'N';
  static constexpr Duration kKept = Days(7);  // as long as an event may come twice
  uint32_t seq = 0;
  std::string desk;      // where it went; empty: it was closed
  Instant due = kNever;  // erased then
  uint32_t round = 0;    // LeadCard::round
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "seq", &GoneRow::seq, "Last number used.");
    v.Field(2, "due", &GoneRow::due, "When it is forgotten.");
    v.Field(3, "desk", &GoneRow::desk, "The desk it went to.");
    v.Field(4, "round", &GoneRow::round, "Route request it followed.");
  }
};

// What was told of a lead that is not here yet: its home may have changed, and then news comes by
// another way than the request to route it did. Heard when the lead comes. Or what is to go after a
// lead that left, but at the next tick.
struct EarlyRow {
  using Key = DeskLeadKey;
  static constexpr char kPrefix = 'E';
  static constexpr Duration kKept = Hours(1);
  static constexpr size_t kMost = 50;
  struct News {
    uint8_t type = 0;  // MessageType
    std::string body;
    EventId root;
    uint8_t mode = 0;  // Mode
    template <class V>
    static void Describe(V& v) {
      v.Field(1, "type", &News::type, "Kind of message.");
      v.Field(2, "body", &News::body, "Its wire form.");
      v.Field(3, "root", &News::root, "Event that began it.");
      v.Field(4, "mode", &News::mode, "Mode.");
    }
  };
  std::vector<News> news;
  Instant due = kNever;  // sent on then, or a dead letter
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "news", &EarlyRow::news, "What was told, in order.");
    v.Field(2, "due", &EarlyRow::due, "When it is given up.");
  }
};

// The queue of a pool, in the order reps are served.
struct QueueEntry : EmptyRow {
  using Key = DeskIndexKey;
  static constexpr char kPrefix = 'q';
};

// The leads that a pool holds until its hours open.
struct HeldEntry : EmptyRow {
  using Key = DeskIndexKey;
  static constexpr char kPrefix = 'h';
};

// The open leads of a rep.
struct OpenEntry : EmptyRow {
  using Key = DeskIndexKey;
  static constexpr char kPrefix = 'o';
};

// Who served an account last, per pool.
struct StickyRow {
  struct Key {
    uint32_t desk = 0;
    uint64_t pool = 0;
    uint64_t account = 0;
    void Append(std::string* out) const {
      AppendBigEndian32(out, desk);
      AppendBigEndian(out, pool);
      AppendBigEndian(out, account);
    }
  };
  static constexpr char kPrefix = 'k';
  std::string rep;
  Instant until;
  Instant due = kNever;  // erased then
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "rep", &StickyRow::rep, "Rep.");
    v.Field(2, "until", &StickyRow::until, "How long it binds.");
    v.Field(3, "due", &StickyRow::due, "When it is forgotten.");
  }
};

}  // namespace pm
