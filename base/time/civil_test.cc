#include "base/time/civil.h"

#include <gtest/gtest.h>

namespace pm {
namespace {

TEST(Civil, CountsDaysWithoutAGapOverWholeCycles) {
  EXPECT_EQ(DayNumber({1970, 1, 1}), 0);
  EXPECT_EQ(DayNumber({2000, 3, 1}), 11'017);
  LocalDate date{-1, 12, 28};
  Weekday weekday = WeekdayOf(date);
  for (int64_t day = DayNumber(date); day < DayNumber({810, 1, 1}); ++day) {
    ASSERT_EQ(DayNumber(date), day);
    ASSERT_EQ(DateOfDay(day), date);
    ASSERT_EQ(WeekdayOf(date), weekday);
    ASSERT_TRUE(IsDate(date.year, date.month, date.day));
    weekday = static_cast<Weekday>((static_cast<int>(weekday) + 1) % 7);
    ++date.day;
    if (!IsDate(date.year, date.month, date.day)) date = {date.year, date.month + 1, 1};
    if (date.month == 13) date = {date.year + 1, 1, 1};
  }
}

TEST(Civil, KnowsWeekdaysAndLeapYears) {
  EXPECT_EQ(WeekdayOf({1970, 1, 1}), Weekday::kThursday);
  EXPECT_EQ(WeekdayOf({2026, 11, 22}), Weekday::kSunday);
  EXPECT_EQ(WeekdayOf({1, 1, 1}), Weekday::kMonday);
  EXPECT_TRUE(IsDate(2000, 2, 29));
  EXPECT_FALSE(IsDate(2100, 2, 29));
  EXPECT_EQ(AddDays({2024, 2, 28}, 2), (LocalDate{2024, 3, 1}));
  EXPECT_EQ(AddDays({2024, 1, 1}, -1), (LocalDate{2023, 12, 31}));
}

TEST(Civil, SplitsMillisecondsBeforeAndAfterTheEpoch) {
  EXPECT_EQ(FromLocalMs(-1), (LocalDateTime{{1969, 12, 31}, {86'399'999}}));
  EXPECT_EQ(ToLocalMs({{1970, 1, 2}, {1}}), kDayMs + 1);
  EXPECT_EQ(FromLocalMs(-kDayMs), (LocalDateTime{{1969, 12, 31}, {0}}));
}

TEST(CivilText, ReadsAndWritesDates) {
  EXPECT_EQ(ParseDate("2024-02-29").value(), (LocalDate{2024, 2, 29}));
  EXPECT_EQ(FormatDate({987, 6, 5}), "0987-06-05");
  for (const char* text : {"", "2023-02-29", "2023-2-09", "2023/02/09", "0000-01-01", "2023-02-091",
                           "2023-00-10", "-023-01-01", "20230101"}) {
    ASSERT_FALSE(ParseDate(text).has_value()) << text;
    EXPECT_EQ(ParseDate(text).error().code, 24);
  }
}

TEST(CivilText, ReadsAndWritesTimesOfDay) {
  EXPECT_EQ(ParseTimeOfDay("09:30").value().ms, 34'200'000);
  EXPECT_EQ(ParseTimeOfDay("09:30:05").value().ms, 34'205'000);
  EXPECT_EQ(ParseTimeOfDay("24:00").value().ms, kDayMs);
  EXPECT_EQ(FormatTimeOfDay({34'200'000}), "09:30");
  EXPECT_EQ(FormatTimeOfDay({34'205'007}), "09:30:05.007");
  EXPECT_EQ(FormatTimeOfDay({static_cast<int32_t>(kDayMs)}), "24:00");
  for (const char* text :
       {"", "9:30", "24:01", "25:00", "12:60", "12:00:60", "1200", "12:00:", "12:00x", "ab:cd"}) {
    ASSERT_FALSE(ParseTimeOfDay(text).has_value()) << text;
    EXPECT_EQ(ParseTimeOfDay(text).error().code, 24);
  }
}

TEST(CivilText, ReadsAndWritesWeekdays) {
  EXPECT_EQ(ParseWeekday("mon").value(), Weekday::kMonday);
  EXPECT_EQ(FormatWeekday(Weekday::kSunday), "sun");
  EXPECT_EQ(ParseWeekday("Mon").error().code, 24);
}

}  // namespace
}  // namespace pm
