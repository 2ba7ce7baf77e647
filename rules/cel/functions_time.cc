// What a timestamp shows on a clock and a calendar, in UTC or a zone, and the parts of a duration.
#include <fmt/format.h>

#include "base/text/utf8.h"
#include "base/time/civil.h"
#include "base/time/zone.h"
#include "rules/cel/evaluation.h"
#include "rules/cel/functions.h"
#include "rules/cel/moment.h"

namespace pm::cel {
namespace {

using Args = std::span<const Value>;

constexpr int64_t kNanosPerMs = 1'000'000;

enum class Part : uint8_t {
  kYear,
  kMonth,       // from 0
  kDate,        // day of the month from 1
  kDayOfMonth,  // from 0
  kDayOfWeek,   // from 0, Sunday
  kDayOfYear,   // from 0
  kHours,
  kMinutes,
  kSeconds,
  kMilliseconds,
};

bool TwoDigits(std::string_view text, int* number) {
  if (text.size() != 2 || text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') {
    return false;
  }
  *number = (text[0] - '0') * 10 + (text[1] - '0');
  return true;
}

// `+11:00`, `-02:30`, `02:00`.
std::optional<int64_t> FixedOffsetMs(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int hours = 0, minutes = 0;
  if (text.size() != 5 || text[2] != ':' || !TwoDigits(text.substr(0, 2), &hours) ||
      !TwoDigits(text.substr(3), &minutes) || hours > 23 || minutes > 59) {
    return std::nullopt;
  }
  const int64_t ms = (hours * 60 + minutes) * int64_t{60'000};
  return negative ? -ms : ms;
}

int64_t PartOf(LocalDateTime local, Part part) {
  const int64_t ms = local.time.ms;
  switch (part) {
    case Part::kYear:
      return local.date.year;
    case Part::kMonth:
      return local.date.month - 1;
    case Part::kDate:
      return local.date.day;
    case Part::kDayOfMonth:
      return local.date.day - 1;
    case Part::kDayOfWeek:
      return (static_cast<int>(WeekdayOf(local.date)) + 1) % 7;
    case Part::kDayOfYear:
      return DayNumber(local.date) - DayNumber({local.date.year, 1, 1});
    case Part::kHours:
      return ms / 3'600'000;
    case Part::kMinutes:
      return ms / 60'000 % 60;
    case Part::kSeconds:
      return ms / 1000 % 60;
    case Part::kMilliseconds:
      return ms % 1000;
  }
  return 0;
}

template <Part kPart>
Value TimestampPart(Evaluation& evaluation, Args args) {
  const int64_t ms = args[0].integer * 1000 + args[0].size / kNanosPerMs;
  if (args.size() == 1) return Value::Int(PartOf(FromLocalMs(ms), kPart));
  const std::string_view name = args[1].text();
  if (const auto offset = FixedOffsetMs(name)) {
    return Value::Int(PartOf(FromLocalMs(ms + *offset), kPart));
  }
  const auto zone = FindZone(name);
  if (!zone.has_value()) {
    return evaluation.Fail(ErrorKind::kArgument, fmt::format("there is no zone {}", Quoted(name)));
  }
  return Value::Int(PartOf((*zone)->ToLocal(Instant{ms}), kPart));
}

// Whole units, cut off towards zero.
template <int64_t kSecondsPerUnit>
Value WholeUnits(Evaluation&, Args args) {
  const int64_t seconds =
      args[0].integer < 0 && args[0].size > 0 ? args[0].integer + 1 : args[0].integer;
  return Value::Int(seconds / kSecondsPerUnit);
}

// The part below a second, with the duration's sign; not the whole in milliseconds.
Value DurationMilliseconds(Evaluation&, Args args) {
  const int64_t ms = args[0].size / kNanosPerMs;
  const bool negative = args[0].integer < 0 && args[0].size > 0;
  return Value::Int(negative ? -((1'000'000'000 - int64_t{args[0].size}) / kNanosPerMs) : ms);
}

constexpr FunctionRow kRows[] = {
#define PM_PART(name, part)                                \
  {name, "timestamp.() -> int", TimestampPart<part>}, {    \
    name, "timestamp.(string) -> int", TimestampPart<part> \
  }
    PM_PART("getFullYear", Part::kYear),
    PM_PART("getMonth", Part::kMonth),
    PM_PART("getDate", Part::kDate),
    PM_PART("getDayOfMonth", Part::kDayOfMonth),
    PM_PART("getDayOfWeek", Part::kDayOfWeek),
    PM_PART("getDayOfYear", Part::kDayOfYear),
    PM_PART("getHours", Part::kHours),
    PM_PART("getMinutes", Part::kMinutes),
    PM_PART("getSeconds", Part::kSeconds),
    PM_PART("getMilliseconds", Part::kMilliseconds),
#undef PM_PART
    {"getHours", "duration.() -> int", WholeUnits<3600>},
    {"getMinutes", "duration.() -> int", WholeUnits<60>},
    {"getSeconds", "duration.() -> int", WholeUnits<1>},
    {"getMilliseconds", "duration.() -> int", DurationMilliseconds},
};

}  // namespace

std::span<const FunctionRow> TimeFunctions() { return kRows; }

}  // namespace pm::cel
