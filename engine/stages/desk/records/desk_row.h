// What a desk has under way as a whole: after a change of rules, the look at its pools and reps.
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

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "sweep_after", &DeskRow::sweep_after, "Where the look at pools and reps is.");
    v.Field(2, "due", &DeskRow::due, "Its next step.");
  }
};

}  // namespace pm
