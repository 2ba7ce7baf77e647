// One compiled year of a calendar: its open intervals with prefix sums. Internal to calendar.cc.
#pragma once
#include <cstdint>
#include <vector>

#include "base/time/calendar.h"
#include "base/time/intervals.h"

namespace pm {

// UTC milliseconds at which a year begins.
int64_t YearBeginMs(int year);

// The open intervals of a spec in a zone, cut to one UTC year. Normal (see intervals.h). Pure.
// `spec.holidays` must be sorted and `spec.leave` normal.
Intervals CompileYear(const CalendarSpec& spec, const Zone& zone, int year);

// Immutable; any thread. All instants are UTC milliseconds within or at the borders of the year.
class CalendarYear {
 public:
  explicit CalendarYear(Intervals open);

  const Intervals& open() const { return open_; }
  int64_t total_ms() const { return total_ms_; }
  // Open time from the year's begin to `at_ms`.
  int64_t OpenBefore(int64_t at_ms) const;
  // The first instant with `open_ms` of open time before it; 0 < open_ms <= total_ms().
  int64_t EarliestAt(int64_t open_ms) const;
  // The last instant with `open_ms` of open time before it; 0 <= open_ms < total_ms().
  int64_t LatestAt(int64_t open_ms) const;
  // The first interval that ends after `at_ms`, or null.
  const Interval* FirstEndingAfter(int64_t at_ms) const;
  // The last interval that begins before `at_ms`, or null.
  const Interval* LastBeginningBefore(int64_t at_ms) const;

 private:
  Intervals open_;
  std::vector<int64_t> before_ms_;  // open time before open_[i]
  int64_t total_ms_ = 0;
};

}  // namespace pm
