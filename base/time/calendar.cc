#include "base/time/calendar.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/time/calendar_year.h"
#include "base/time/text.h"

namespace pm {
namespace {

constexpr int kFirstYear = 1, kLastYear = 9999;
constexpr int kPatienceYears = 10;  // so long a search goes on without any open time
constexpr int kReachYears = 200;    // so far an answer may lie away
constexpr int64_t kReachMs = kReachYears * 366 * kDayMs;

int YearAt(Instant at) { return FromLocalMs(at.ms).date.year; }

bool InRange(Instant at) { return at >= kFirstInstant && at <= kLastInstant; }

Instant Clamped(Instant at) { return std::clamp(at, kFirstInstant, kLastInstant); }

}  // namespace

Result<Slot> MakeSlot(LocalTime begin, LocalTime end) {
  if (begin == end || begin.ms >= kDayMs) {
    return Fail(27, fmt::format("{}-{} has no length; write 00:00-24:00 for a whole day",
                                FormatTimeOfDay(begin), FormatTimeOfDay(end)));
  }
  const int32_t next_day = end < begin ? static_cast<int32_t>(kDayMs) : 0;
  return Slot{begin.ms, end.ms + next_day};
}

Result<Slot> ParseSlot(std::string_view text) {
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) {
    return Fail(
        24, fmt::format("`{}` are no hours; write for example 09:00-17:30", text.substr(0, 40)));
  }
  PM_TRY(const LocalTime begin, ParseTimeOfDay(text.substr(0, dash)));
  PM_TRY(const LocalTime end, ParseTimeOfDay(text.substr(dash + 1)));
  return MakeSlot(begin, end);
}

// A kept year, or one of its own where years are not kept.
class Calendar::YearPointer {
 public:
  explicit YearPointer(const CalendarYear* kept) : year_(kept) {}
  explicit YearPointer(std::unique_ptr<const CalendarYear> own)
      : own_(std::move(own)), year_(own_.get()) {}
  const CalendarYear* operator->() const { return year_; }

 private:
  std::unique_ptr<const CalendarYear> own_;
  const CalendarYear* year_;
};

Calendar::Calendar(std::vector<Part> parts) : parts_(std::move(parts)) {
  always_ = std::all_of(parts_.begin(), parts_.end(), [](const Part& part) {
    return part.spec->always && part.spec->holidays.empty() && part.spec->breaks.empty() &&
           part.spec->leave.empty();
  });
  if (!always_) kept_ = std::make_unique<Kept>();
}

Calendar::Calendar(CalendarSpec spec, const Zone& zone)
    : Calendar([&] {
        std::sort(spec.holidays.begin(), spec.holidays.end());
        spec.leave = Normalised(std::move(spec.leave));
        return std::vector<Part>{{std::make_shared<const CalendarSpec>(std::move(spec)), &zone}};
      }()) {}

Calendar::Calendar(const Calendar& other) : Calendar(other.parts_) {}

Calendar::~Calendar() {
  if (kept_ == nullptr) return;
  for (const auto& year : *kept_) delete year.load(std::memory_order_relaxed);
}

Calendar Calendar::Always() {
  CalendarSpec spec;
  spec.always = true;
  return Calendar(std::move(spec), Utc());
}

Calendar Calendar::Both(const Calendar& a, const Calendar& b) {
  std::vector<Part> parts = a.parts_;
  parts.insert(parts.end(), b.parts_.begin(), b.parts_.end());
  return Calendar(std::move(parts));
}

std::unique_ptr<const CalendarYear> Calendar::Compile(int year) const {
  Intervals open = CompileYear(*parts_.front().spec, *parts_.front().zone, year);
  for (size_t i = 1; i < parts_.size(); ++i) {
    open = Intersection(open, CompileYear(*parts_[i].spec, *parts_[i].zone, year));
  }
  return std::make_unique<const CalendarYear>(std::move(open));
}

Calendar::YearPointer Calendar::YearOf(int year) const {
  if (kept_ == nullptr || year < kFirstKeptYear || year >= kFirstKeptYear + kKeptYears) {
    return YearPointer(Compile(year));
  }
  std::atomic<const CalendarYear*>& slot = (*kept_)[static_cast<size_t>(year - kFirstKeptYear)];
  const CalendarYear* kept = slot.load(std::memory_order_acquire);
  if (kept == nullptr) {
    // Threads that compile the same year at once get equal results; the first one's is kept.
    std::unique_ptr<const CalendarYear> fresh = Compile(year);
    if (slot.compare_exchange_strong(kept, fresh.get(), std::memory_order_acq_rel)) {
      kept = fresh.release();
    }
  }
  return YearPointer(kept);
}

Instant Calendar::Add(Instant at, Duration length) const {
  if (length.ms == 0) return at;
  if (!InRange(at) || length.ms > kReachMs || length.ms < -kReachMs) return kNever;
  if (always_) return InRange(at + length) ? at + length : kNever;
  return length.ms > 0 ? AddForward(at, length.ms) : AddBackward(at, -length.ms);
}

Instant Calendar::AddForward(Instant at, int64_t ms) const {
  const int first = YearAt(at);
  int empty_years = 0;
  for (int year = first; year <= std::min(first + kReachYears, kLastYear); ++year) {
    const YearPointer table = YearOf(year);
    if (year == first) ms += table->OpenBefore(at.ms);
    if (ms <= table->total_ms()) return {table->EarliestAt(ms)};
    ms -= table->total_ms();
    empty_years = table->total_ms() == 0 ? empty_years + 1 : 0;
    if (empty_years > kPatienceYears) break;
  }
  return kNever;
}

Instant Calendar::AddBackward(Instant at, int64_t ms) const {
  const int first = YearAt(at);
  int empty_years = 0;
  for (int year = first; year >= std::max(first - kReachYears, kFirstYear); --year) {
    const YearPointer table = YearOf(year);
    const int64_t open_ms = year == first ? table->OpenBefore(at.ms) : table->total_ms();
    if (ms <= open_ms) return {table->LatestAt(open_ms - ms)};
    ms -= open_ms;
    empty_years = open_ms == 0 ? empty_years + 1 : 0;
    if (empty_years > kPatienceYears) break;
  }
  return kNever;
}

Duration Calendar::Elapsed(Instant from, Instant to) const {
  if (to < from) return -Elapsed(to, from);
  from = Clamped(from);
  to = Clamped(to);
  if (always_) return to - from;
  const int first = YearAt(from), last = YearAt(to);
  int64_t ms = YearOf(last)->OpenBefore(to.ms) - YearOf(first)->OpenBefore(from.ms);
  for (int year = first; year < last; ++year) ms += YearOf(year)->total_ms();
  return {ms};
}

bool Calendar::IsOpen(Instant at) const {
  if (!InRange(at)) return false;
  if (always_) return true;
  const YearPointer table = YearOf(YearAt(at));
  const Interval* next = table->FirstEndingAfter(at.ms);
  return next != nullptr && next->begin <= at.ms;
}

Instant Calendar::NextOpen(Instant at) const {
  if (!InRange(at)) return kNever;
  if (always_) return at;
  const int first = YearAt(at);
  for (int year = first; year <= std::min(first + kPatienceYears, kLastYear); ++year) {
    const YearPointer table = YearOf(year);
    if (const Interval* next = table->FirstEndingAfter(at.ms)) {
      return {std::max(at.ms, next->begin)};
    }
  }
  return kNever;
}

Instant Calendar::NextClose(Instant at) const {
  const Instant open = NextOpen(at);
  if (open == kNever || always_) return kNever;
  const int first = YearAt(open);
  int64_t reached_ms = open.ms;
  for (int year = first; year <= std::min(first + kPatienceYears, kLastYear); ++year) {
    const YearPointer table = YearOf(year);
    const Interval* next = table->FirstEndingAfter(reached_ms);
    // Open time that touches the year's end may go on in the next.
    if (next == nullptr || next->begin > reached_ms) return {reached_ms};
    reached_ms = next->end;
    if (reached_ms < YearBeginMs(year + 1)) return {reached_ms};
  }
  return kNever;
}

Instant Calendar::PrevClose(Instant at) const {
  if (!InRange(at)) return kNever;
  if (always_) return at;
  const int first = YearAt(at);
  for (int year = first; year >= std::max(first - kPatienceYears, kFirstYear); --year) {
    const YearPointer table = YearOf(year);
    if (const Interval* last = table->LastBeginningBefore(at.ms)) {
      return {std::min(at.ms, last->end)};
    }
  }
  return kNever;
}

Instant Calendar::PrevOpen(Instant at) const {
  const Instant close = PrevClose(at);
  if (close == kNever || always_) return kNever;
  const int first = YearAt({close.ms - 1});
  int64_t reached_ms = close.ms;
  for (int year = first; year >= std::max(first - kPatienceYears, kFirstYear); --year) {
    const YearPointer table = YearOf(year);
    const Interval* last = table->LastBeginningBefore(reached_ms);
    if (last == nullptr || last->end < reached_ms) return {reached_ms};
    reached_ms = last->begin;
    if (reached_ms > YearBeginMs(year)) return {reached_ms};
  }
  return kNever;
}

Intervals Calendar::OpenBetween(Instant from, Instant to) const {
  const Interval wanted{Clamped(from).ms, Clamped(to).ms};
  if (wanted.begin >= wanted.end) return {};
  if (always_) return {wanted};
  Intervals open;
  for (int year = YearAt({wanted.begin}); year <= YearAt({wanted.end}); ++year) {
    const YearPointer table = YearOf(year);
    open.insert(open.end(), table->open().begin(), table->open().end());
  }
  return Intersection(Normalised(std::move(open)), {&wanted, 1});
}

}  // namespace pm
