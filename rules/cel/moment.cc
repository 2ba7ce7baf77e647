#include "rules/cel/moment.h"

#include <fmt/format.h>

#include "base/time/text.h"

namespace pm::cel {
namespace {

__extension__ typedef __int128 Wide;

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kFirstSecond = kFirstInstant.ms / 1000, kLastSecond = kLastInstant.ms / 1000;
constexpr int64_t kLongestSeconds = 315'576'000'000;
constexpr size_t kFractionDigits = 18;  // of a duration's part; later ones are below a nanosecond

struct Unit {
  std::string_view name;
  int64_t nanos;
};
// Longer names before those they begin with.
constexpr Unit kUnits[] = {{"ns", 1},
                           {"us", 1'000},
                           {"\xC2\xB5s", 1'000},
                           {"\xCE\xBCs", 1'000},
                           {"ms", 1'000'000},
                           {"h", 3600 * kNanosPerSecond},
                           {"m", 60 * kNanosPerSecond},
                           {"s", kNanosPerSecond}};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Whole seconds and 0 up to 999,999,999 nanoseconds; false on overflow.
bool Normalise(int64_t* seconds, int64_t* nanos) {
  int64_t carry = *nanos / kNanosPerSecond;
  *nanos %= kNanosPerSecond;
  if (*nanos < 0) {
    *nanos += kNanosPerSecond;
    --carry;
  }
  return !__builtin_add_overflow(*seconds, carry, seconds);
}

// Digits behind the point as nanoseconds; those behind the ninth are dropped.
int64_t FractionNanos(std::string_view digits) {
  int64_t nanos = 0;
  for (size_t i = 0; i < 9; ++i) nanos = nanos * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  return nanos;
}

std::string FractionText(int64_t nanos) {
  if (nanos == 0) return "";
  std::string text = fmt::format(".{:09}", nanos);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

// Takes `90m`, `1.5h` off the front of a duration's text and adds its nanoseconds.
bool TakePart(std::string_view* text, Wide* total) {
  size_t whole = 0;
  while (whole < text->size() && IsDigit((*text)[whole])) ++whole;
  size_t end = whole;
  if (end < text->size() && (*text)[end] == '.') {
    for (++end; end < text->size() && IsDigit((*text)[end]);) ++end;
  }
  const std::string_view fraction =
      text->substr(std::min(whole + 1, end), end - std::min(whole + 1, end));
  if ((whole == 0 && fraction.empty()) || whole > 18) return false;
  for (const Unit& unit : kUnits) {
    if (!text->substr(end).starts_with(unit.name)) continue;
    Wide number = 0, numerator = 0, denominator = 1;
    for (const char c : text->substr(0, whole)) number = number * 10 + (c - '0');
    for (const char c : fraction.substr(0, kFractionDigits)) {
      numerator = numerator * 10 + (c - '0');
      denominator *= 10;
    }
    *total += number * unit.nanos + numerator * unit.nanos / denominator;
    text->remove_prefix(end + unit.name.size());
    return true;
  }
  return false;
}

Value OutOfRange(Evaluation& evaluation, std::string_view what) {
  return evaluation.Fail(ErrorKind::kRange, fmt::format("the {} is out of range", what));
}

}  // namespace

std::optional<Value> MakeTimestamp(int64_t seconds, int64_t nanos) {
  if (!Normalise(&seconds, &nanos) || seconds < kFirstSecond || seconds > kLastSecond) {
    return std::nullopt;
  }
  return Value::Timestamp(seconds, static_cast<uint32_t>(nanos));
}

std::optional<Value> MakeDuration(int64_t seconds, int64_t nanos) {
  if (!Normalise(&seconds, &nanos) || seconds < -kLongestSeconds || seconds > kLongestSeconds ||
      (seconds == kLongestSeconds && nanos > 0)) {
    return std::nullopt;
  }
  return Value::Duration(seconds, static_cast<uint32_t>(nanos));
}

std::optional<Value> ParseTimestamp(std::string_view text) {
  constexpr size_t kWholeSecond = 19;  // `2026-11-22T04:04:05`
  if (text.size() <= kWholeSecond || (text[10] != 'T' && text[10] != 't')) return std::nullopt;
  if (text.substr(17, 2) == "60") return std::nullopt;  // no leap seconds
  const auto instant = ParseInstant(text);
  if (!instant.has_value()) return std::nullopt;
  int64_t nanos = 0;
  if (text[kWholeSecond] == '.') {
    const size_t end = text.find_first_not_of("0123456789", kWholeSecond + 1);
    nanos = FractionNanos(text.substr(kWholeSecond + 1, end - kWholeSecond - 1));
  }
  const int64_t ms = instant->ms;
  return MakeTimestamp((ms - ((ms % 1000) + 1000) % 1000) / 1000, nanos);
}

std::optional<Value> ParseDurationText(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return Value::Duration(0, 0);
  if (text.empty()) return std::nullopt;
  Wide total = 0;
  while (!text.empty()) {
    if (!TakePart(&text, &total)) return std::nullopt;
    if (total > static_cast<Wide>(kLongestSeconds) * kNanosPerSecond) return std::nullopt;
  }
  if (negative) total = -total;
  return MakeDuration(static_cast<int64_t>(total / kNanosPerSecond),
                      static_cast<int64_t>(total % kNanosPerSecond));
}

std::string TimestampText(const Value& timestamp) {
  std::string text = FormatInstant(Instant{timestamp.integer * 1000});
  text.insert(text.size() - 1, FractionText(timestamp.size));
  return text;
}

std::string DurationText(const Value& duration) {
  int64_t seconds = duration.integer, nanos = duration.size;
  const bool negative = seconds < 0;
  if (negative) {
    seconds = -seconds;
    if (nanos > 0) {
      --seconds;
      nanos = kNanosPerSecond - nanos;
    }
  }
  return fmt::format("{}{}{}s", negative ? "-" : "", seconds, FractionText(nanos));
}

Value AddToTimestamp(Evaluation& evaluation, std::span<const Value> args) {
  const auto sum = MakeTimestamp(args[0].integer + args[1].integer,
                                 int64_t{args[0].size} + int64_t{args[1].size});
  return sum.has_value() ? *sum : OutOfRange(evaluation, "timestamp");
}

Value AddDurations(Evaluation& evaluation, std::span<const Value> args) {
  const auto sum = MakeDuration(args[0].integer + args[1].integer,
                                int64_t{args[0].size} + int64_t{args[1].size});
  return sum.has_value() ? *sum : OutOfRange(evaluation, "duration");
}

Value SubtractTimes(Evaluation& evaluation, std::span<const Value> args) {
  const int64_t seconds = args[0].integer - args[1].integer;
  const int64_t nanos = int64_t{args[0].size} - int64_t{args[1].size};
  const bool timestamp = args[0].kind == ValueKind::kTimestamp;
  if (timestamp && args[1].kind == ValueKind::kDuration) {
    const auto result = MakeTimestamp(seconds, nanos);
    return result.has_value() ? *result : OutOfRange(evaluation, "timestamp");
  }
  const auto result = MakeDuration(seconds, nanos);
  return result.has_value() ? *result : OutOfRange(evaluation, "duration");
}

}  // namespace pm::cel
