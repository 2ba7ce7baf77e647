// Whose turn it is with a state that `reshape` has moved: the old place keeps it and may work no
// more, the new one may not work before all of it is there. Kept in a store's meta, and on a Kafka
// in the topic of rules under the same name.
#pragma once
#include <string>

#include "base/describe.h"
#include "engine/runtime/store.h"

namespace pm {

inline constexpr int kHalfMade = 550;     // a reshape into it has not come to its end
inline constexpr int kStateGone = 551;    // a reshape has taken the state elsewhere
inline constexpr int kStillAtWork = 552;  // somebody works with the state
inline constexpr int kNotEmpty = 553;     // where the state is to go, there is something

// Of a reshape that has left the old place and found something at the new one.
inline constexpr char kHowToGoOn[] =
    "stop what works there and move it away, then begin the same reshape again: all of the state "
    "is where it was";

struct Generation {
  std::string came_from;   // the place that it was moved from; empty: it began here
  bool half_made = false;  // not all of it is here yet
  std::string gone_to;     // the place that has it now; empty: it is here
  bool operator==(const Generation&) const = default;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "came_from", &Generation::came_from, "The place that the state was moved from.");
    v.Field(2, "half_made", &Generation::half_made, "Not all of it is here yet.");
    v.Field(3, "gone_to", &Generation::gone_to, "The place that has it now.");
  }
};

inline constexpr char kGenerationName[] = "generation";
Generation ReadGeneration(const StoreView& store);
// PM0550 and PM0551: nobody may work with it.
Result<void> CheckMayWork(const Generation& generation);

}  // namespace pm
