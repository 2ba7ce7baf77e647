// Instants and durations: UTC milliseconds in 64 bits. Civil time and zones are in civil.h.
#pragma once
#include <compare>
#include <cstdint>

namespace pm {

// A length of time in milliseconds; may be negative.
struct Duration {
  int64_t ms = 0;
  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator+(Duration d) const { return {ms + d.ms}; }
  constexpr Duration operator-(Duration d) const { return {ms - d.ms}; }
  constexpr Duration operator-() const { return {-ms}; }
};
constexpr Duration Milliseconds(int64_t n) { return {n}; }
constexpr Duration Seconds(int64_t n) { return {n * 1000}; }
constexpr Duration Minutes(int64_t n) { return {n * 60'000}; }
constexpr Duration Hours(int64_t n) { return {n * 3'600'000}; }
constexpr Duration Days(int64_t n) { return {n * 86'400'000}; }

// A point in time: milliseconds since 1970-01-01T00:00Z, no leap seconds.
struct Instant {
  int64_t ms = 0;
  constexpr auto operator<=>(const Instant&) const = default;
  constexpr Instant operator+(Duration d) const { return {ms + d.ms}; }
  constexpr Instant operator-(Duration d) const { return {ms - d.ms}; }
  constexpr Duration operator-(Instant o) const { return {ms - o.ms}; }
};
// "No time at all": sorts after every real instant. Do not add to it.
inline constexpr Instant kNever{INT64_MAX};

}  // namespace pm
