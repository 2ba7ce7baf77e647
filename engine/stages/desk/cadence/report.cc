// What a cadence publishes.
#include "engine/stages/desk/cadence/cadence.h"

namespace pm::cadence {

CadenceOutput ReportOn(const Track& track) {
  const AssignmentRow& row = track.row;
  const Enrolment& enrolment = track.enrolment;
  CadenceOutput out;
  out.decision_id = row.decision;
  out.lead = OutLeadOf(row.card);
  out.assignment = OutAssignmentOf(row.card.lead, enrolment.under);
  const std::string& rep = enrolment.under.rep;
  if (!rep.empty()) out.rep = OutRepOf(track.desk, rep);
  out.contact = ContactOf(FieldBlock(row.card.fields));
  out.enrolment_id = ToText(enrolment.id);
  out.cadence = enrolment.cadence;
  out.cadence_hash = enrolment.hash;
  return out;
}

void Publish(const Track& track, std::string_view type, CadenceOutput output) {
  track.desk.step.Publish(type, ToText(track.row.card.lead), std::move(output));
}

CadenceOutput ReportOnStep(const Track& track, uint32_t number, EventId id) {
  CadenceOutput out = ReportOn(track);
  out.step_id = ToText(id);
  out.step = number;
  const CadenceStep* step = track.StepAt(number);
  if (step == nullptr) return out;
  out.channel = step->channel;
  out.action = step->action;
  out.thread = step->reply_in_thread ? "reply" : "";
  out.execution = step->automatic ? "auto" : "manual";
  const size_t variant = VariantOf(track.row.card.lead.person, track.cadence, number);
  if (variant != SIZE_MAX) {
    out.template_name = step->variants[variant].template_name;
    if (step->variants.size() > 1) out.variant = static_cast<char>('A' + variant);
  }
  return out;
}

void RaiseAlert(const Track& track, std::string_view code, std::string what,
                std::string_view what_to_do) {
  AlertOutput alert;
  alert.lead = OutLeadOf(track.row.card);
  alert.severity = "warning";
  alert.code = code;
  alert.what = std::move(what);
  alert.what_to_do = what_to_do;
  track.desk.step.Publish("alert.raised", ToText(track.row.card.lead), std::move(alert));
}

size_t VariantOf(PersonId person, const Cadence& cadence, uint32_t step) {
  const std::vector<StepVariant>& variants = cadence.steps[step - 1].variants;
  if (variants.size() <= 1) return variants.empty() ? SIZE_MAX : 0;
  std::string bytes = "variant";
  EncodeId(person, &bytes);
  AppendBigEndian32(&bytes, step);
  bytes += cadence.name;
  auto place = static_cast<int64_t>(Hash64(bytes) % 100);
  for (size_t i = 0; i + 1 < variants.size(); ++i) {
    if (place < variants[i].share) return i;
    place -= variants[i].share;
  }
  return variants.size() - 1;
}

std::string_view ExitName(ExitEvent event) {
  switch (event) {
    case ExitEvent::kReplied:
      return "replied";
    case ExitEvent::kMeetingBooked:
      return "meeting_booked";
    case ExitEvent::kUnsubscribed:
      return "unsubscribed";
    case ExitEvent::kBounced:
      return "bounced";
    case ExitEvent::kDisqualified:
      return "disqualified";
    case ExitEvent::kConverted:
      return "converted";
  }
  return {};
}

}  // namespace pm::cadence
