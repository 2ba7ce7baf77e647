// A pool's rotation: who is owed how much. Survives edits of the pool, restarts and fail-over.
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
  int64_t queued = 0;                 // leads waiting
  uint64_t picks = 0;                 // counts picks; seeds ties

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "members", &PoolRow::members, "Rotation by member.");
    v.Field(2, "queued", &PoolRow::queued, "Leads waiting.");
    v.Field(3, "picks", &PoolRow::picks, "Picks so far.");
  }
};

}  // namespace pm
