// Times and lengths of time as text: RFC 3339 instants, durations as the rules write them (`1h30m`)
// and spans that may count business days (`2 business days`). Integers only; pure; any thread.
#pragma once
#include <array>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time/instant.h"

namespace pm {

// The instants RFC 3339 can write: years 1 to 9999, UTC. Nothing outside is ever parsed.
inline constexpr Instant kFirstInstant{-62'135'596'800'000};
inline constexpr Instant kLastInstant{253'402'300'799'999};

// `2026-11-22T04:04:05.678+01:00` to UTC. `t`, `z` and a space for `T` are accepted, digits past
// the millisecond are cut off. The leap second 23:59:60 UTC reads as 23:59:59.999. Errors: PM0020
// malformed or no such date or time; PM0021 outside years 1..9999 in UTC.
Result<Instant> ParseInstant(std::string_view text);

// `2026-11-22T03:04:05Z`, with three fraction digits when there are milliseconds. `never` for
// kNever; a year outside 1..9999 is written with a sign (`+10000-01-01T...`), which ParseInstant
// refuses.
std::string FormatInstant(Instant instant);
// The same without memory of its own: every event carries several of these.
class InstantText {
 public:
  explicit InstantText(Instant instant);
  std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, 40> text_;
  size_t size_ = 0;
};

// The longest length a text can state, 100 years of 365 days; sums of it never overflow.
inline constexpr Duration kLongestDuration = Days(36'500);

// `90s`, `10m`, `2h`, `14d`, `1w`, `250ms` and combinations from the larger unit to the smaller,
// each once (`1h30m`). A day is 24 hours, a week 7 days. Zero needs a unit (`0s`). No sign, no
// fraction. Errors: PM0022 malformed; PM0023 longer than kLongestDuration.
Result<Duration> ParseDuration(std::string_view text);

// The shortest such text in d, h, m, s and ms: `1h30m`, `14d`, `0s`; a negative one begins with
// `-`.
std::string FormatDuration(Duration duration);

// Either a length or a count of business days, which only a calendar can turn into instants.
// At most one of the two is not zero.
struct Span {
  Duration length;
  int business_days = 0;
  bool operator==(const Span&) const = default;
};

// A duration, or `1 business day`, `5 business days` (at most 3,650). Errors: PM0022, PM0023.
Result<Span> ParseSpan(std::string_view text);
std::string FormatSpan(const Span& span);

}  // namespace pm
