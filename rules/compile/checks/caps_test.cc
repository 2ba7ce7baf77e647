// What is said of caps against counting by hand: at random times of two years, in a zone whose
// months may have an hour more, whether what one cap counts the other counts as well.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/random.h"
#include "base/time/zone.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

constexpr std::string_view kSpans[] = {"day", "week", "month", "1d",  "1d1h", "2d",
                                       "7d",  "8d",   "31d",   "32d", "60d"};
constexpr Instant kFrom{1'798'761'600'000};  // 2027-01-01

// The first instant that a cap over `span` counts at `now`.
Instant StartOf(std::string_view span, const Zone& zone, Instant now) {
  LocalDate date = zone.DateAt(now);
  if (span == "week") {
    date = AddDays(date, -static_cast<int64_t>(WeekdayOf(date)));
  } else if (span == "month") {
    date.day = 1;
  } else if (span != "day") {
    return now - *ParseDuration(span) + Milliseconds(1);
  }
  return zone.ToInstant(LocalDateTime{date, {}});
}

bool CountsWithin(std::string_view inner, std::string_view outer, const std::vector<Instant>& times,
                  const Zone& zone) {
  return std::ranges::all_of(
      times, [&](Instant now) { return StartOf(outer, zone, now) <= StartOf(inner, zone, now); });
}

std::string Told(std::string_view inner, int64_t limit, std::string_view outer, int64_t other) {
  const std::string rules = fmt::format(
      "kind: team\n"
      "pools: {{ west: {{ members: [ana], caps: [{} per {}, {} per {}], overflow: house }}, "
      "house: {{ strategy: queue }} }}\n"
      "---\n"
      "kind: routing\n"
      "otherwise: {{ to: {{ pool: house }} }}\n",
      limit, inner, other, outer);
  return Check({{"rules.yaml", rules}}).text;
}
bool IsTold(std::string_view inner, int64_t limit, std::string_view outer, int64_t other) {
  return Told(inner, limit, outer, other)
      .contains(fmt::format("'{} per {}' can never be reached", limit, inner));
}
// The other way round: `outer` is beyond what `inner` lets through.
bool IsBeyond(std::string_view outer, int64_t limit, std::string_view inner, int64_t other) {
  return Told(outer, limit, inner, other)
      .contains(fmt::format("'{} per {}' is full only with leads that are handed on past '{} per "
                            "{}', which lets at most {} through",
                            limit, outer, other, inner, limit - 1));
}

// How many leads get through before `now`, in the time that `outer` counts, when each time that
// `inner` counts lets one through: as late as they can be.
int64_t MostThrough(std::string_view inner, std::string_view outer, const Zone& zone, Instant now) {
  const Instant first = StartOf(outer, zone, now);
  int64_t through = 0;
  for (Instant at = now; at >= first; at = StartOf(inner, zone, at) - Milliseconds(1)) ++through;
  return through;
}

std::vector<Instant> Times(const Zone& zone) {
  std::vector<Instant> times;
  Random random(7);
  for (int i = 0; i < 20'000; ++i) {
    times.push_back(kFrom + Milliseconds(static_cast<int64_t>(random.Below(730ull * 86'400'000))));
  }
  // The last millisecond of days, weeks and months, on which clocks have gone back and otherwise.
  for (int64_t day = 0; day < 730; ++day) {
    const LocalDate date = AddDays(zone.DateAt(kFrom), day);
    times.push_back(zone.ToInstant(LocalDateTime{date, {}}) - Milliseconds(1));
  }
  return times;
}

TEST(Caps, AreToldToBeNeverReachedWhereCountingSaysSo) {
  const Zone& zone = **FindZone("Europe/Madrid");
  const std::vector<Instant> times = Times(zone);
  size_t told = 0;
  for (const std::string_view inner : kSpans) {
    for (const std::string_view outer : kSpans) {
      if (inner == outer) continue;
      const bool within = CountsWithin(inner, outer, times, zone);
      EXPECT_EQ(IsTold(inner, 9, outer, 7), within) << inner << " within " << outer;
      EXPECT_FALSE(IsTold(inner, 6, outer, 7)) << inner << " within " << outer;
      told += within ? 1 : 0;
    }
  }
  EXPECT_GT(told, 30u);
}

TEST(Caps, AreToldWhereAnotherLetsTooFewThrough) {
  const Zone& zone = **FindZone("Europe/Madrid");
  std::vector<Instant> times = Times(zone);
  // The first of them, too: a span of days that begins late and ends early touches most.
  for (int64_t day = 0; day < 730; ++day) {
    times.push_back(zone.ToInstant(LocalDateTime{AddDays(zone.DateAt(kFrom), day), {}}));
  }
  for (const std::string_view inner : kSpans) {
    for (const std::string_view outer : kSpans) {
      if (inner == outer) continue;
      int64_t most = 0;
      for (const Instant now : times) most = std::max(most, MostThrough(inner, outer, zone, now));
      if (most == 1) continue;  // the one counts within the other
      EXPECT_TRUE(IsBeyond(outer, 5 * most + 1, inner, 5)) << inner << " in " << outer;
      EXPECT_FALSE(IsBeyond(outer, 5 * most, inner, 5)) << inner << " in " << outer;
    }
  }
}

}  // namespace
}  // namespace pm
