// When a step of a cadence can be done, as the desk will look for it: inside its window, Monday to
// Friday at the prospect's where it counts business days, and in the hours of the rep who does it,
// leave left out. The desk gives a step up that has no minute for 60 days
// (engine/stages/desk/cadence/plan.cc). One thread.
#pragma once
#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "base/time/calendar.h"
#include "rules/book.h"
#include "rules/hours.h"

namespace pm {

// Who may do the steps of some leads.
struct Doers {
  std::string text;                    // `a rep of the pool`
  std::vector<const RosterRep*> reps;  // empty: not known, so nothing is said of their hours
};

// A time of more than 60 days that has no minute for a step; if there is one.
struct StepGap {
  bool any = false;
  bool always = false;  // no minute within ten years of 2026
  bool now = false;     // else: the time is now, so that the desk gives the step up today
  Instant from, to;     // else: the longest in 2027 and after
};

class StepMinutes {
 public:
  // `now`: the day of the check; kNever: not known.
  StepMinutes(const HoursTable& hours, Instant now) : hours_(hours), now_(now) {}

  // `zones`: of the prospect, in all of which it must be; empty: the rep's own. Remembered by
  // address: steps and doers must stay where they are.
  const StepGap& GapOf(const CadenceStep& step, const std::vector<const Zone*>& zones,
                       const Doers& doers);
  // Calendars made so far: nearly all of the work.
  size_t calendars() const { return open_.size(); }

 private:
  using Zones = std::vector<const Zone*>;
  struct Open {
    StepGap gap;
    std::unique_ptr<const Calendar> calendar;  // where there is a gap, for others to fill
  };
  // When the step can be done by a rep; by somebody for null. Made once for all with like hours.
  const Open& OpenTo(const CadenceStep& step, const Zones& zones, const RosterRep* rep);
  Calendar Make(const CadenceStep& step, const Zones& zones, const RosterRep& rep) const;

  const HoursTable& hours_;
  const Instant now_;
  std::map<std::tuple<const CadenceStep*, Zones, const Doers*>, StepGap> known_;
  std::map<std::tuple<const CadenceStep*, Zones, std::string>, Open> open_;
};

}  // namespace pm
