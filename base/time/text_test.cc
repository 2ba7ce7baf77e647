#include "base/time/text.h"

#include <gtest/gtest.h>

#include <random>

namespace pm {
namespace {

int CodeOf(std::string_view text) {
  const auto parsed = ParseInstant(text);
  return parsed.has_value() ? 0 : parsed.error().code;
}

std::string Rewritten(std::string_view text) {
  const auto parsed = ParseInstant(text);
  return parsed.has_value() ? FormatInstant(*parsed) : parsed.error().text;
}

TEST(InstantText, ReadsUtcOffsetsAndFractions) {
  EXPECT_EQ(Rewritten("2026-11-22T03:04:05Z"), "2026-11-22T03:04:05Z");
  EXPECT_EQ(Rewritten("2026-11-22t04:34:05.6+01:30"), "2026-11-22T03:04:05.600Z");
  EXPECT_EQ(Rewritten("2026-11-22 00:00:00.0019-14:00"), "2026-11-22T14:00:00.001Z");
  EXPECT_EQ(Rewritten("2026-11-22T03:04:05.000000-00:00"), "2026-11-22T03:04:05Z");
  EXPECT_EQ(ParseInstant("1970-01-01T00:00:00.001z")->ms, 1);
  EXPECT_EQ(ParseInstant("1969-12-31T23:59:59.999Z")->ms, -1);
}

TEST(InstantText, ReadsTheLeapSecondAsTheLastMillisecond) {
  EXPECT_EQ(Rewritten("2016-12-31T23:59:60Z"), "2016-12-31T23:59:59.999Z");
  EXPECT_EQ(Rewritten("2017-01-01T00:59:60.5+01:00"), "2016-12-31T23:59:59.999Z");
  EXPECT_EQ(CodeOf("2016-12-31T22:59:60Z"), 20);
  EXPECT_EQ(CodeOf("2016-12-31T23:59:61Z"), 20);
}

TEST(InstantText, RefusesYearsOutside1To9999InUtc) {
  EXPECT_EQ(ParseInstant("0001-01-01T00:00:00Z").value(), kFirstInstant);
  EXPECT_EQ(ParseInstant("9999-12-31T23:59:59.9999Z").value(), kLastInstant);
  EXPECT_EQ(CodeOf("0000-12-31T00:00:00Z"), 21);
  EXPECT_EQ(CodeOf("0001-01-01T00:00:00+00:01"), 21);
  EXPECT_EQ(CodeOf("9999-12-31T23:59:59-00:01"), 21);
}

TEST(InstantText, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "2026-11-22",
                           "2026-11-22T03:04:05",
                           "2026-11-22T03:04Z",
                           "2026-02-29T00:00:00Z",
                           "1900-02-29T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-11-31T00:00:00Z",
                           "2026-11-00T00:00:00Z",
                           "2026-11-22T24:00:00Z",
                           "2026-11-22T03:60:00Z",
                           "2026-11-22T03:04:05.Z",
                           "2026-11-22T03:04:05+24:00",
                           "2026-11-22T03:04:05+01:60",
                           "2026-11-22T03:04:05+0100",
                           "2026-11-22T03:04:05Z ",
                           " 2026-11-22T03:04:05Z",
                           "+2026-11-22T03:04:05Z",
                           "2026-11-22T03:04:05,5Z",
                           "2026-1-22T03:04:05Z",
                           "2026-11-22T03:04:-5Z",
                           "1763780645"}) {
    EXPECT_EQ(CodeOf(text), 20) << text;
  }
}

TEST(InstantText, WritesEveryInstantAndReadsItBack) {
  std::mt19937_64 random(7);
  std::uniform_int_distribution<int64_t> any(kFirstInstant.ms, kLastInstant.ms);
  for (int i = 0; i < 20'000; ++i) {
    const Instant at{any(random)};
    ASSERT_EQ(ParseInstant(FormatInstant(at)).value(), at) << at.ms;
  }
  EXPECT_EQ(FormatInstant(kNever), "never");
  EXPECT_EQ(FormatInstant({kLastInstant.ms + 1}), "+10000-01-01T00:00:00Z");
  EXPECT_EQ(FormatInstant({kFirstInstant.ms - 1}), "+0000-12-31T23:59:59.999Z");
}

TEST(DurationText, ReadsUnitsAndCombinations) {
  EXPECT_EQ(ParseDuration("90s").value(), Seconds(90));
  EXPECT_EQ(ParseDuration("1h30m").value(), Minutes(90));
  EXPECT_EQ(ParseDuration("1w2d3h4m5s6ms").value(),
            Days(9) + Hours(3) + Minutes(4) + Seconds(5) + Milliseconds(6));
  EXPECT_EQ(ParseDuration("0m").value(), Duration{});
  EXPECT_EQ(ParseDuration("36500d").value(), kLongestDuration);
}

TEST(DurationText, RefusesWhatIsNoDuration) {
  for (const char* text : {"", "5", "m", "1.5h", "-5m", "5 m", "1h 30m", "30m1h", "1h1h", "5M",
                           "5min", "1h30", "s5", "5sm"}) {
    const auto parsed = ParseDuration(text);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_EQ(parsed.error().code, 22) << text;
  }
  for (const char* text : {"36501d", "36500d1ms", "99999999999999999999999999w"}) {
    ASSERT_FALSE(ParseDuration(text).has_value()) << text;
    EXPECT_EQ(ParseDuration(text).error().code, 23) << text;
  }
}

TEST(DurationText, WritesTheShortestFormAndReadsItBack) {
  EXPECT_EQ(FormatDuration(Seconds(90)), "1m30s");
  EXPECT_EQ(FormatDuration(Days(14)), "14d");
  EXPECT_EQ(FormatDuration(-Minutes(5)), "-5m");
  EXPECT_EQ(FormatDuration({}), "0s");
  EXPECT_EQ(FormatDuration({INT64_MIN}), "-106751991167d7h12m55s808ms");
  std::mt19937_64 random(8);
  std::uniform_int_distribution<int64_t> any(0, kLongestDuration.ms);
  for (int i = 0; i < 5'000; ++i) {
    const Duration length{any(random)};
    ASSERT_EQ(ParseDuration(FormatDuration(length)).value(), length);
  }
}

TEST(SpanText, TellsBusinessDaysFromLengths) {
  EXPECT_EQ(ParseSpan("1 business day").value(), (Span{.length = {}, .business_days = 1}));
  EXPECT_EQ(ParseSpan("12 business days").value().business_days, 12);
  EXPECT_EQ(ParseSpan("1h30m").value(), (Span{.length = Minutes(90)}));
  EXPECT_EQ(FormatSpan({.length = {}, .business_days = 1}), "1 business day");
  EXPECT_EQ(FormatSpan({.length = {}, .business_days = 2}), "2 business days");
  EXPECT_EQ(FormatSpan({.length = Minutes(90)}), "1h30m");
}

TEST(SpanText, RefusesWhatIsNoSpan) {
  for (const char* text : {"business day", " business day", "x business days", "1 day",
                           "1 business  day", "1 business hour", "-1 business days"}) {
    ASSERT_FALSE(ParseSpan(text).has_value()) << text;
    EXPECT_EQ(ParseSpan(text).error().code, 22) << text;
  }
  EXPECT_EQ(ParseSpan("3651 business days").error().code, 23);
  EXPECT_EQ(ParseSpan("99999999999999 business days").error().code, 23);
}

}  // namespace
}  // namespace pm
