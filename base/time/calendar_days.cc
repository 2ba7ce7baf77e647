// The part of Calendar that counts whole dates.
#include <cstdlib>

#include "base/time/calendar.h"
#include "base/time/text.h"

namespace pm {
namespace {

constexpr int kPatienceDays = 3'653;  // so long a search goes on without a business day

bool InRange(LocalDate date) { return date.year >= 1 && date.year <= 9999; }

}  // namespace

Interval Calendar::DateBounds(LocalDate date) const {
  const int64_t begin_ms = DayNumber(date) * kDayMs;
  return {zone().ToInstant(begin_ms).ms, zone().ToInstant(begin_ms + kDayMs).ms};
}

bool Calendar::IsBusinessDay(LocalDate date) const {
  const Interval bounds = DateBounds(date);
  return bounds.begin < bounds.end && Elapsed({bounds.begin}, {bounds.end}).ms > 0;
}

std::optional<LocalDate> Calendar::AddBusinessDays(LocalDate date, int days) const {
  if (days == 0) return date;
  const int step = days > 0 ? 1 : -1;
  // The first business day found at or after the date itself is where counting starts.
  int64_t found = -1;
  int idle_days = 0;
  for (; InRange(date) && idle_days <= kPatienceDays; date = AddDays(date, step), ++idle_days) {
    if (!IsBusinessDay(date)) continue;
    idle_days = 0;
    if (++found == std::abs(int64_t{days})) return date;
  }
  return std::nullopt;
}

Instant Calendar::AddBusinessDays(Instant at, int days) const {
  if (at < kFirstInstant || at > kLastInstant) return kNever;
  const LocalDateTime local = zone().ToLocal(at);
  const std::optional<LocalDate> date = AddBusinessDays(local.date, days);
  if (!date.has_value()) return kNever;
  return days == 0 ? at : zone().ToInstant({*date, local.time});
}

Instant Calendar::CloseOfNthWorkingDay(Instant at, int days) const {
  PM_CHECK(days >= 1);
  for (int left = days; left > 0; --left) {
    const Instant open = NextOpen(at);
    if (open == kNever) return kNever;
    at = {DateBounds(zone().DateAt(open)).end};
  }
  return PrevClose(at);
}

}  // namespace pm
