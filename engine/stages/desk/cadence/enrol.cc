// The desk's contract for cadences (desk.h): enrolment, reassignment, exits, pauses, reports.
#include "engine/stages/desk/cadence/cadence.h"
#include "model/privacy.h"

namespace pm {
namespace {

using cadence::Track;

void BeginRun(Track& track, std::string_view reason) {
  Enrolment& e = track.enrolment;
  e.cadence = track.cadence.name;
  e.hash = track.cadence.hash;
  e.id = cadence::EnrolmentIdOf(track.row.card.lead, e.hash, ++e.runs);
  e.under = RefOf(track.desk, track.row);
  e.step = 1;
  e.reordered = false;
  e.over.clear();
  e.got.clear();
  e.past.clear();
  e.told_no_minute = false;
  std::erase(e.done, e.cadence);
  if (e.done.size() == Enrolment::kMostDone) e.done.erase(e.done.begin());
  e.done.push_back(e.cadence);
  const cadence::ProspectZone zone =
      cadence::TimingOf(track.desk, track.row.card, track.cadence, *track.step(), e.under.rep)
          .prospect;
  CadenceOutput out = ReportOn(track);
  out.zone = zone.Text();
  out.zone_source = zone.source;
  out.reason = reason;
  Publish(track, "cadence.enrolled", std::move(out));
  PlanAfter(track, track.now());
}

// What never begins cannot end either: it is told as a decision, not among the cadence's events.
void TellNotBegun(Desk& desk, const AssignmentRow& row, const Cadence& cadence,
                  const std::string& why) {
  DecisionOutput decision;
  decision.decision_id = row.decision;
  decision.lead = OutLeadOf(row.card);
  decision.stage = "desk";
  decision.kind = "enrolment";
  decision.passed_over = {fmt::format("{}: suppressed: {}", cadence.name, why)};
  decision.policies = {fmt::format("{}@{}", cadence.name, ToText(cadence.hash))};
  decision.reason = row.reason;
  desk.step.Publish("decision.made", ToText(row.card.lead), std::move(decision));
}

void Enrol(Desk& desk, const AssignmentRow& row) {
  if (row.cadence.empty() || row.mode == static_cast<uint8_t>(Mode::kBackfill)) return;
  const DeskLeadKey key = desk.KeyOf(row.card.lead);
  const Cadence& chosen = cadence::PinnedCadence(desk, row.cadence_hash);
  if (chosen.steps.empty()) {
    Enrolment nothing;
    return RaiseAlert(Track{desk, row, nothing, chosen}, "unknown_cadence",
                      fmt::format("cadence {} is not in the rules any more", row.cadence),
                      "Publish rules that hold the cadence, or enrol the lead elsewhere.");
  }
  const Enrolment* before = desk.step.rows.Find<Enrolment>(key);
  if (before != nullptr && chosen.once &&
      std::ranges::find(before->done, chosen.name) != before->done.end()) {
    return;
  }
  const bool answered = (row.replied && chosen.ExitsOn(ExitEvent::kReplied)) ||
                        (row.meeting && chosen.ExitsOn(ExitEvent::kMeetingBooked));
  if (answered) return;
  const std::string why = cadence::WhyUnreachable(desk, row.card, chosen.steps, {});
  if (!why.empty()) return TellNotBegun(desk, row, chosen, why);
  Track track{desk, row, desk.step.rows.Edit<Enrolment>(key), chosen};
  BeginRun(track, row.reason);
}

// The step that was out, or waited, goes on with the lead's new rep.
void ContinueWith(Track& track) {
  Enrolment& e = track.enrolment;
  const bool was_open = e.open.has_value();
  const bool was_parked = !was_open && e.planned == kNever;
  Recall(track, "reassigned");
  e.under = RefOf(track.desk, track.row);
  if (track.step() == nullptr) return;  // its due says so
  if (e.paused_why == "rep_away") return OnPauseDue(track);
  PlanAt(track, was_open ? track.now() : e.scheduled);
  if (was_parked && !track.ended()) AddDelay(track, "unassigned");
}

void FollowRep(Track& track) {
  Enrolment& e = track.enrolment;
  if (e.under.rep == track.row.rep) {
    const bool parked = !e.open.has_value() && e.planned == kNever;
    if (parked || e.under.seq != track.row.seq) ContinueWith(track);  // theirs once more
    return;
  }
  switch (track.cadence.on_reassign) {
    case OnReassign::kContinue:
      return ContinueWith(track);
    case OnReassign::kRestart:
      Exit(track, "restarted");
      return BeginRun(track, "restart");
    case OnReassign::kExit:
      return Exit(track, "reassigned");
  }
}

bool IsOpenChannelRefused(const Track& track, std::string* why) {
  return track.enrolment.open.has_value() && track.step() != nullptr &&
         IsSuppressed(track.desk, track.row.card, track.step()->channel, why);
}

void RecallIfRefused(Track& track) {
  std::string why;
  if (!IsOpenChannelRefused(track, &why)) return;
  Recall(track, "suppressed: " + why);
  GoOn(track, track.now());
}

// The person refuses something that was allowed.
void FollowRefusal(Track& track) {
  if (!ExitIfUnreachable(track)) RecallIfRefused(track);
}

std::string WhatHappened(const Event& event) {
  const std::string_view verdict = event.type == EventType::kStepCompleted ? "completed"
                                   : event.type == EventType::kStepFailed  ? "failed"
                                                                           : "skipped";
  const std::string_view reason = FieldBlock(event.fields).Text(Field("event.reason"));
  return reason.empty() ? std::string(verdict) : fmt::format("{}: {}", verdict, reason);
}

OutActor WhoSays(Desk& desk, const Event& event, const std::string& rep) {
  const FieldBlock fields(event.fields);
  const std::string_view by = fields.Text(Field("event.by")).empty()
                                  ? fields.Text(Field("event.rep"))
                                  : fields.Text(Field("event.by"));
  const std::string id = by.empty() ? rep : ResolveRep(desk, by);
  return {"rep", id.empty() ? std::string(by) : id};
}

StepReport WhatItShows(const Track& track, bool contacts, const Event& event,
                       const std::string& rep) {
  if (event.type != EventType::kStepCompleted || !contacts) return {};
  return {true, ResolveRep(track.desk, WhoSays(track.desk, event, rep).id)};
}

// A report on a step that holds the track no more.
void ReportLate(Track& track, StepRecord& record, const Event& event) {
  const bool completed = event.type == EventType::kStepCompleted;
  const StepFate fate = std::exchange(record.fate, StepFate::kClosed);
  // An automatic step was closed when it went out: only a failure is news. One that was recalled
  // and done all the same is news, too.
  const bool news = fate == StepFate::kIssued ? !completed : fate == StepFate::kCancelled;
  if (!news) return;
  CadenceOutput out = ReportOnStep(track, record.step, record.id);
  out.actor = WhoSays(track.desk, event, track.enrolment.under.rep);
  out.reason = WhatHappened(event);
  if (fate == StepFate::kCancelled) out.reason += ", after it was recalled";
  Publish(track, "cadence.step_closed", std::move(out));
}

}  // namespace

void CadenceAssigned(Desk& desk, const AssignmentRow& row) {
  std::optional<Track> track = cadence::FindTrack(desk, row);
  if (!track) return Enrol(desk, row);
  FollowRep(*track);
}

void CadenceWaits(Desk& desk, const AssignmentRow& row) {
  const Enrolment* found = desk.step.rows.Find<Enrolment>(desk.KeyOf(row.card.lead));
  if (found == nullptr || !found->running() || !found->open.has_value()) return;
  std::optional<Track> track = cadence::FindTrack(desk, row);
  Recall(*track, "queued");
  track->enrolment.planned = kNever;
  SetDue(*track);
}

void CadenceExit(Desk& desk, const AssignmentRow& row, ExitEvent event, std::string_view detail) {
  const std::string_view name = cadence::ExitName(event);
  if (event == ExitEvent::kBounced) {  // what the person refuses is on the card
    desk.step.rows.Edit<Enrolment>(desk.KeyOf(row.card.lead)).no_email = name;
  }
  std::optional<Track> track = cadence::FindTrack(desk, row);
  if (!track) return;
  if (!track->cadence.ExitsOn(event)) return FollowRefusal(*track);
  Exit(*track,
       detail.empty() || detail == name ? std::string(name) : fmt::format("{}: {}", name, detail));
}

void CadenceEnd(Desk& desk, const AssignmentRow& row, std::string_view reason) {
  std::optional<Track> track = cadence::FindTrack(desk, row);
  if (track) Exit(*track, reason);
}

void CadenceNewAddress(Desk& desk, LeadId lead) {
  const Enrolment* found = desk.step.rows.Find<Enrolment>(desk.KeyOf(lead));
  if (found == nullptr || found->no_email.empty()) return;
  desk.step.rows.Edit<Enrolment>(desk.KeyOf(lead)).no_email.clear();
}

void CadencePause(Desk& desk, const AssignmentRow& row, Instant until, std::string_view reason) {
  if (until <= desk.step.now || until == kNever) return;
  std::optional<Track> track = cadence::FindTrack(desk, row);
  if (!track) return;
  const bool longer = !track->enrolment.paused() || until > track->enrolment.paused_until;
  if (longer) Pause(*track, until, reason);
}

void CadenceCardChanged(Desk& desk, const AssignmentRow& row) {
  const Enrolment* found = desk.step.rows.Find<Enrolment>(desk.KeyOf(row.card.lead));
  if (found == nullptr || !found->running()) return;
  // For suppressions of many each step asks anew.
  const bool refuses = !row.card.refused.empty() || !found->no_email.empty();
  if (!refuses && !found->open.has_value()) return;
  Enrolment looked_at = *found;
  const Track look{desk, row, looked_at, cadence::PinnedCadence(desk, found->hash)};
  std::string why;
  const bool concerns =
      IsOpenChannelRefused(look, &why) || (refuses && !WhyUnreachable(look).empty());
  if (!concerns) return;  // and the row is not written
  std::optional<Track> track = cadence::FindTrack(desk, row);
  FollowRefusal(*track);
}

StepReport CadenceStepEvent(Desk& desk, const AssignmentRow& row, const Event& event) {
  PM_CHECK(event.type == EventType::kStepCompleted || event.type == EventType::kStepFailed ||
           event.type == EventType::kStepSkipped);
  const std::string_view id = FieldBlock(event.fields).Text(Field("event.step"));
  const DeskLeadKey key = desk.KeyOf(row.card.lead);
  const auto is_it = [&](const StepRecord& record) { return ToText(record.id) == id; };
  const Enrolment* found = desk.step.rows.Find<Enrolment>(key);
  const bool open = found != nullptr && found->open.has_value() && ToText(found->open->id) == id;
  if (!open && (found == nullptr || std::ranges::none_of(found->past, is_it))) {
    desk.step.DeadLetter("unknown_step", fmt::format("the lead has no step '{}'", id), "/data/step",
                         event.raw);
    return {};
  }
  Enrolment& enrolment = desk.step.rows.Edit<Enrolment>(key);
  Track track{desk, row, enrolment, cadence::PinnedCadence(desk, enrolment.hash)};
  if (!open) {
    StepRecord& record = *std::ranges::find_if(enrolment.past, is_it);
    ReportLate(track, record, event);
    const bool contacts = record.contacts || cadence::IsContact(track.StepAt(record.step));
    return WhatItShows(track, contacts, event, enrolment.under.rep);
  }
  const StepReport report =
      WhatItShows(track, cadence::IsContact(track.step()), event, enrolment.open->rep);
  const Instant done = std::clamp(event.occurred_at, enrolment.open->issued, desk.step.now);
  CloseOpen(track, WhatHappened(event), WhoSays(desk, event, enrolment.open->rep));
  GoOn(track, done);
  return report;
}

void OnEnrolmentDue(Desk& desk, LeadId lead) {
  const AssignmentRow* row = desk.step.rows.Find<AssignmentRow>(desk.KeyOf(lead));
  PM_CHECK(row != nullptr);
  desk.step.root = row->root;
  desk.step.mode = static_cast<Mode>(row->mode);
  std::optional<Track> track = cadence::FindTrack(desk, *row);
  PM_CHECK(track.has_value());
  Enrolment& e = track->enrolment;
  const Instant now = desk.step.now;
  if (e.due < now) AddDelay(*track, "late");
  if (track->step() == nullptr) {
    RaiseAlert(*track, "unknown_cadence",
               fmt::format("cadence {} is not in the rules any more", e.cadence),
               "Publish rules that hold the cadence.");
    Exit(*track, "cadence_gone");
  } else if (e.paused()) {
    OnPauseDue(*track);
  } else if (e.open.has_value()) {
    OnExpiry(*track);
  } else {
    OnStepDue(*track);
  }
  // One thing at a due: what could follow at once does so at the next tick.
  if (e.due <= now) e.due = now + Milliseconds(1);
}

}  // namespace pm
