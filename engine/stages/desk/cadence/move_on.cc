// A track goes over to the cadence that bears its cadence's name now: it stands where it would
// stand had that been the cadence since the last step went out, but nothing goes out twice or in
// the past.
#include "engine/stages/desk/cadence/cadence.h"
#include "engine/stages/desk/cadence/same_steps.h"

namespace pm::cadence {
namespace {

constexpr std::string_view kReason = "cadence_changed";

// What a step sends to this person, and on which channel; empty: it has no template.
std::string SentBy(const Track& track, uint32_t number) {
  const size_t variant = VariantOf(track.row.card.lead.person, track.cadence, number);
  if (variant == SIZE_MAX) return {};
  const CadenceStep& step = *track.StepAt(number);
  return fmt::format("{} {}", step.channel, step.variants[variant].template_name);
}

// The person got from an earlier step what this one would send.
bool HasGot(const Track& before, const Track& now, uint32_t number) {
  const std::string sends = SentBy(now, number);
  if (sends.empty()) return false;
  const Enrolment& e = before.enrolment;
  for (uint32_t n = 1; n <= before.cadence.steps.size(); ++n) {
    if (e.is_over(n) && SentBy(before, n) == sends) return true;
  }
  return std::ranges::find(e.got, sends) != e.got.end();
}

// What steps sent that the cadence has no more: it may have them again one day.
std::vector<std::string> GotByGone(const Track& before, const SameSteps& same) {
  std::vector<std::string> got = before.enrolment.got;
  for (uint32_t n = 1; n <= before.cadence.steps.size(); ++n) {
    if (!before.enrolment.is_over(n) || same.IsUnchanged(n)) continue;
    if (std::string sent = SentBy(before, n); !sent.empty()) got.push_back(std::move(sent));
  }
  if (got.size() > Enrolment::kMostGot) got.erase(got.begin(), got.end() - Enrolment::kMostGot);
  return got;
}

// The steps that are over or out, by their numbers now.
std::vector<bool> BegunNow(const Track& before, const Track& now, const SameSteps& same) {
  const Enrolment& e = before.enrolment;
  std::vector<bool> begun(now.cadence.steps.size() + 1);
  const size_t known = std::max<size_t>(before.cadence.steps.size(), e.step);
  for (uint32_t n = 1; n <= known; ++n) {
    const bool is_begun = e.is_over(n) || (e.open.has_value() && n == e.step);
    if (is_begun && same.Of(n) < begun.size()) begun[same.Of(n)] = true;
  }
  begun[0] = false;
  return begun;
}

// The steps that do not go out any more: those that are over; new ones that stand before the last
// that went out; and others than were to come if they would send what the person got.
std::vector<uint32_t> OverNow(const Track& before, const Track& now, const SameSteps& same) {
  const Enrolment& e = before.enrolment;
  const std::vector<bool> begun = BegunNow(before, now, same);
  size_t last = begun.size() - 1;
  while (last > 0 && !begun[last]) --last;
  std::vector<uint32_t> over;
  for (uint32_t n = 1; n < begun.size(); ++n) {
    if (e.open.has_value() && same.Of(e.step) == n) continue;
    const uint32_t was = same.Before(n);
    const bool passed = was == 0 && n < last;
    const bool was_to_come = was != 0 && same.IsUnchanged(was);
    if (begun[n] || passed || (!was_to_come && HasGot(before, now, n))) over.push_back(n);
  }
  return over;
}

// Reports on them may still come; of what is not the same any more nothing more is said.
void Renumber(Enrolment& enrolment, const SameSteps& same) {
  for (StepRecord& one : enrolment.past)
    one.step = same.IsUnchanged(one.step) ? same.Of(one.step) : 0;
}

void TellMoved(const Track& track) {
  CadenceOutput out = ReportOn(track);
  if (track.step() != nullptr) out.step = track.enrolment.step;
  out.reason = kReason;
  Publish(track, "cadence.moved", std::move(out));
}

// At its span from when the one before it went out, or now if that is past.
void PlanAnew(Track& track) {
  const Enrolment& e = track.enrolment;
  if (track.step() == nullptr || e.base == kNever) return PlanAfter(track, track.now());
  const Timing timing =
      TimingOf(track.desk, track.row.card, track.cadence, *track.step(), e.under.rep);
  PlanAt(track, std::max(Advance(timing, e.base, track.step()->after), track.now()));
}

void MoveOn(Track& before, const Cadence& cadence) {
  Enrolment& e = before.enrolment;
  const SameSteps same(before.cadence, cadence);
  const bool was_open = e.open.has_value();
  if (!same.IsUnchanged(e.step)) Recall(before, kReason);
  const uint32_t was = same.Of(e.step);
  const CadenceStep* waited = before.step();
  Track now{before.desk, before.row, e, cadence};
  std::vector<uint32_t> over = OverNow(before, now, same);
  e.got = GotByGone(before, same);
  e.over = std::move(over);
  e.reordered = true;
  Renumber(e, same);
  e.hash = cadence.hash;
  e.step = e.open.has_value() ? was : FirstLeft(e);
  const auto is_before = [&](uint32_t n) { return n < e.step; };
  e.reordered = e.over.size() + 1 != e.step || !std::ranges::all_of(e.over, is_before);
  if (!e.reordered) e.over.clear();
  TellMoved(now);
  if (e.open.has_value()) return SetDue(now);
  const bool same_span =
      waited != nullptr && now.step() != nullptr && waited->after == now.step()->after;
  if (!was_open && was == e.step && same_span) return PlanAt(now, e.scheduled);
  PlanAnew(now);
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
