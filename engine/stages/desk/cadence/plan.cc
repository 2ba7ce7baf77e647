// When a step may go out: spans, windows, hours, business days.
#include "engine/stages/desk/cadence/cadence.h"

namespace pm::cadence {
namespace {

constexpr Duration kHorizon = Days(60);
constexpr int kMostMoves = 2000;  // of an opening; each passes at least one closing
constexpr int kMostDays = 3660;   // looked at for a business day
constexpr int32_t kMinuteMs = 60'000;

bool IsWeekday(int64_t day_number) { return WeekdayOfDay(day_number) <= Weekday::kFriday; }

// Midnights that begin Saturdays and Sundays are passed over.
Instant NextWeekday(const Zone& zone, Instant at) {
  int64_t day = DayNumber(zone.DateAt(at));
  if (IsWeekday(day)) return at;
  while (!IsWeekday(day)) ++day;
  return std::max(at, zone.ToInstant(LocalDateTime{DateOfDay(day), {}}));
}

bool IsInside(const StepWindow& window, LocalTime time) {
  const int32_t minute = time.ms / kMinuteMs;
  if (window.from_minute <= window.to_minute) {
    return window.from_minute <= minute && minute < window.to_minute;
  }
  return window.from_minute <= minute || minute < window.to_minute;  // past midnight
}

Instant NextInside(const StepWindow& window, const Zone& zone, Instant at) {
  const LocalDateTime local = zone.ToLocal(at);
  if (IsInside(window, local.time)) return at;
  const LocalTime opening{window.from_minute * kMinuteMs};
  for (int64_t days = local.time < opening ? 0 : 1;; ++days) {
    const Instant found = zone.ToInstant(LocalDateTime{AddDays(local.date, days), opening});
    if (found > at) return found;
    // In the hour that autumn repeats the second opening is as far off as the clock says.
    const Instant second = at + Milliseconds(opening.ms - local.time.ms);
    if (days == 0 && IsInside(window, zone.ToLocal(second).time)) return second;
  }
}

// Moves `at` on, and says why.
struct Mover {
  Opening& opening;
  void To(Instant at, std::string_view reason) const {
    if (at == opening.at) return;
    opening.at = at;
    if (std::ranges::find(opening.delays, reason) == opening.delays.end()) {
      opening.delays.emplace_back(reason);
    }
  }
};

void MoveOnce(const Timing& t, const Mover& mover) {
  Instant& at = mover.opening.at;
  if (t.step.window.set && t.step.window.prospect) {
    for (const Zone* zone : t.prospect.zones) {
      mover.To(NextInside(t.step.window, *zone, at),
               zone == t.prospect.zones.front() ? "window" : "zone_unknown");
    }
  } else if (t.step.window.set) {
    mover.To(NextInside(t.step.window, t.rep_zone, at), "window");
  }
  if (t.step.after.business_days > 0) {
    for (const Zone* zone : t.prospect.zones) mover.To(NextWeekday(*zone, at), "business_day");
  }
  if (t.rep_hours != nullptr) mover.To(t.rep_hours->NextOpen(at), "rep_hours");
}

// Whether a step with this wall clock may count the date as a business day.
bool IsBusinessDay(const Timing& t, const Zone& clock, LocalDateTime local) {
  if (t.rep_hours != nullptr && !t.rep_hours->IsBusinessDay(local.date)) return false;
  const Instant at = clock.ToInstant(local);
  return std::ranges::all_of(
      t.prospect.zones, [&](const Zone* zone) { return IsWeekday(DayNumber(zone->DateAt(at))); });
}

}  // namespace

Timing TimingOf(Desk& desk, const LeadCard& card, const Cadence& cadence, const CadenceStep& step,
                std::string_view rep) {
  static const RosterRep kNobody;
  const KnownRep known = FindRep(desk, rep);
  const RosterRep& who = known ? *known : kNobody;
  const std::string_view zone_name = who.zone.empty() ? std::string_view("UTC") : who.zone;
  const Result<const Zone*> zone = FindZone(zone_name);
  const Zone& rep_zone = zone.has_value() ? **zone : Utc();
  const Calendar* hours =
      step.automatic ? nullptr : &desk.step.rules.Hours(who.hours, zone_name, who.holidays, {});
  return {step, ZoneOfProspect(card, cadence.unknown_zone, rep_zone), rep_zone, hours};
}

Instant Advance(const Timing& timing, Instant from, const Span& span) {
  if (span.business_days == 0) return from + span.length;
  const Zone& clock = timing.rep_hours != nullptr ? timing.rep_zone : *timing.prospect.zones[0];
  LocalDateTime local = clock.ToLocal(from);
  // The first round finds the day to count from, each further one the next business day.
  for (int round = 0, days = 0; round <= span.business_days; ++round) {
    if (round > 0) local.date = AddDays(local.date, 1);
    while (!IsBusinessDay(timing, clock, local)) {
      if (++days > kMostDays) return kNever;
      local.date = AddDays(local.date, 1);
    }
  }
  return std::max(from, clock.ToInstant(local));
}

Opening NextOpening(const Timing& timing, Instant from) {
  Opening opening{from, {}};
  for (int moves = 0; moves < kMostMoves; ++moves) {
    const Instant before = opening.at;
    MoveOnce(timing, {opening});
    if (opening.at == before) return opening;
    if (opening.at == kNever || opening.at - from > kHorizon) break;
  }
  return {kNever, opening.delays};
}

}  // namespace pm::cadence
