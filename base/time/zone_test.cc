#include "base/time/zone.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/time/text.h"

namespace pm {
namespace {

const Zone& Named(std::string_view name) {
  const auto zone = FindZone(name);
  PM_CHECK(zone.has_value());
  return **zone;
}

Instant At(std::string_view text) { return ParseInstant(text).value(); }

LocalDateTime Wall(std::string_view date, std::string_view time) {
  return {ParseDate(date).value(), ParseTimeOfDay(time).value()};
}

TEST(Zone, ConvertsBothWays) {
  const Zone& berlin = Named("Europe/Berlin");
  EXPECT_EQ(berlin.ToLocal(At("2026-07-01T10:00:00Z")), Wall("2026-07-01", "12:00"));
  EXPECT_EQ(berlin.ToInstant(Wall("2026-01-01", "00:00")), At("2025-12-31T23:00:00Z"));
  EXPECT_EQ(berlin.ToInstant(Wall("2026-01-01", "24:00")), At("2026-01-01T23:00:00Z"));
  EXPECT_EQ(Utc().ToInstant(Wall("2026-01-01", "05:00")), At("2026-01-01T05:00:00Z"));
}

TEST(Zone, MovesAWallClockInAGapForwardByTheGap) {
  EXPECT_EQ(Named("Europe/Berlin").ToInstant(Wall("2024-03-31", "02:30")),
            At("2024-03-31T01:30:00Z"));
  EXPECT_EQ(Named("Europe/Berlin").ToInstant(Wall("2024-03-31", "02:00")),
            Named("Europe/Berlin").ToInstant(Wall("2024-03-31", "03:00")));
  EXPECT_EQ(Named("Australia/Lord_Howe").ToInstant(Wall("2024-10-06", "02:10")),
            Named("Australia/Lord_Howe").ToInstant(Wall("2024-10-06", "02:40")));
}

TEST(Zone, TakesTheFirstOccurrenceInAFold) {
  EXPECT_EQ(Named("America/Los_Angeles").ToInstant(Wall("2014-11-02", "01:30")),
            At("2014-11-02T08:30:00Z"));
  EXPECT_EQ(Named("America/Los_Angeles").ToInstant(Wall("2014-11-02", "02:00")),
            At("2014-11-02T10:00:00Z"));
}

TEST(Zone, RoundTripsEveryInstantOutsideAFold) {
  for (const char* name : {"Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kolkata",
                           "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca"}) {
    const Zone& zone = Named(name);
    for (int64_t ms = -4'000'000'000'000; ms < 16'000'000'000'000; ms += 7'654'321'000) {
      const LocalDateTime local = zone.ToLocal({ms});
      const Instant back = zone.ToInstant(local);
      ASSERT_LE(back.ms, ms) << name;
      ASSERT_EQ(zone.ToLocal(back), local) << name << " " << ms;
    }
  }
}

TEST(Zone, KeepsSummerTimeAfterTheDatabaseEnds) {
  const Zone& berlin = Named("Europe/Berlin");
  EXPECT_EQ(berlin.OffsetMs(At("2037-07-01T00:00:00Z")), 7'200'000);
  EXPECT_EQ(berlin.OffsetMs(At("2038-03-28T00:59:59Z")), 3'600'000);
  EXPECT_EQ(berlin.OffsetMs(At("2038-03-28T01:00:00Z")), 7'200'000);
  EXPECT_EQ(berlin.OffsetMs(At("2040-10-28T00:59:59Z")), 7'200'000);
  EXPECT_EQ(berlin.OffsetMs(At("2040-10-28T01:00:00Z")), 3'600'000);
  EXPECT_EQ(berlin.OffsetMs(At("9999-07-01T00:00:00Z")), 7'200'000);
  EXPECT_EQ(berlin.OffsetMs(At("9999-12-01T00:00:00Z")), 3'600'000);
  EXPECT_EQ(berlin.ToInstant(Wall("9999-07-01", "12:00")), At("9999-07-01T10:00:00Z"));
  const Zone& sydney = Named("Australia/Sydney");
  EXPECT_EQ(sydney.OffsetMs(At("2041-01-15T00:00:00Z")), 39'600'000);
  EXPECT_EQ(sydney.OffsetMs(At("2041-06-15T00:00:00Z")), 36'000'000);
  EXPECT_EQ(Named("Asia/Tokyo").OffsetMs(At("2050-07-01T00:00:00Z")), 32'400'000);
}

TEST(Zone, ResolvesAliasesToOneZone) {
  EXPECT_EQ(&Named("US/Eastern"), &Named("America/New_York"));
  EXPECT_EQ(Named("Asia/Calcutta").name(), "Asia/Kolkata");
  EXPECT_EQ(Named("UTC").name(), Utc().name());
}

TEST(Zone, RefusesUnknownNames) {
  for (const char* name : {"", "Mars/Base", "europe/berlin", "localtime", "right/Europe/Berlin",
                           "../../etc/passwd", "CET+1", "tzdata.zi"}) {
    const auto zone = FindZone(name);
    ASSERT_FALSE(zone.has_value()) << name;
    EXPECT_EQ(zone.error().code, 25) << name;
  }
}

TEST(Zone, NamesTheDatabaseVersion) {
  const auto version = TimeZoneVersion();
  ASSERT_TRUE(version.has_value());
  EXPECT_GE(version->size(), 5u);
  EXPECT_GE(*version, "2020a");
}

TEST(Zone, IsFoundByManyThreadsAtOnce) {
  std::vector<const Zone*> found(8);
  std::vector<std::thread> threads;
  for (const Zone*& zone : found) {
    threads.emplace_back([&zone] { zone = &Named("America/Chicago"); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Zone* zone : found) EXPECT_EQ(zone, found.front());
}

}  // namespace
}  // namespace pm
