// Calendars and pools whose open time lies all behind the day of the check: nothing in them ever
// comes due, nobody of them ever takes a lead.
#include <fmt/format.h>

#include <set>

#include "rules/compile/checks/destinations.h"
#include "rules/compile/checks/prover.h"

namespace pm {
namespace {

// A calendar floats: on no wall clock is it earlier than this long before it is in UTC.
constexpr Duration kFarthestBehind = Hours(12);

class AheadProver {
 public:
  AheadProver(Prover& prover, Instant now)
      : prover_(prover), book_(*prover.context().builder.operator->()), now_(now) {}

  void ProveCalendars() {
    for (const CalendarsDoc& doc : prover_.context().draft.calendars) {
      for (const auto& [name, unused] : doc.calendars) ProveCalendar(name);
    }
  }

  void ProvePools() {
    for (const TeamDoc& team : prover_.context().draft.teams) {
      for (const auto& [name, doc] : team.pools) {
        const Pool* pool = PoolNamed(book_, name.value);
        // From a queue leads are claimed at any hour.
        if (pool != nullptr && pool->strategy != PoolStrategy::kQueue) {
          ProvePool(*pool, name.place);
        }
      }
    }
  }

 private:
  const HoursTable& hours() const { return prover_.context().builder.hours(); }

  void ProveCalendar(const Located<std::string>& name) {
    const CalendarSpec* spec = hours().FindCalendar(name.value);
    if (spec == nullptr) return;
    const Calendar calendar(*spec, Utc());
    if (calendar.NextOpen(now_ - kFarthestBehind) != kNever) return;
    closed_.insert(name.value);
    const Instant last = calendar.PrevClose(now_);
    const std::string since =
        last == kNever ? "any more"
                       : fmt::format("after {}", FormatDate(Utc().DateAt(last - Milliseconds(1))));
    prover_.Tell(CheckKind::kNoOpenTime, Gravity::kWarning, name.place,
                 fmt::format("calendar '{}' has no open time {}: an SLA that counts it never comes "
                             "due, and who keeps these hours gets no lead from a pool",
                             name.value, since),
                 "give it hours to come: in `weekly`, or `shifts` on later dates");
  }

  // A member can still be given a lead.
  bool Works(const RosterRep& rep) const {
    const Instant from = std::max(now_, rep.active_from);
    if (rep.active_to <= from) return false;
    const Calendar& open =
        hours().Of(rep.hours, rep.zone.empty() ? "UTC" : rep.zone, rep.holidays, rep.leave);
    return open.NextOpen(from) < rep.active_to;
  }

  // Where all have left, or a calendar is why, that was told.
  void ProvePool(const Pool& pool, const SourcePlace& place) {
    bool told = true;
    std::string who;
    for (const PoolMember& member : pool.members) {
      const RosterRep* rep = RosterNamed(book_, member.rep);
      if (rep == nullptr || Works(*rep)) return;
      if (rep->active_to <= now_) continue;
      told = told && closed_.contains(rep->hours);
      who = rep->id;
    }
    if (told) return;
    prover_.Tell(CheckKind::kPoolNeverTakes, place,
                 fmt::format("no member of pool '{}' works again: by their hours, leave and last "
                             "day no open time is left, '{}' included",
                             pool.name, who),
                 "give it other members");
  }

  Prover& prover_;
  const RuleBook& book_;
  const Instant now_;
  std::set<std::string, std::less<>> closed_;  // calendars that were told
};

}  // namespace

void ProveOpenAhead(Prover& prover) {
  if (!prover.context().now) return;
  AheadProver ahead(prover, *prover.context().now);
  ahead.ProveCalendars();
  ahead.ProvePools();
}

}  // namespace pm
