// Business time. A calendar is a set of open half-open UTC intervals [opening, closing), compiled a
// year at a time as a pure function of (spec, zone, year), with prefix sums: adding business time
// and measuring it are binary searches.
//
// The closing instant is closed: IsOpen(closing) is false. A deadline that uses up the open time to
// the last millisecond falls on that closing, not on the next opening, since evidence counts up to
// and including its due.
#pragma once
#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time/civil.h"
#include "base/time/instant.h"
#include "base/time/intervals.h"
#include "base/time/zone.h"

namespace pm {

// Open hours of one date, in milliseconds since its midnight on the wall clock. A night shift
// passes midnight: 22:00-06:00 is {22 h, 30 h} and belongs to the date it begins on.
struct Slot {
  int32_t begin_ms = 0;  // 0 .. 24 h
  int32_t end_ms = 0;    // begin_ms .. begin_ms + 24 h; equal is an empty slot
  bool operator==(const Slot&) const = default;
};

// `09:00` and `17:30`; an end at or before the begin means the next day (22:00 to 06:00), where
// 00:00 as end is 24:00. Errors: PM0027 a slot without length, such as 09:00-09:00.
Result<Slot> MakeSlot(LocalTime begin, LocalTime end);
Result<Slot> ParseSlot(std::string_view text);  // `09:00-17:30`; errors also PM0024

class CalendarYear;

// What people write about open hours; floats until it is compiled for a zone. All lists in any
// order.
struct CalendarSpec {
  struct Break {
    LocalDate date;
    Slot slot;
  };
  bool always = false;                            // open at every instant; `weekly` is not read
  std::array<std::vector<Slot>, 7> weekly;        // Monday first; overlapping slots are united
  std::map<LocalDate, std::vector<Slot>> shifts;  // these dates' slots instead of the weekly ones
  std::vector<LocalDate> holidays;                // the whole date is closed, also where `shifts`
                                                  // names it, and no night shift begins on it
  std::vector<Break> breaks;                      // closed, on the wall clock
  Intervals leave;                                // closed, UTC milliseconds
};

// Immutable apart from the compiled years, which are filled in lock-free: any number of threads.
// Copies share the specs, not the compiled years. Instants may lie in years 1 to 9999; years 1970
// to 2097 are kept once compiled, others compiled anew at each call.
class Calendar {
 public:
  // `zone` must outlive the calendar (zones from FindZone do).
  Calendar(CalendarSpec spec, const Zone& zone);
  Calendar(const Calendar& other);
  Calendar(Calendar&& other) noexcept = default;  // leaves `other` fit for destruction only
  Calendar& operator=(const Calendar&) = delete;
  ~Calendar();

  static Calendar Always();  // open at every instant, UTC; costs nothing
  // Open where both are, such as a rep's hours and a prospect's window. Dates are the first one's.
  static Calendar Both(const Calendar& a, const Calendar& b);

  const Zone& zone() const { return *parts_.front().zone; }
  bool always() const { return always_; }

  // The instant by which `length` of open time has passed since `at`; never before `at`. Zero gives
  // `at` itself. A negative length goes back: the latest instant since which so much had passed.
  // kNever when ten years bring no open time, or the answer is more than 200 years away.
  Instant Add(Instant at, Duration length) const;
  // Open time from `from` until `to`; negative when `to` is earlier.
  Duration Elapsed(Instant from, Instant to) const;

  bool IsOpen(Instant at) const;
  // `at` itself when open, else the next opening. kNever when there is none within ten years.
  Instant NextOpen(Instant at) const;
  // The closing of the time open at `at`, or of the next open time; never `at` itself. kNever when
  // there is none within ten years.
  Instant NextClose(Instant at) const;
  // `at` itself when it was open just before (also at a closing), else the latest closing before.
  // kNever when there is none within ten years.
  Instant PrevClose(Instant at) const;
  // The opening of the time that was open just before `at`, or of the latest open time before;
  // never `at` itself. kNever when there is none within ten years.
  Instant PrevOpen(Instant at) const;

  // The open intervals between two instants, cut at both ends, in UTC milliseconds.
  Intervals OpenBetween(Instant from, Instant to) const;

  // A date of the calendar's zone with any open time.
  bool IsBusinessDay(LocalDate date) const;
  // The n-th business day after `date`; negative counts back, zero gives `date`. From a date that
  // is not a business day, counting starts at the next (going back: the previous) one: Saturday
  // plus one is Tuesday. Nothing when ten years bring no business day, or outside years 1..9999.
  std::optional<LocalDate> AddBusinessDays(LocalDate date, int days) const;
  // The same with the wall clock kept. kNever when there is no such date.
  Instant AddBusinessDays(Instant at, int days) const;
  // The last closing on the n-th date that has open time after `at`, that date included (n >= 1);
  // the midnight that ends the date where it stays open across. kNever when there is none.
  Instant CloseOfNthWorkingDay(Instant at, int days) const;

 private:
  struct Part {
    std::shared_ptr<const CalendarSpec> spec;  // shared by copies and intersections; immutable
    const Zone* zone;
  };
  class YearPointer;
  static constexpr int kFirstKeptYear = 1970, kKeptYears = 128;
  using Kept = std::array<std::atomic<const CalendarYear*>, kKeptYears>;

  explicit Calendar(std::vector<Part> parts);
  std::unique_ptr<const CalendarYear> Compile(int year) const;
  YearPointer YearOf(int year) const;
  Instant AddForward(Instant at, int64_t ms) const;
  Instant AddBackward(Instant at, int64_t ms) const;
  Interval DateBounds(LocalDate date) const;

  std::vector<Part> parts_;  // open where all are; never empty
  bool always_ = false;
  std::unique_ptr<Kept> kept_;
};

}  // namespace pm
