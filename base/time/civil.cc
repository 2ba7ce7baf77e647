#include "base/time/civil.h"

#include <fmt/format.h>

#include <array>

namespace pm {
namespace {

constexpr std::array<std::string_view, 7> kWeekdays = {"mon", "tue", "wed", "thu",
                                                       "fri", "sat", "sun"};

int64_t FloorDiv(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

bool IsLeap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

// A number of exactly `digits` digits, or -1.
int Digits(std::string_view text, size_t from, size_t digits) {
  if (text.size() < from + digits) return -1;
  int value = 0;
  for (const char c : text.substr(from, digits)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

bool IsDate(int year, int month, int day) {
  static constexpr int kLengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= kLengths[month - 1] + (month == 2 && IsLeap(year) ? 1 : 0);
}

// Both ways count in years that begin on 1 March, so that the leap day comes last; 400 of them have
// 146,097 days (Hinnant, "chrono-compatible low-level date algorithms").
int64_t DayNumber(LocalDate date) {
  const int64_t year = date.month <= 2 ? int64_t{date.year} - 1 : date.year;
  const int64_t era = FloorDiv(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t month_from_march = (date.month + 9) % 12;
  const int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719'468;
}

LocalDate DateOfDay(int64_t day_number) {
  const int64_t shifted = day_number + 719'468;
  const int64_t era = FloorDiv(shifted, 146'097);
  const int64_t day_of_era = shifted - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)), static_cast<int>(month),
          static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1)};
}

Weekday WeekdayOfDay(int64_t day_number) {
  // 1970-01-01 was a Thursday.
  const int64_t from_thursday = day_number - FloorDiv(day_number, 7) * 7;
  return static_cast<Weekday>((from_thursday + 3) % 7);
}

Weekday WeekdayOf(LocalDate date) { return WeekdayOfDay(DayNumber(date)); }

LocalDate AddDays(LocalDate date, int64_t days) { return DateOfDay(DayNumber(date) + days); }

int64_t ToLocalMs(LocalDateTime local) { return DayNumber(local.date) * kDayMs + local.time.ms; }

LocalDateTime FromLocalMs(int64_t local_ms) {
  const int64_t day = FloorDiv(local_ms, kDayMs);
  return {DateOfDay(day), {static_cast<int32_t>(local_ms - day * kDayMs)}};
}

Result<LocalDate> ParseDate(std::string_view text) {
  const int year = Digits(text, 0, 4), month = Digits(text, 5, 2), day = Digits(text, 8, 2);
  const bool form =
      text.size() == 10 && text[4] == '-' && text[7] == '-' && year >= 0 && month >= 0 && day >= 0;
  if (!form) {
    return Fail(24,
                fmt::format("`{}` is no date; write for example 2026-11-22", text.substr(0, 40)));
  }
  if (year < 1 || !IsDate(year, month, day)) {
    return Fail(24, fmt::format("there is no day `{}` in the calendar", text));
  }
  return LocalDate{year, month, day};
}

std::string FormatDate(LocalDate date) {
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

Result<LocalTime> ParseTimeOfDay(std::string_view text) {
  const bool has_seconds = text.size() == 8 && text[5] == ':';
  const int hour = Digits(text, 0, 2), minute = Digits(text, 3, 2);
  const int second = has_seconds ? Digits(text, 6, 2) : 0;
  const bool form = (text.size() == 5 || has_seconds) && text[2] == ':';
  const bool ends_day = hour == 24 && minute == 0 && second == 0;
  if (!form || hour < 0 || minute < 0 || second < 0 || minute > 59 || second > 59 ||
      (hour > 23 && !ends_day)) {
    return Fail(24, fmt::format("`{}` is no time of day; write for example 09:00, or 24:00 for "
                                "the end of the day",
                                text.substr(0, 40)));
  }
  return LocalTime{((hour * 60 + minute) * 60 + second) * 1000};
}

std::string FormatTimeOfDay(LocalTime time) {
  const int second = time.ms / 1000, ms = time.ms % 1000;
  std::string text = fmt::format("{:02}:{:02}", second / 3600, second / 60 % 60);
  if (second % 60 != 0 || ms != 0) text += fmt::format(":{:02}", second % 60);
  if (ms != 0) text += fmt::format(".{:03}", ms);
  return text;
}

Result<Weekday> ParseWeekday(std::string_view text) {
  for (size_t i = 0; i < kWeekdays.size(); ++i) {
    if (kWeekdays[i] == text) return static_cast<Weekday>(i);
  }
  return Fail(24, fmt::format("`{}` is no weekday; write mon, tue, wed, thu, fri, sat or sun",
                              text.substr(0, 40)));
}

std::string_view FormatWeekday(Weekday weekday) { return kWeekdays[static_cast<size_t>(weekday)]; }

}  // namespace pm
