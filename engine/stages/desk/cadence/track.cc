// How a track moves: plans, closes, recalls, ends, pauses.
#include "engine/stages/desk/cadence/cadence.h"
#include "model/privacy.h"

namespace pm::cadence {
namespace {

constexpr Duration kLookAgain = Days(1);  // at an absent rep: back early, or nobody knows when

void End(Track& track) {
  Enrolment& e = track.enrolment;
  e.step = 0;
  e.open.reset();
  e.planned = kNever;
  e.delays.clear();
  e.paused_until = kNever;
  e.paused_why.clear();
  SetDue(track);
}

void Finish(Track& track) {
  Publish(track, "cadence.finished", ReportOn(track));
  End(track);
}

Timing TimingOfStep(const Track& track, std::string_view rep) {
  return TimingOf(track.desk, track.row.card, track.cadence, *track.step(), rep);
}

void PlanBy(Track& track, const Timing& timing, Instant scheduled) {
  Enrolment& e = track.enrolment;
  Opening opening;
  if (scheduled != kNever) opening = NextOpening(timing, std::max(scheduled, track.now()));
  e.scheduled = scheduled;
  if (opening.at == kNever) return SkipForever(track);
  e.planned = opening.at;
  e.delays = std::move(opening.delays);
  SetDue(track);
}

// An open step goes on after the pause; its time to lapse is longer by as much.
void RescheduleOpen(Track& track, Instant until, Duration shift, std::string_view reason) {
  OpenStep& open = *track.enrolment.open;
  const Instant opens = NextOpening(TimingOfStep(track, open.rep), until).at;
  open.due = opens == kNever ? until : opens;
  if (open.expires != kNever) open.expires = open.expires + shift;
  CadenceOutput out = ReportOnStep(track, track.enrolment.step, open.id);
  out.rep = OutRepOf(track.desk, open.rep);
  out.due = open.due;
  out.expires = open.expires;
  out.reason = reason;
  Publish(track, "cadence.step_rescheduled", std::move(out));
}

}  // namespace

const Cadence& PinnedCadence(Desk& desk, ContentHash hash) {
  static const Cadence kGone;
  const Cadence* found = desk.step.rules.FindCadence(hash);
  return found != nullptr ? *found : kGone;
}

std::optional<Track> FindTrack(Desk& desk, const AssignmentRow& row) {
  const DeskLeadKey key = desk.KeyOf(row.card.lead);
  const Enrolment* found = desk.step.rows.Find<Enrolment>(key);
  if (found == nullptr || !found->running()) return std::nullopt;
  Enrolment& enrolment = desk.step.rows.Edit<Enrolment>(key);
  return Track{desk, row, enrolment, PinnedCadence(desk, enrolment.hash)};
}

EventId EnrolmentIdOf(LeadId lead, ContentHash cadence, uint32_t run) {
  std::string bytes = "enrolment";
  EncodeId(lead, &bytes);
  EncodeId(cadence, &bytes);
  AppendBigEndian32(&bytes, run);
  return HashEvent(bytes);
}

uint32_t FirstLeft(const Enrolment& enrolment) {
  PM_CHECK(enrolment.reordered);
  uint32_t number = 1;
  while (enrolment.is_over(number)) ++number;
  return number;
}

void PlanAfter(Track& track, Instant base) {
  track.enrolment.base = base;
  if (track.step() == nullptr) return Finish(track);
  const Timing timing = TimingOfStep(track, track.enrolment.under.rep);
  PlanBy(track, timing, Advance(timing, base, track.step()->after));
}

void PlanAt(Track& track, Instant scheduled) {
  PlanBy(track, TimingOfStep(track, track.enrolment.under.rep), scheduled);
}

void GoOn(Track& track, Instant base) {
  Enrolment& e = track.enrolment;
  if (e.reordered) {
    e.over.push_back(e.step);
    e.step = FirstLeft(e);
  } else {
    ++e.step;
  }
  PlanAfter(track, base);
}

void SetDue(Track& track) {
  Enrolment& e = track.enrolment;
  e.due = e.paused() ? e.paused_until : e.open.has_value() ? e.open->expires : e.planned;
}

void AddDelay(Track& track, std::string_view reason) {
  std::vector<std::string>& delays = track.enrolment.delays;
  if (std::ranges::find(delays, reason) == delays.end()) delays.emplace_back(reason);
}

void Remember(Track& track, EventId id, StepFate fate, std::string_view left_out) {
  std::vector<StepRecord>& past = track.enrolment.past;
  if (past.size() == Enrolment::kMostPast) past.erase(past.begin());
  past.push_back({id, track.enrolment.step, fate, IsContact(track.step()), std::string(left_out)});
}

EventId NewStepId(Track& track) {
  Enrolment& e = track.enrolment;
  std::string bytes = "step";
  EncodeId(track.row.card.lead, &bytes);
  EncodeId(e.hash, &bytes);
  AppendBigEndian32(&bytes, e.step);
  AppendBigEndian32(&bytes, ++e.issues);
  return HashEvent(bytes);
}

bool IsContact(const CadenceStep* step) {
  return step != nullptr && !step->automatic &&
         std::ranges::find(kContactChannels, step->channel) != kContactChannels.end();
}

void Skip(Track& track, std::string_view why) {
  const EventId id = NewStepId(track);
  CadenceOutput out = ReportOnStep(track, track.enrolment.step, id);
  out.scheduled = track.enrolment.scheduled;
  out.reason = why;
  Publish(track, "cadence.step_closed", std::move(out));
  Remember(track, id, StepFate::kClosed, why);
  GoOn(track, track.now());
}

// Once an enrolment: its other steps may have none for the same reason.
void TellNoSafeMinute(Track& track, const ProspectZone& zones) {
  Enrolment& e = track.enrolment;
  if (std::exchange(e.told_no_minute, true)) return;
  RaiseAlert(track, "cadence_no_safe_minute",
             fmt::format("step {} of cadence {} has no minute that is inside its window in every "
                         "zone where the prospect may be: {}",
                         e.step, e.cadence, zones.Text()),
             "Say the lead's state, time zone or phone number, widen the window, or let "
             "`unknown_zone` be `rep`.");
}

// The step would have a minute if the prospect were known to be in one of the zones.
bool ZonesAreInTheWay(const Track& track, const Timing& timing) {
  return std::ranges::any_of(timing.prospect.zones, [&](const Zone* zone) {
    Timing known = timing;
    known.prospect.zones = {zone};
    return NextOpening(known, track.now()).at != kNever;
  });
}

void SkipForever(Track& track) {
  const Enrolment& e = track.enrolment;
  const Timing timing = TimingOfStep(track, e.under.rep);
  if (timing.prospect.zones.size() > 1 && ZonesAreInTheWay(track, timing)) {
    TellNoSafeMinute(track, timing.prospect);
    return Skip(track, "no_safe_minute");
  }
  RaiseAlert(
      track, "cadence_never_open",
      fmt::format("step {} of cadence {} has no minute in which it may go out", e.step, e.cadence),
      "Widen the step's window or the rep's hours; the two never meet.");
  Skip(track, "never_open");
}

void CloseOpen(Track& track, std::string_view reason, const OutActor& actor) {
  Enrolment& e = track.enrolment;
  CadenceOutput out = ReportOnStep(track, e.step, e.open->id);
  out.rep = OutRepOf(track.desk, e.open->rep);
  out.actor = actor;
  out.reason = reason;
  Publish(track, "cadence.step_closed", std::move(out));
  Remember(track, e.open->id, StepFate::kClosed);
  e.open.reset();
}

void Recall(Track& track, std::string_view reason) {
  Enrolment& e = track.enrolment;
  if (!e.open.has_value()) return;
  CadenceOutput out = ReportOnStep(track, e.step, e.open->id);
  out.rep = OutRepOf(track.desk, e.open->rep);
  out.reason = reason;
  Publish(track, "cadence.step_cancelled", std::move(out));
  Remember(track, e.open->id, StepFate::kCancelled);
  e.open.reset();
}

void Exit(Track& track, std::string_view reason) {
  Recall(track, reason);
  CadenceOutput out = ReportOn(track);
  out.step = track.enrolment.step;
  out.reason = reason;
  Publish(track, "cadence.exited", std::move(out));
  End(track);
}

void Pause(Track& track, Instant until, std::string_view reason) {
  Enrolment& e = track.enrolment;
  const Instant from = e.paused() ? e.paused_until : track.now();
  e.paused_until = until;
  if (reason == "rep_away") e.paused_until = std::min(until, track.now() + kLookAgain);
  const bool told = e.paused_why == reason && reason == "rep_away";
  e.paused_why = reason;
  if (!told) {
    CadenceOutput out = ReportOn(track);
    out.step = e.step;
    out.due = until;
    out.reason = reason;
    Publish(track, "cadence.paused", std::move(out));
  }
  if (e.open.has_value() && track.step() != nullptr) {
    RescheduleOpen(track, until, until - from, reason);
  }
  SetDue(track);
}

}  // namespace pm::cadence
