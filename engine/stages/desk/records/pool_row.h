// A pool's rotation: who is owed how much, and its queue. Survives edits of the pool, restarts and
// fail-over.
#pragma once
#include <string>
#include <vector>

#include "engine/stages/desk/records/keys.h"

namespace pm {

struct MemberCredit {
  std::string rep;
  int64_t credit = 0;  // 2^-32 leads; positive: owed
  int64_t given = 0;   // leads ever given by rotation, refunds taken off
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "rep", &MemberCredit::rep, "Rep.");
    v.Field(2, "credit", &MemberCredit::credit, "Owed, in 2^-32 leads.");
    v.Field(3, "given", &MemberCredit::given, "Given by rotation.");
  }
};

struct PoolRow {
  using Key = DeskNameKey;
  static constexpr char kPrefix = 'P';
  std::vector<MemberCredit> members;  // in order of first appearance; who left keeps the credit
  int64_t queued = 0;                 // leads waiting in its queue
  int64_t held = 0;                   // leads held for its hours
  uint64_t picks = 0;                 // counts picks; seeds ties
  std::string order;                  // what its queue is sorted by, as last written
  bool sweep = false;                 // a sweep over what waits is under way
  std::string sweep_after;            // cursor: the last index key done
  Instant due = kNever;               // the sweep's next step

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "members", &PoolRow::members, "Rotation by member.");
    v.Field(2, "queued", &PoolRow::queued, "Leads waiting.");
    v.Field(3, "picks", &PoolRow::picks, "Picks so far.");
    v.Field(4, "order", &PoolRow::order, "Order of the queue.");
    v.Field(5, "sweep", &PoolRow::sweep, "What waits is being looked at again.");
    v.Field(6, "sweep_after", &PoolRow::sweep_after, "Where the sweep is.");
    v.Field(7, "due", &PoolRow::due, "Next step of the sweep.");
    v.Field(8, "held", &PoolRow::held, "Leads held for hours.");
  }
};

}  // namespace pm
