#include "rules/compile/checks/step_minutes.h"

#include <fmt/format.h>

#include <set>
#include <span>

namespace pm {
namespace {

constexpr Instant kFirst{1'767'225'600'000};                          // 2026-01-01
constexpr Instant kYear{1'798'761'600'000}, kEnd{1'835'740'800'000};  // 2027-01-01, 2028-03-04
constexpr Duration kHorizon = Days(60);
constexpr int32_t kMinuteMs = 60'000, kDayMs = 86'400'000;

Calendar InWindow(const StepWindow& window, const Zone& zone) {
  CalendarSpec spec;
  const Slot slot{window.from_minute * kMinuteMs, window.to_minute * kMinuteMs};
  for (auto& slots : spec.weekly) slots = {slot};
  return {std::move(spec), zone};
}

Calendar OnWeekdays(const Zone& zone) {
  CalendarSpec spec;
  for (int day = 0; day < 5; ++day) spec.weekly[static_cast<size_t>(day)] = {{0, kDayMs}};
  return {std::move(spec), zone};
}

const Zone& ZoneOf(const RosterRep& rep) {
  const Result<const Zone*> zone = FindZone(rep.zone);
  return zone.has_value() ? **zone : Utc();
}

// What the step asks of the clocks of the prospect and the rep.
std::vector<Calendar> ClocksOf(const CadenceStep& step, const std::vector<const Zone*>& prospect,
                               const Zone* rep) {
  std::vector<Calendar> clocks;
  if (step.window.set && !step.window.prospect && rep != nullptr) {
    clocks.push_back(InWindow(step.window, *rep));
  }
  for (const Zone* zone : prospect) {
    if (step.window.set && step.window.prospect) clocks.push_back(InWindow(step.window, *zone));
    if (step.after.business_days > 0) clocks.push_back(OnWeekdays(*zone));
  }
  return clocks;
}

// Hours by shifts alone end with the last that is planned, which tells nothing of the time after.
bool IsPlannedByDate(const CalendarSpec* spec) {
  return spec != nullptr && !spec->always &&
         std::ranges::all_of(spec->weekly, [](const auto& slots) { return slots.empty(); });
}

Calendar AllOf(const Calendar& open, std::span<const Calendar> others) {
  if (others.empty()) return open;
  return AllOf(Calendar::Both(open, others.front()), others.subspan(1));
}

Instant NextOpenOf(const std::vector<const Calendar*>& open, Instant from) {
  Instant next = kNever;
  for (const Calendar* one : open) next = std::min(next, one->NextOpen(from));
  return next;
}

// Of the time when any of them is open.
StepGap LongestGap(const std::vector<const Calendar*>& open) {
  StepGap longest;
  for (Instant at = kYear; at < kEnd;) {
    Instant last = at;
    for (const Calendar* one : open) {
      const Instant close = one->PrevClose(at + kHorizon);
      if (close != kNever) last = std::max(last, close);
    }
    if (last > at) {
      at = last;
      continue;
    }
    const Instant next = NextOpenOf(open, at);
    if (!longest.any || next - at > longest.to - longest.from) {
      longest = {.any = true, .always = false, .now = false, .from = at, .to = next};
    }
    if (next == kNever) break;
    at = next;
  }
  longest.always = longest.any && NextOpenOf(open, kFirst) == kNever;
  return longest;
}

// The worst of the times when none of them is open.
StepGap WorstGap(const std::vector<const Calendar*>& open, Instant now) {
  const StepGap longest = LongestGap(open);
  if (longest.always || now == kNever) return longest;
  const Instant next = NextOpenOf(open, now);
  if (next != kNever && next - now <= kHorizon) return longest;
  return {.any = true, .always = false, .now = true, .from = now, .to = next};
}

}  // namespace

const StepGap& StepMinutes::GapOf(const CadenceStep& step, const Zones& zones, const Doers& doers) {
  const auto [known, is_new] = known_.try_emplace({&step, zones, &doers});
  StepGap& gap = known->second;
  if (!is_new) return gap;
  if (doers.reps.empty()) return gap = OpenTo(step, zones, nullptr).gap;
  std::set<const Calendar*> tried;
  for (const RosterRep* rep : doers.reps) {
    const Open& open = OpenTo(step, zones, rep);
    if (!open.gap.any) return gap = open.gap;
    tried.insert(open.calendar.get());
  }
  return gap = WorstGap({tried.begin(), tried.end()}, now_);
}

const StepMinutes::Open& StepMinutes::OpenTo(const CadenceStep& step, const Zones& zones,
                                             const RosterRep* rep) {
  std::string like;  // an automatic step knows a rep's zone only
  if (rep != nullptr) {
    like = rep->zone;
    if (!step.automatic)
      like += fmt::format("\n{}\n{}", rep->hours, fmt::join(rep->holidays, "\n"));
  }
  const auto found = open_.find({&step, zones, like});
  if (found != open_.end()) return found->second;
  auto calendar = std::make_unique<const Calendar>(
      rep != nullptr ? Make(step, zones, *rep)
                     : AllOf(Calendar::Always(), ClocksOf(step, zones, nullptr)));
  Open& made = open_[{&step, zones, like}];
  made.gap = WorstGap({calendar.get()}, now_);
  if (made.gap.any) made.calendar = std::move(calendar);
  return made;
}

Calendar StepMinutes::Make(const CadenceStep& step, const Zones& zones,
                           const RosterRep& rep) const {
  const Zone& own = ZoneOf(rep);
  const std::vector<Calendar> clocks = ClocksOf(step, zones.empty() ? Zones{&own} : zones, &own);
  if (step.automatic || IsPlannedByDate(hours_.FindCalendar(rep.hours))) {
    return AllOf(Calendar::Always(), clocks);
  }
  return AllOf(hours_.Of(rep.hours, rep.zone.empty() ? "UTC" : rep.zone, rep.holidays, {}), clocks);
}

}  // namespace pm
