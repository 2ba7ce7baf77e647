// What the parts of the cadence share: an enrolment with what it rests on, when its steps may go
// out, and how it moves. The desk's contract (CadenceAssigned and the rest) is in desk.h.
//
// A track waits for its next step, or an open manual step holds it; either may be paused. The row's
// one due is the end of the pause, the open step's expiry or the planned time, in this order.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "engine/stages/desk/cadence/prospect_zone.h"
#include "engine/stages/desk/desk.h"
#include "engine/stages/desk/records/enrolment.h"

namespace pm::cadence {

// A lead's running enrolment within a step.
struct Track {
  Desk& desk;
  const AssignmentRow& row;
  Enrolment& enrolment;
  const Cadence& cadence;  // without steps when the pinned one is gone

  Instant now() const { return desk.step.now; }
  bool ended() const { return !enrolment.running(); }
  // Null past the last one.
  const CadenceStep* StepAt(uint32_t number) const {
    return number >= 1 && number <= cadence.steps.size() ? &cadence.steps[number - 1] : nullptr;
  }
  const CadenceStep* step() const { return StepAt(enrolment.step); }
};
// nullopt when none runs.
std::optional<Track> FindTrack(Desk& desk, const AssignmentRow& row);
const Cadence& PinnedCadence(Desk& desk, ContentHash hash);

// ---- plan.cc: when a step may go out
// What a step's time rests on, when `rep` does it.
struct Timing {
  const CadenceStep& step;
  ProspectZone prospect;
  const Zone& rep_zone;
  const Calendar* rep_hours;  // leave left out, see absence.cc; null for automatic steps
};
Timing TimingOf(Desk& desk, const LeadCard& card, const Cadence& cadence, const CadenceStep& step,
                std::string_view rep);
// `from` plus the span. Business days keep the wall clock. For an automatic step they are Monday to
// Friday in the prospect's zone (no holidays of countries are built in), for a manual one dates of
// the rep's calendar that are Monday to Friday at the prospect's as well. From another day counting
// starts at the next business day. kNever when ten years have none.
Instant Advance(const Timing& timing, Instant from, const Span& span);
// The first instant from `from` on inside the window, the rep's hours (manual steps) and, where
// `after` counts business days, Monday to Friday at the prospect's. kNever when 60 days have none.
struct Opening {
  Instant at = kNever;
  std::vector<std::string> delays;  // window, zone_unknown, rep_hours, business_day
};
Opening NextOpening(const Timing& timing, Instant from);

// ---- suppress.cc
// Why none of the steps that are left can reach the lead; empty: some channel is open.
std::string WhyUnreachable(Desk& desk, const LeadCard& card, std::span<const CadenceStep> steps,
                           const Enrolment& enrolment);
std::string WhyUnreachable(const Track& track);
// Ends an enrolment that can reach nobody any more; true when it did.
bool ExitIfUnreachable(Track& track);

// ---- absence.cc
// When a rep who is away or on leave is there again: now if present, kNever if nobody knows.
Instant BackAt(Desk& desk, std::string_view rep);
// The absence lasts longer than the cadence lets a step wait; Monday to Friday in the rep's zone.
bool IsLong(Desk& desk, std::string_view rep, Instant back, const Span& longer_than);

// ---- track.cc: how the track moves
EventId EnrolmentIdOf(LeadId lead, ContentHash cadence, uint32_t run);
// Plans the present step `after` from `base`; finishes when there is none left.
void PlanAfter(Track& track, Instant base);
// Plans the present step to go out at the first opening from `scheduled` on, but not before now. A
// step without any is skipped, so the track may be further on or over afterwards.
void PlanAt(Track& track, Instant scheduled);
void GoOn(Track& track, Instant base);           // to the next step
uint32_t FirstLeft(const Enrolment& enrolment);  // of one that is reordered
void SetDue(Track& track);
void AddDelay(Track& track, std::string_view reason);
// An id for the present step: of (lead, cadence, step, how many were given out before).
EventId NewStepId(Track& track);
// Whether doing it by hand reaches the person; false for none.
bool IsContact(const CadenceStep* step);
// Closes the present step without its going out, and goes on.
void Skip(Track& track, std::string_view why);
// The same for a step that has no minute to go out in: an alert, unless the zone is just unknown.
void SkipForever(Track& track);
// The present step went out as `id`, or was left out under it for the reason.
void Remember(Track& track, EventId id, StepFate fate, std::string_view left_out = {});
// The open step is over: done, failed, skipped or expired.
void CloseOpen(Track& track, std::string_view reason, const OutActor& actor);
// Takes the open step back, if there is one.
void Recall(Track& track, std::string_view reason);
// Ends the enrolment: recalls what is out, publishes `cadence.exited`.
void Exit(Track& track, std::string_view reason);
// Holds the track until a time; an open step is rescheduled.
void Pause(Track& track, Instant until, std::string_view reason);

// ---- issue.cc: a step's time has come
void OnStepDue(Track& track);
void OnPauseDue(Track& track);
void OnExpiry(Track& track);

// ---- report.cc: outputs
CadenceOutput ReportOn(const Track& track);
void Publish(const Track& track, std::string_view type, CadenceOutput output);
// The same with a step in it: number, id, channel, template, variant, execution.
CadenceOutput ReportOnStep(const Track& track, uint32_t number, EventId id);
void RaiseAlert(const Track& track, std::string_view code, std::string what,
                std::string_view what_to_do);
// Which of a step's variants a person gets: by a stable hash over person, cadence and step.
// SIZE_MAX when the step has none.
size_t VariantOf(PersonId person, const Cadence& cadence, uint32_t step);
std::string_view ExitName(ExitEvent event);  // replied, meeting_booked, ...

}  // namespace pm::cadence
