// What a desk has under way as a whole: after a change of rules, the look at its pools and reps,
// and the leads that go over to other policies and cadences.
#pragma once
#include <string>

#include "engine/stages/desk/records/keys.h"

namespace pm {

struct DeskRow {
  struct Key {
    uint32_t desk = 0;
    void Append(std::string* out) const { AppendBigEndian32(out, desk); }
  };
  static constexpr char kPrefix = 'D';
  std::string sweep_after;  // cursor: the last pool or rep looked at, as a row key
  Instant due = kNever;     // the sweep's next step
  bool propagates = false;  // after that its leads go over to the policies and cadences of now
  std::string moved_after;  // cursor: the last lead that did, as a row key

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "sweep_after", &DeskRow::sweep_after, "Where the look at pools and reps is.");
    v.Field(2, "due", &DeskRow::due, "Its next step.");
    v.Field(3, "propagates", &DeskRow::propagates,
            "Then its leads go over to the policies and cadences of now.");
    v.Field(4, "moved_after", &DeskRow::moved_after, "Where that is.");
  }
};

}  // namespace pm
