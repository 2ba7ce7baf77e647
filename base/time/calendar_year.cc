#include "base/time/calendar_year.h"

#include <algorithm>

namespace pm {
namespace {

// Days around the year whose slots can reach into it: offsets go to 26 hours, night shifts pass
// midnight.
constexpr int64_t kMarginDays = 3;

struct DayRange {
  int64_t begin, end;
};

DayRange DaysAround(int year) {
  return {DayNumber({year, 1, 1}) - kMarginDays, DayNumber({year + 1, 1, 1}) + kMarginDays};
}

Interval Bounds(const Zone& zone, int64_t day, Slot slot) {
  return {zone.ToInstant(day * kDayMs + slot.begin_ms).ms,
          zone.ToInstant(day * kDayMs + slot.end_ms).ms};
}

constexpr Slot kWholeDay{0, static_cast<int32_t>(kDayMs)};

const std::vector<Slot>& SlotsOf(const CalendarSpec& spec, int64_t day) {
  if (!spec.shifts.empty()) {
    const auto shift = spec.shifts.find(DateOfDay(day));
    if (shift != spec.shifts.end()) return shift->second;
  }
  return spec.weekly[static_cast<size_t>(WeekdayOfDay(day))];
}

std::vector<int64_t> HolidaysIn(const CalendarSpec& spec, DayRange days) {
  std::vector<int64_t> found;
  for (const LocalDate& date : spec.holidays) {
    const int64_t day = DayNumber(date);
    if (day >= days.begin && day < days.end) found.push_back(day);
  }
  return found;
}

Intervals OpenSlots(const CalendarSpec& spec, const Zone& zone, DayRange days,
                    const std::vector<int64_t>& holidays) {
  Intervals open;
  for (int64_t day = days.begin; day < days.end; ++day) {
    const std::vector<Slot>& slots = SlotsOf(spec, day);
    if (slots.empty() || std::binary_search(holidays.begin(), holidays.end(), day)) continue;
    // A date the zone skipped (2011-12-30 in Apia) has no hours to move elsewhere.
    const Interval date = Bounds(zone, day, kWholeDay);
    if (date.begin >= date.end) continue;
    for (const Slot& slot : slots) open.push_back(Bounds(zone, day, slot));
  }
  return Normalised(std::move(open));
}

Intervals Closed(const CalendarSpec& spec, const Zone& zone, DayRange days,
                 const std::vector<int64_t>& holidays) {
  Intervals closed;
  for (const int64_t day : holidays) closed.push_back(Bounds(zone, day, kWholeDay));
  for (const CalendarSpec::Break& pause : spec.breaks) {
    const int64_t day = DayNumber(pause.date);
    if (day >= days.begin && day < days.end) closed.push_back(Bounds(zone, day, pause.slot));
  }
  return Union(Normalised(std::move(closed)), spec.leave);
}

}  // namespace

int64_t YearBeginMs(int year) { return DayNumber({year, 1, 1}) * kDayMs; }

Intervals CompileYear(const CalendarSpec& spec, const Zone& zone, int year) {
  const Interval bounds{YearBeginMs(year), YearBeginMs(year + 1)};
  const DayRange days = DaysAround(year);
  const std::vector<int64_t> holidays = HolidaysIn(spec, days);
  const Intervals open = spec.always ? Intervals{bounds} : OpenSlots(spec, zone, days, holidays);
  return Intersection(Difference(open, Closed(spec, zone, days, holidays)), {&bounds, 1});
}

CalendarYear::CalendarYear(Intervals open) : open_(std::move(open)) {
  before_ms_.reserve(open_.size());
  for (const Interval& interval : open_) {
    before_ms_.push_back(total_ms_);
    total_ms_ += interval.end - interval.begin;
  }
}

int64_t CalendarYear::OpenBefore(int64_t at_ms) const {
  const Interval* last = LastBeginningBefore(at_ms);
  if (last == nullptr) return 0;
  return before_ms_[static_cast<size_t>(last - open_.data())] + std::min(at_ms, last->end) -
         last->begin;
}

int64_t CalendarYear::EarliestAt(int64_t open_ms) const {
  const auto after = std::lower_bound(before_ms_.begin(), before_ms_.end(), open_ms);
  const size_t i = static_cast<size_t>(after - before_ms_.begin()) - 1;
  return open_[i].begin + (open_ms - before_ms_[i]);
}

int64_t CalendarYear::LatestAt(int64_t open_ms) const {
  const auto after = std::upper_bound(before_ms_.begin(), before_ms_.end(), open_ms);
  const size_t i = static_cast<size_t>(after - before_ms_.begin()) - 1;
  return open_[i].begin + (open_ms - before_ms_[i]);
}

const Interval* CalendarYear::FirstEndingAfter(int64_t at_ms) const {
  const auto found =
      std::upper_bound(open_.begin(), open_.end(), at_ms,
                       [](int64_t at, const Interval& interval) { return at < interval.end; });
  return found == open_.end() ? nullptr : &*found;
}

const Interval* CalendarYear::LastBeginningBefore(int64_t at_ms) const {
  const auto after =
      std::lower_bound(open_.begin(), open_.end(), at_ms,
                       [](const Interval& interval, int64_t at) { return interval.begin < at; });
  return after == open_.begin() ? nullptr : &*(after - 1);
}

}  // namespace pm
