// Timestamps and durations of CEL: nanoseconds, years 1 to 9999, durations up to about 10,000
// years. Zones and civil time are base/time's. Pure; any thread.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "rules/cel/evaluation.h"
#include "rules/cel/value.h"

namespace pm::cel {

// What the language's range allows, else nothing. `nanos` may be any number.
std::optional<Value> MakeTimestamp(int64_t seconds, int64_t nanos);
std::optional<Value> MakeDuration(int64_t seconds, int64_t nanos);

// RFC 3339, to the nanosecond; `1h30m`, `-1.5s`, `2ms300us`, a plain `0`. Nothing when malformed or
// out of range.
std::optional<Value> ParseTimestamp(std::string_view text);
std::optional<Value> ParseDurationText(std::string_view text);

// `2026-11-22T04:04:05.5Z`; `5400s`, `-0.5s`.
std::string TimestampText(const Value& timestamp);
std::string DurationText(const Value& duration);

// Behind `+` and `-`; fail when out of range.
Value AddToTimestamp(Evaluation& evaluation, std::span<const Value> args);
Value AddDurations(Evaluation& evaluation, std::span<const Value> args);
Value SubtractTimes(Evaluation& evaluation, std::span<const Value> args);

}  // namespace pm::cel
