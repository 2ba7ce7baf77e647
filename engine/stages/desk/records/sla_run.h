// The response SLA of a lead at its desk: one row, all milestones inside, one due for the earliest
// of what comes next (a rung, a verdict). Met and breached milestones stay until the lead closes,
// so that late evidence can amend them.
#pragma once
#include <string>
#include <vector>

#include "engine/stages/desk/records/assignment_ref.h"
#include "engine/stages/desk/records/keys.h"
#include "rules/book.h"

namespace pm {

enum class SlaState : uint8_t { kRunning = 0, kMet = 1, kBreached = 2 };

// Business time counts up: `used` until `since`, and from there on as the run's clock is open.
struct MilestoneRun {
  Milestone milestone = Milestone::kAssign;
  SlaState state = SlaState::kRunning;
  Instant started;
  Duration used;
  Instant since;
  Instant due = kNever;         // kNever while paused, or when the clock never opens
  Instant met_at = kNever;      // evidence; with kBreached it came too late
  std::vector<uint32_t> fired;  // rungs that are done, by their place in the ladder
  // Business time it has where that is not what the policy says: its deadline passed under an
  // earlier one, or at the change to a shorter one. Zero: as the policy says.
  Duration within;
  static constexpr size_t kMostRan = 32;
  std::vector<std::string>
      ran;  // rungs that are done and that the ladder has no more, oldest first

  template <class V>
  static void Describe(V& v) {
    using T = MilestoneRun;
    v.Field(1, "milestone", &T::milestone, "Which.");
    v.Field(2, "state", &T::state, "Running, met or breached.");
    v.Field(3, "started", &T::started, "When it began.");
    v.Field(4, "used", &T::used, "Business time used until `since`.");
    v.Field(5, "since", &T::since, "Up to when business time is counted.");
    v.Field(6, "due", &T::due, "Deadline.");
    v.Field(7, "met_at", &T::met_at, "Evidence.");
    v.Field(8, "fired", &T::fired, "Rungs that are done.");
    v.Field(9, "within", &T::within, "Business time it has, if that is not as the policy says.");
    v.Field(10, "ran", &T::ran, "Rungs that are done and gone.");
  }
};

// What decides which calendar runs.
struct SlaClock {
  std::string rep;   // empty: nobody has the lead
  std::string pool;  // empty: given by name
  std::string zone;  // the prospect's, for `hours: prospect`; empty: unknown
  bool operator==(const SlaClock&) const = default;

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "rep", &SlaClock::rep, "Assignee.");
    v.Field(2, "pool", &SlaClock::pool, "Pool.");
    v.Field(3, "zone", &SlaClock::zone, "Prospect's zone.");
  }
};

// An assignment that ended while the lead stayed: evidence of that rep may still arrive.
struct PastAssignment {
  AssignmentRef what;
  Instant from;
  Instant to;
  bool by_ladder = false;                // a rung took it away
  std::vector<MilestoneRun> milestones;  // those `per: assignment`, as they ended

  template <class V>
  static void Describe(V& v) {
    using T = PastAssignment;
    // 1 and 2 were given out once.
    v.Field(3, "from", &T::from, "Since when.");
    v.Field(4, "to", &T::to, "Until when.");
    v.Field(5, "by_ladder", &T::by_ladder, "A rung took it away.");
    v.Field(6, "milestones", &T::milestones, "Milestones of that assignment.");
    v.Field(7, "what", &T::what, "The assignment.");
  }
};

// Time that does not count, and why.
struct SlaLedgerEntry {
  std::string who;  // `rule:<policy>`, `system`
  std::string why;  // `pause_while`, `outage`
  Instant from;
  Instant to = kNever;  // kNever: goes on

  template <class V>
  static void Describe(V& v) {
    using T = SlaLedgerEntry;
    v.Field(1, "who", &T::who, "Who stopped the clock.");
    v.Field(2, "why", &T::why, "Why.");
    v.Field(3, "from", &T::from, "Since when.");
    v.Field(4, "to", &T::to, "Until when.");
  }
};

struct SlaRun {
  using Key = DeskLeadKey;
  static constexpr char kPrefix = 's';
  static constexpr size_t kMostKept = 50;  // past assignments; ledger entries
  ContentHash policy;                      // pinned when the lead was first placed
  AssignmentRef under;                     // assignment it knows of
  Instant assigned_at = kNever;            // when that began; kNever: nobody has the lead
  bool begun = false;                      // its rep has accepted or touched the lead
  SlaClock clock;
  std::vector<MilestoneRun> milestones;  // at most one of each, in the order of the enum
  std::vector<PastAssignment> past;      // oldest first
  Instant paused_since = kNever;
  bool stands = false;                 // no time counts until the pool's hours open
  std::vector<SlaLedgerEntry> ledger;  // oldest first
  Instant due = kNever;                // the earliest of what comes next

  template <class V>
  static void Describe(V& v) {
    using T = SlaRun;
    v.Field(1, "policy", &T::policy, "The policy's content.");
    // 2 was given out once.
    v.Field(3, "assigned_at", &T::assigned_at, "When that assignment began.");
    v.Field(4, "clock", &T::clock, "What decides which calendar runs.");
    v.Field(5, "milestones", &T::milestones, "Milestones.");
    v.Field(6, "past", &T::past, "Assignments that ended.");
    v.Field(7, "paused_since", &T::paused_since, "Since when it is paused.");
    v.Field(8, "ledger", &T::ledger, "Time that does not count.");
    v.Field(9, "due", &T::due, "What comes next.");
    v.Field(10, "begun", &T::begun, "The present rep has accepted or touched it.");
    v.Field(11, "under", &T::under, "Assignment.");
    v.Field(12, "stands", &T::stands, "No time counts until the pool's hours open.");
  }
};

}  // namespace pm
