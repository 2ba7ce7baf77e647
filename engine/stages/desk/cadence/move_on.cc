// A track goes over to the cadence that bears its cadence's name now.
#include "engine/stages/desk/cadence/cadence.h"

namespace pm::cadence {
namespace {

constexpr std::string_view kReason = "cadence_changed";

// What goes out; when does not count.
bool SameStep(const CadenceStep& a, const CadenceStep& b) {
  return a.channel == b.channel && a.action == b.action && a.automatic == b.automatic &&
         std::ranges::equal(a.variants, b.variants, {}, &StepVariant::template_name,
                            &StepVariant::template_name);
}

// Which number a step of one cadence has in another: the nearest of the same content; 0: none.
uint32_t NumberIn(const Cadence& now, const Cadence& before, uint32_t number) {
  if (number < 1 || number > before.steps.size()) return 0;
  uint32_t found = 0;
  const auto distance = [&](uint32_t n) { return n > number ? n - number : number - n; };
  for (uint32_t n = 1; n <= now.steps.size(); ++n) {
    if (!SameStep(before.steps[number - 1], now.steps[n - 1])) continue;
    if (found == 0 || distance(n) < distance(found)) found = n;
  }
  return found;
}

// Steps that went out keep what they were; those that are gone are forgotten.
void Renumber(Enrolment& enrolment, const Cadence& before, const Cadence& now) {
  for (StepRecord& one : enrolment.past) one.step = NumberIn(now, before, one.step);
  std::erase_if(enrolment.past, [](const StepRecord& one) { return one.step == 0; });
}

// The step behind the last that went out; without one the same number.
uint32_t NextNumber(const Enrolment& enrolment, const Cadence& now) {
  const auto end = static_cast<uint32_t>(now.steps.size() + 1);
  if (enrolment.past.empty()) return std::min(enrolment.step, end);
  return enrolment.past.back().step + 1;
}

void MoveOn(Track& before, const Cadence& cadence) {
  Enrolment& e = before.enrolment;
  const uint32_t same = NumberIn(cadence, before.cadence, e.step);
  if (same == 0) Recall(before, kReason);
  Renumber(e, before.cadence, cadence);
  e.step = same != 0 ? same : NextNumber(e, cadence);
  e.hash = cadence.hash;
  Track now{before.desk, before.row, e, cadence};
  CadenceOutput out = ReportOn(now);
  out.step = e.step;
  out.reason = kReason;
  Publish(now, "cadence.moved", std::move(out));
  if (e.open.has_value()) return SetDue(now);
  if (same == 0) return PlanAfter(now, now.now());
  PlanAt(now, e.scheduled);
}

}  // namespace
}  // namespace pm::cadence

namespace pm {

void CadenceMoveOn(Desk& desk, AssignmentRow& row) {
  const Cadence* named = row.cadence_hash ? desk.step.rules.FindCadence(row.cadence) : nullptr;
  if (named != nullptr) row.cadence_hash = named->hash;
  std::optional<cadence::Track> track = cadence::FindTrack(desk, row);
  if (!track.has_value()) return;
  const Cadence* now = desk.step.rules.FindCadence(track->enrolment.cadence);
  if (now == nullptr) return cadence::Exit(*track, "cadence_gone");
  if (now->hash != track->enrolment.hash) cadence::MoveOn(*track, *now);
}

}  // namespace pm
