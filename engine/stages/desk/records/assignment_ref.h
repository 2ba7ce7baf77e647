// An assignment as outputs name it, kept with what began under it: when that ends, the lead may be
// with somebody else already, and at another desk.
#pragma once
#include <string>

#include "base/describe.h"

namespace pm {

struct AssignmentRef {
  uint32_t desk = 0;  // DeskHash of the desk that made it: part of its id
  uint32_t seq = 0;
  std::string rep;    // empty: nobody had the lead
  std::string pool;   // empty: given by name
  std::string route;  // that won
  std::string via;    // how the rep was found
  bool operator==(const AssignmentRef&) const = default;

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "seq", &AssignmentRef::seq, "Assignment number.");
    v.Field(2, "rep", &AssignmentRef::rep, "Who had it.");
    v.Field(3, "pool", &AssignmentRef::pool, "Pool.");
    v.Field(4, "route", &AssignmentRef::route, "Route that won.");
    v.Field(5, "via", &AssignmentRef::via, "How the rep was found.");
    v.Field(6, "desk", &AssignmentRef::desk, "Desk that made it.");
  }
};

}  // namespace pm
