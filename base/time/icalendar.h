// Holidays and leave from iCalendar text (RFC 5545), expanded over a bounded time. libical reads
// the values and expands the rules in local time; zones are ours. Pure; any thread.
//
// Every VEVENT counts as closed time, whatever its TRANSP says (public holiday calendars mark their
// days as free), except with STATUS:CANCELLED. An event with RECURRENCE-ID replaces that occurrence
// of the event with its UID. VTIMEZONE is not read: a TZID must name an IANA zone.
#pragma once
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time/civil.h"
#include "base/time/intervals.h"
#include "base/time/zone.h"

namespace pm {

inline constexpr size_t kMaxICalendarBytes = 4 << 20;
inline constexpr int kMaxICalendarOccurrences =
    100'000;  // over all events, counted from DTSTART on

struct ClosedTimes {
  std::vector<LocalDate> dates;  // all-day events, one entry a day, sorted, each once
  Intervals times;               // timed events, UTC milliseconds, normal
};

// What is closed within [`from`, `until`), both dates of `zone`, which also reads times without a
// zone. Timed events that reach over a border are kept whole.
// Errors: PM0028 malformed, one line of text a problem, each with its line number (at most 20);
// PM0029 larger than the bounds above, or an occurrence longer than ten years.
Result<ClosedTimes> ReadICalendar(std::string_view text, const Zone& zone, LocalDate from,
                                  LocalDate until);

}  // namespace pm
