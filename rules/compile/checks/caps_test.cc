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

bool IsTold(std::string_view inner, int64_t limit, std::string_view outer, int64_t other) {
  const std::string rules = fmt::format(
      "kind: team\n"
      "pools: {{ west: {{ members: [ana], caps: [{} per {}, {} per {}], overflow: house }}, "
      "house: {{ strategy: queue }} }}\n"
      "---\n"
      "kind: routing\n"
      "otherwise: {{ to: {{ pool: house }} }}\n",
      limit, inner, other, outer);
  const std::string told = Check({{"rules.yaml", rules}}).text;
  return told.find(fmt::format("'{} per {}' can never be reached", limit, inner)) !=
         std::string::npos;
}

TEST(Caps, AreToldToBeNeverReachedWhereCountingSaysSo) {
  std::vector<Instant> times;
  Random random(7);
  for (int i = 0; i < 20'000; ++i) {
    times.push_back(kFrom + Milliseconds(static_cast<int64_t>(random.Below(730ull * 86'400'000))));
  }
  // The last millisecond of days, weeks and months, on which clocks have gone back and otherwise.
  const Zone& zone = **FindZone("Europe/Madrid");
  for (int64_t day = 0; day < 730; ++day) {
    const LocalDate date = AddDays(zone.DateAt(kFrom), day);
    times.push_back(zone.ToInstant(LocalDateTime{date, {}}) - Milliseconds(1));
  }
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

}  // namespace
}  // namespace pm
