// Civil time: dates, wall clocks and weekdays of the proleptic Gregorian calendar, as integers and
// without a zone. Zones are in zone.h. Pure; any thread.
#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pm {

inline constexpr int64_t kDayMs = 86'400'000;

enum class Weekday : uint8_t {
  kMonday,
  kTuesday,
  kWednesday,
  kThursday,
  kFriday,
  kSaturday,
  kSunday
};

// A day of the calendar. `month` 1..12, `day` 1..31; years may lie outside 1..9999 in arithmetic
// only.
struct LocalDate {
  int year = 1970, month = 1, day = 1;
  constexpr auto operator<=>(const LocalDate&) const = default;
};

// Milliseconds since midnight on the wall clock: 0 up to kDayMs, where 24:00 ends the day.
struct LocalTime {
  int32_t ms = 0;
  constexpr auto operator<=>(const LocalTime&) const = default;
};

// What a calendar on the wall and the clock beside it show together.
struct LocalDateTime {
  LocalDate date;
  LocalTime time;
  constexpr auto operator<=>(const LocalDateTime&) const = default;
};

bool IsDate(int year, int month, int day);  // the month has that day

// Days since 1970-01-01; the date must exist.
int64_t DayNumber(LocalDate date);
LocalDate DateOfDay(int64_t day_number);
Weekday WeekdayOf(LocalDate date);
Weekday WeekdayOfDay(int64_t day_number);
LocalDate AddDays(LocalDate date, int64_t days);

// Milliseconds since 1970-01-01T00:00 on a wall clock that never changes.
int64_t ToLocalMs(LocalDateTime local);
LocalDateTime FromLocalMs(int64_t local_ms);

// `2026-11-22`. Errors: PM0024 malformed, no such date, or a year outside 1..9999.
Result<LocalDate> ParseDate(std::string_view text);
std::string FormatDate(LocalDate date);

// `09:00`, `09:00:30`, and `24:00` as the end of the day. Errors: PM0024.
Result<LocalTime> ParseTimeOfDay(std::string_view text);
std::string FormatTimeOfDay(
    LocalTime time);  // `09:00`, seconds and milliseconds when there are any

// `mon` to `sun`, lower case as the rules write them. Errors: PM0024.
Result<Weekday> ParseWeekday(std::string_view text);
std::string_view FormatWeekday(Weekday weekday);

}  // namespace pm
