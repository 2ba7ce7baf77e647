// Open hours: named weekly hours and days off of a rule folder, put together for a rep or a pool.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time/calendar.h"
#include "base/time/icalendar.h"

namespace pm {

// `2026-12-24/2027-01-02` (both days belong to it), one date, or two instants with a slash between
// (the second does not belong to it). At most ten years. Errors: PM0214.
Result<ClosedTimes> ParseLeave(std::string_view text);

// When a rep's work begins or ends: an instant, or the midnight in `zone` that begins the date,
// `days` later (1 for a last day). An unknown zone counts as UTC. Errors: of ParseDate.
Result<Instant> ParseWorkday(std::string_view text, std::string_view zone, int64_t days);

// iCalendar text of a rule folder counts within these years.
inline constexpr LocalDate kDaysOffFrom{2000, 1, 1}, kDaysOffUntil{2060, 1, 1};

// Calendars by name, and the cache of what was put together from them. Filled once; after that any
// thread may ask.
class HoursTable {
 public:
  void AddCalendar(std::string name, CalendarSpec spec) {
    weekly_[std::move(name)] = std::move(spec);
  }
  // `text` is iCalendar that ReadICalendar has accepted; it is expanded anew for each zone.
  void AddDaysOff(std::string file, std::string text) {
    days_off_[std::move(file)] = std::move(text);
  }

  const CalendarSpec* FindCalendar(std::string_view name) const;
  bool KnowsDaysOff(std::string_view file) const { return days_off_.contains(file); }
  const std::map<std::string, CalendarSpec, std::less<>>& calendars() const { return weekly_; }

  // As RuleBook::Hours says. The reference stays valid as long as the table does.
  const Calendar& Of(std::string_view calendar, std::string_view zone,
                     const std::vector<std::string>& holidays,
                     const std::vector<std::string>& leave) const;

 private:
  Calendar Make(std::string_view calendar, std::string_view zone,
                const std::vector<std::string>& holidays,
                const std::vector<std::string>& leave) const;
  void Close(std::string_view off, const Zone& zone, CalendarSpec* spec) const;

  std::map<std::string, CalendarSpec, std::less<>> weekly_;
  std::map<std::string, std::string, std::less<>> days_off_;
  mutable std::mutex guard_;  // of made_; entries never change or go
  mutable std::map<std::string, std::unique_ptr<const Calendar>, std::less<>> made_;
};

}  // namespace pm
