// Reps who are not there: by event (`rep.away`) or by their calendar's leave.
#include "engine/stages/desk/cadence/cadence.h"

namespace pm::cadence {

Instant BackAt(Desk& desk, std::string_view rep) {
  const KnownRep who = FindRep(desk, rep);
  if (!who || !IsActive(desk, *who)) return kNever;
  const Instant back = AwayUntil(desk, rep);
  if (back == kNever) return kNever;
  // Leave is what makes a difference to the opening: nights and weekends are no absence.
  const Calendar& hours = HoursOf(desk, *who);
  const Calendar& without_leave =
      desk.step.rules.Hours(who->hours, who->zone.empty() ? "UTC" : who->zone, who->holidays, {});
  const Instant opens = hours.NextOpen(back);
  return opens > without_leave.NextOpen(back) ? opens : back;
}

bool IsLong(Desk& desk, std::string_view rep, Instant back, const Span& longer_than) {
  if (back == kNever) return true;
  static const CadenceStep kAnyStep;
  const KnownRep who = FindRep(desk, rep);
  const Result<const Zone*> zone = FindZone(who && !who->zone.empty() ? who->zone : "UTC");
  const Zone& clock = zone.has_value() ? **zone : Utc();
  const Timing weekdays{kAnyStep, {{&clock}, "rep"}, clock, nullptr};
  return back > Advance(weekdays, desk.step.now, longer_than);
}

}  // namespace pm::cadence

namespace pm {

void CadenceRepBack(Desk& desk, const AssignmentRow& row) {
  const Enrolment* found = desk.step.rows.Find<Enrolment>(desk.KeyOf(row.card.lead));
  if (found == nullptr || !found->running()) return;
  const bool delayed = std::ranges::find(found->delays, "away") != found->delays.end();
  const bool waits =
      found->paused() ? found->paused_why == "rep_away" : !found->open.has_value() && delayed;
  if (!waits) return;
  std::optional<cadence::Track> track = cadence::FindTrack(desk, row);
  if (track->step() == nullptr) return;  // its due says so
  if (found->paused()) return OnPauseDue(*track);
  PlanAt(*track, track->enrolment.scheduled);
  if (!track->ended()) AddDelay(*track, "away");
}

}  // namespace pm
