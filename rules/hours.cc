#include "rules/hours.h"

#include <fmt/format.h>

#include "base/time/text.h"

namespace pm {
namespace {

constexpr int kBadLeave = 214;
constexpr int64_t kMostDays = 3660;

Result<ClosedTimes> LeaveOfInstants(std::string_view text, std::string_view from,
                                    std::string_view to) {
  const auto begin = ParseInstant(from);
  const auto end = ParseInstant(to);
  if (!begin || !end || *end <= *begin || *end - *begin > Days(kMostDays)) {
    return Fail(kBadLeave, fmt::format("'{}' is no leave: write 2026-12-24/2027-01-02, one date, "
                                       "or two instants, the later one last",
                                       text));
  }
  ClosedTimes off;
  off.times.push_back({begin->ms, end->ms});
  return off;
}

template <class Map>
auto* FindIn(const Map& map, std::string_view name) {
  const auto it = map.find(name);
  return it == map.end() ? nullptr : &it->second;
}

}  // namespace

Result<ClosedTimes> ParseLeave(std::string_view text) {
  const size_t slash = text.find('/');
  const std::string_view from = text.substr(0, slash);
  const std::string_view to = slash == std::string_view::npos ? from : text.substr(slash + 1);
  const auto first = ParseDate(from);
  const auto last = ParseDate(to);
  if (!first || !last) return LeaveOfInstants(text, from, to);
  const int64_t begin = DayNumber(*first);
  const int64_t end = DayNumber(*last);
  if (end < begin || end - begin > kMostDays) {
    return Fail(kBadLeave, fmt::format("leave '{}' ends before it begins, or lasts for more than "
                                       "ten years",
                                       text));
  }
  ClosedTimes off;
  for (int64_t day = begin; day <= end; ++day) off.dates.push_back(DateOfDay(day));
  return off;
}

Result<Instant> ParseWorkday(std::string_view text, std::string_view zone, int64_t days) {
  if (const auto instant = ParseInstant(text)) return *instant;
  PM_TRY(const LocalDate date, ParseDate(text));
  const Result<const Zone*> found = FindZone(zone);
  return (found ? **found : Utc()).ToInstant({AddDays(date, days), LocalTime{0}});
}

const CalendarSpec* HoursTable::FindCalendar(std::string_view name) const {
  return FindIn(weekly_, name);
}

const Calendar& HoursTable::Of(std::string_view calendar, std::string_view zone,
                               const std::vector<std::string>& holidays,
                               const std::vector<std::string>& leave) const {
  constexpr size_t kUsualBytes = 64;
  std::string key;
  key.reserve(kUsualBytes);
  key += calendar;
  key += '\n';
  key += zone;
  for (const std::string& name : holidays) key += '\n', key += name;
  key += "\n";
  for (const std::string& name : leave) key += '\n', key += name;
  const std::scoped_lock lock(guard_);
  if (const auto* made = FindIn(made_, key)) return **made;
  auto calendar_made = std::make_unique<const Calendar>(Make(calendar, zone, holidays, leave));
  return *made_.emplace(key, std::move(calendar_made)).first->second;
}

Calendar HoursTable::Make(std::string_view calendar, std::string_view zone,
                          const std::vector<std::string>& holidays,
                          const std::vector<std::string>& leave) const {
  CalendarSpec spec;
  const CalendarSpec* weekly = FindCalendar(calendar);
  if (weekly == nullptr) {
    spec.always = true;
  } else {
    spec = *weekly;
  }
  const Result<const Zone*> found = FindZone(zone);
  const Zone& place = found ? **found : Utc();
  for (const std::string& name : holidays) Close(name, place, &spec);
  for (const std::string& name : leave) Close(name, place, &spec);
  return {std::move(spec), place};
}

void HoursTable::Close(std::string_view off, const Zone& zone, CalendarSpec* spec) const {
  const std::string* text = FindIn(days_off_, off);
  const Result<ClosedTimes> closed =
      text != nullptr ? ReadICalendar(*text, zone, kDaysOffFrom, kDaysOffUntil) : ParseLeave(off);
  if (!closed) return;
  spec->holidays.insert(spec->holidays.end(), closed->dates.begin(), closed->dates.end());
  spec->leave.insert(spec->leave.end(), closed->times.begin(), closed->times.end());
}

}  // namespace pm
