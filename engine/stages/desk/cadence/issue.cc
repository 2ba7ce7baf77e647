// What happens when a track's due has come: a step goes out, is skipped or waits on; a pause ends;
// an open step lapses. One step at most goes out at a due, and the next is planned from now: after
// an outage a track goes on with its own distances, it does not catch up.
#include "engine/stages/desk/cadence/cadence.h"

namespace pm::cadence {
namespace {

// Why the step is not for this lead now; empty: it is.
std::string WhySkip(const Track& track, const CadenceStep& step) {
  if (step.skips) {
    FactSheet facts(track.desk.step.rules.slots());
    facts.Add(FieldBlock(track.row.card.fields));
    if (step.skip_if.Holds(facts.facts())) return "skip_if";
  }
  std::string why;
  if (IsSuppressed(track.desk, track.row.card, step.channel, &why)) return "suppressed: " + why;
  return {};
}

void WaitUntil(Track& track, const Opening& opening) {
  if (opening.at == kNever) return SkipForever(track);
  track.enrolment.planned = opening.at;
  for (const std::string& reason : opening.delays) AddDelay(track, reason);
  SetDue(track);
}

// Who does a manual step now; empty: nobody, and the track has been told to wait.
std::string WhoDoes(Track& track, const CadenceStep& step) {
  Desk& desk = track.desk;
  const std::string& rep = track.row.rep;
  const Instant back = BackAt(desk, rep);
  if (back <= track.now()) return rep;
  if (!IsLong(desk, rep, back, track.cadence.away_longer_than)) {
    AddDelay(track, "away");
    WaitUntil(track, NextOpening(TimingOf(desk, track.row.card, track.cadence, step, rep), back));
    return {};
  }
  if (track.cadence.away_backup) {
    const KnownRep who = FindRep(desk, rep);
    if (who && !who->backup.empty() && BackAt(desk, who->backup) <= track.now()) {
      return who->backup;
    }
  }
  Pause(track, back, "rep_away");
  return {};
}

void GiveOut(Track& track, const CadenceStep& step, const std::string& rep, const Timing& timing) {
  Enrolment& e = track.enrolment;
  const EventId id = NewStepId(track);
  CadenceOutput out = ReportOnStep(track, e.step, id);
  out.rep = OutRepOf(track.desk, rep);
  out.scheduled = e.scheduled;
  out.due = e.planned;
  out.zone = timing.prospect.Text();
  out.zone_source = timing.prospect.source;
  out.delays = e.delays;
  if (rep != track.row.rep) out.reason = "in for " + track.row.rep;
  if (!step.automatic && step.expires.has_value()) {
    const Instant lapses = Advance(timing, track.now(), *step.expires);
    out.expires = std::max(lapses, track.now() + Milliseconds(1));
  }
  Publish(track, "cadence.step_due", out);
  if (!step.automatic) {
    e.open = OpenStep{id, rep, track.now(), e.planned, out.expires};
    return SetDue(track);
  }
  out.reason = "issued";
  Publish(track, "cadence.step_closed", std::move(out));
  Remember(track, id, StepFate::kIssued);
  GoOn(track, track.now());
}

}  // namespace

void OnStepDue(Track& track) {
  Enrolment& e = track.enrolment;
  const CadenceStep& step = *track.step();
  if (track.row.rep.empty()) {  // until somebody has the lead again
    e.planned = kNever;
    return SetDue(track);
  }
  if (ExitIfUnreachable(track)) return;
  if (const std::string why = WhySkip(track, step); !why.empty()) return Skip(track, why);
  const std::string rep = step.automatic ? track.row.rep : WhoDoes(track, step);
  if (rep.empty()) return;
  // The card, the rep or the rep's hours may have changed since it was planned.
  const Timing timing = TimingOf(track.desk, track.row.card, track.cadence, step, rep);
  const Opening opening = NextOpening(timing, track.now());
  if (opening.at > track.now()) return WaitUntil(track, opening);
  GiveOut(track, step, rep, timing);
}

void OnPauseDue(Track& track) {
  Enrolment& e = track.enrolment;
  const std::string why = e.paused_why;
  if (why == "rep_away") {
    const Instant back = BackAt(track.desk, track.row.rep);
    if (back > track.now()) return Pause(track, back, why);
  }
  e.paused_until = kNever;
  e.paused_why.clear();
  CadenceOutput out = ReportOn(track);
  out.step = e.step;
  out.reason = why;
  Publish(track, "cadence.resumed", std::move(out));
  if (e.open.has_value()) return SetDue(track);
  const bool held_up = e.planned <= track.now();
  PlanAt(track, e.scheduled);
  if (track.ended()) return;
  if (held_up) AddDelay(track, why == "rep_away" ? "away" : "paused");
  if (e.planned <= track.now()) OnStepDue(track);
}

void OnExpiry(Track& track) {
  const bool exits = track.step()->expiry_exits;
  CloseOpen(track, "expired", {"system", ""});
  if (exits) return Exit(track, "expired");
  GoOn(track, track.now());
}

}  // namespace pm::cadence
