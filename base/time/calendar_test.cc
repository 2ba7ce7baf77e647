#include "base/time/calendar.h"

#include <gtest/gtest.h>

#include <random>
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
LocalDate Date(std::string_view text) { return ParseDate(text).value(); }

// Monday to Friday (`days` may say otherwise), the same slots each day.
CalendarSpec Week(std::initializer_list<const char*> slots, size_t first = 0, size_t last = 4) {
  CalendarSpec spec;
  for (size_t day = first; day <= last; ++day) {
    for (const char* slot : slots) spec.weekly[day].push_back(ParseSlot(slot).value());
  }
  return spec;
}

Calendar Office() { return Calendar(Week({"09:00-17:00"}), Utc()); }

std::string Shown(Instant at) { return FormatInstant(at); }

TEST(SlotText, ReadsHoursAndNightShifts) {
  EXPECT_EQ(ParseSlot("09:00-17:30").value(), (Slot{32'400'000, 63'000'000}));
  EXPECT_EQ(ParseSlot("22:00-06:00").value(), (Slot{79'200'000, 108'000'000}));
  EXPECT_EQ(ParseSlot("22:00-00:00").value(), (Slot{79'200'000, 86'400'000}));
  EXPECT_EQ(ParseSlot("00:00-24:00").value(), (Slot{0, 86'400'000}));
  EXPECT_EQ(ParseSlot("09:00-09:00").error().code, 27);
  EXPECT_EQ(ParseSlot("24:00-09:00").error().code, 27);
  EXPECT_EQ(ParseSlot("09:00").error().code, 24);
  EXPECT_EQ(ParseSlot("09:00-25:00").error().code, 24);
}

TEST(Calendar, AddsOpenTimeOverNightsAndWeekends) {
  const Calendar office = Office();
  EXPECT_EQ(Shown(office.Add(At("2026-11-20T16:50:00Z"), Minutes(15))), "2026-11-23T09:05:00Z");
  EXPECT_EQ(Shown(office.Add(At("2026-11-21T12:00:00Z"), Minutes(15))), "2026-11-23T09:15:00Z");
  EXPECT_EQ(Shown(office.Add(At("2026-11-23T09:05:00Z"), -Minutes(15))), "2026-11-20T16:50:00Z");
  EXPECT_EQ(Shown(office.Add(At("2026-01-01T00:00:00Z"), Hours(8 * 261))), "2026-12-31T17:00:00Z");
}

TEST(Calendar, ADeadlineAtClosingStaysThere) {
  const Calendar office = Office();
  EXPECT_EQ(Shown(office.Add(At("2026-11-20T16:00:00Z"), Hours(1))), "2026-11-20T17:00:00Z");
  EXPECT_EQ(Shown(office.Add(At("2026-11-23T10:00:00Z"), -Hours(1))), "2026-11-23T09:00:00Z");
  EXPECT_EQ(office.Add(At("2026-11-21T10:00:00Z"), {}), At("2026-11-21T10:00:00Z"));
}

TEST(Calendar, TheClosingInstantIsClosed) {
  const Calendar office = Office();
  EXPECT_TRUE(office.IsOpen(At("2026-11-20T09:00:00Z")));
  EXPECT_TRUE(office.IsOpen(At("2026-11-20T16:59:59.999Z")));
  EXPECT_FALSE(office.IsOpen(At("2026-11-20T17:00:00Z")));
  EXPECT_FALSE(office.IsOpen(kNever));
}

TEST(Calendar, FindsOpeningsAndClosings) {
  const Calendar split(Week({"09:00-12:00", "13:00-17:00"}), Utc());
  const Instant noon = At("2026-11-20T12:00:00Z"), two = At("2026-11-20T14:00:00Z");
  EXPECT_EQ(Shown(split.NextOpen(noon)), "2026-11-20T13:00:00Z");
  EXPECT_EQ(split.NextOpen(two), two);
  EXPECT_EQ(Shown(split.NextClose(two)), "2026-11-20T17:00:00Z");
  EXPECT_EQ(Shown(split.NextClose(noon)), "2026-11-20T17:00:00Z");
  EXPECT_EQ(split.PrevClose(noon), noon);
  EXPECT_EQ(split.PrevClose(two), two);
  EXPECT_EQ(Shown(split.PrevClose(At("2026-11-20T13:00:00Z"))), "2026-11-20T12:00:00Z");
  EXPECT_EQ(Shown(split.PrevOpen(two)), "2026-11-20T13:00:00Z");
  EXPECT_EQ(Shown(split.PrevOpen(At("2026-11-20T09:00:00Z"))), "2026-11-19T13:00:00Z");
}

TEST(Calendar, MeasuresInBothDirections) {
  const Calendar office = Office();
  const Instant from = At("2025-12-31T16:00:00Z"), to = At("2026-01-02T10:00:00Z");
  EXPECT_EQ(office.Elapsed(from, to), Hours(10));
  EXPECT_EQ(office.Elapsed(to, from), -Hours(10));
  EXPECT_EQ(office.Elapsed(At("2020-01-01T00:00:00Z"), At("2025-01-01T00:00:00Z")),
            Hours(8 * 1305));
}

TEST(Calendar, NightShiftsPassMidnightAndTheYear) {
  const Calendar night(Week({"22:00-06:00"}, 0, 6), Utc());
  EXPECT_TRUE(night.IsOpen(At("2026-01-01T00:00:00Z")));
  EXPECT_EQ(Shown(night.NextClose(At("2025-12-31T23:00:00Z"))), "2026-01-01T06:00:00Z");
  EXPECT_EQ(Shown(night.PrevOpen(At("2026-01-01T01:00:00Z"))), "2025-12-31T22:00:00Z");
  EXPECT_EQ(Shown(night.Add(At("2025-12-31T23:30:00Z"), Hours(1))), "2026-01-01T00:30:00Z");
  EXPECT_EQ(night.OpenBetween(At("2025-12-31T12:00:00Z"), At("2026-01-01T12:00:00Z")),
            (Intervals{{At("2025-12-31T22:00:00Z").ms, At("2026-01-01T06:00:00Z").ms}}));
}

TEST(Calendar, HolidaysCloseTheDateAndTheNightThatBeginsOnIt) {
  CalendarSpec spec = Week({"22:00-06:00"}, 0, 6);
  spec.holidays = {Date("2026-12-25")};
  const Calendar night(spec, Utc());
  EXPECT_EQ(Shown(night.NextClose(At("2026-12-24T22:00:00Z"))), "2026-12-25T00:00:00Z");
  EXPECT_EQ(Shown(night.NextOpen(At("2026-12-25T00:00:00Z"))), "2026-12-26T22:00:00Z");
}

TEST(Calendar, ShiftsReplaceADateAndHolidaysWinOverThem) {
  CalendarSpec spec = Week({"09:00-17:00"});
  spec.shifts[Date("2026-11-21")] = {ParseSlot("10:00-12:00").value()};
  spec.shifts[Date("2026-11-23")] = {};
  spec.shifts[Date("2026-11-25")] = {ParseSlot("10:00-12:00").value()};
  spec.holidays = {Date("2026-11-25"), Date("2026-11-24")};
  const Calendar calendar(spec, Utc());
  EXPECT_EQ(Shown(calendar.NextOpen(At("2026-11-20T17:00:00Z"))), "2026-11-21T10:00:00Z");
  EXPECT_EQ(Shown(calendar.NextOpen(At("2026-11-21T12:00:00Z"))), "2026-11-26T09:00:00Z");
}

TEST(Calendar, BreaksAndLeaveAreTakenOut) {
  CalendarSpec spec = Week({"09:00-17:00"});
  spec.breaks = {{Date("2026-11-20"), ParseSlot("12:00-13:00").value()}};
  spec.leave = {{At("2026-11-20T15:00:00Z").ms, At("2026-11-23T10:00:00Z").ms}};
  const Calendar calendar(spec, Named("Europe/Berlin"));
  EXPECT_EQ(Shown(calendar.Add(At("2026-11-20T08:00:00Z"), Hours(6) + Minutes(1))),
            "2026-11-23T10:01:00Z");
}

TEST(Calendar, DaysOf23And25HoursCountAsTheyAre) {
  CalendarSpec spec = Week({"00:00-24:00"}, 0, 6);
  const Calendar berlin(spec, Named("Europe/Berlin"));
  EXPECT_EQ(berlin.Elapsed(At("2024-03-30T23:00:00Z"), At("2024-03-31T22:00:00Z")), Hours(23));
  const Calendar early(Week({"01:30-03:00"}, 0, 6), Named("America/New_York"));
  const auto open_on = [&](const char* from, const char* to) {
    return early.Elapsed(At(from), At(to));
  };
  EXPECT_EQ(open_on("2024-03-10T05:00:00Z", "2024-03-11T04:00:00Z"), Minutes(30));
  EXPECT_EQ(open_on("2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z"), Minutes(150));
}

TEST(Calendar, ADateTheZoneSkippedHasNoHours) {
  const Calendar apia(Week({"09:00-17:00"}), Named("Pacific/Apia"));
  EXPECT_FALSE(apia.IsBusinessDay(Date("2011-12-30")));
  EXPECT_EQ(Shown(apia.Add(At("2011-12-30T02:30:00Z"), Hours(10))), "2012-01-02T20:30:00Z");
}

TEST(Calendar, WithoutOpenTimeAnswersNever) {
  const Calendar closed(CalendarSpec{}, Utc());
  const Instant now = At("2026-11-22T00:00:00Z");
  EXPECT_EQ(closed.Add(now, Minutes(1)), kNever);
  EXPECT_EQ(closed.Add(now, -Minutes(1)), kNever);
  EXPECT_EQ(closed.NextOpen(now), kNever);
  EXPECT_EQ(closed.NextClose(now), kNever);
  EXPECT_EQ(closed.PrevClose(now), kNever);
  EXPECT_EQ(closed.PrevOpen(now), kNever);
  EXPECT_EQ(closed.Elapsed(now, now + Days(900)), Duration{});
  EXPECT_FALSE(closed.AddBusinessDays(Date("2026-11-22"), 1).has_value());
  EXPECT_EQ(closed.AddBusinessDays(now, 1), kNever);
  EXPECT_EQ(closed.CloseOfNthWorkingDay(now, 1), kNever);
}

TEST(Calendar, SearchesTenYearsAndNoFurther) {
  CalendarSpec spec;
  spec.shifts[Date("2036-01-02")] = {ParseSlot("09:00-17:00").value()};
  const Calendar once(spec, Utc());
  EXPECT_EQ(Shown(once.NextOpen(At("2026-11-22T00:00:00Z"))), "2036-01-02T09:00:00Z");
  EXPECT_EQ(once.NextOpen(At("2025-12-31T00:00:00Z")), kNever);
  EXPECT_EQ(once.Add(At("2026-11-22T00:00:00Z"), Hours(9)), kNever);
}

TEST(Calendar, OfShiftsAloneEndsWithTheLastOfThem) {
  CalendarSpec spec;
  spec.shifts[Date("2026-12-05")] = {ParseSlot("09:00-12:00").value()};
  spec.shifts[Date("2026-12-12")] = {ParseSlot("09:00-12:00").value()};
  const Calendar duty(spec, Utc());
  const Instant now = At("2026-11-22T00:00:00Z");
  EXPECT_EQ(Shown(duty.Add(now, Hours(4))), "2026-12-12T10:00:00Z");
  EXPECT_EQ(duty.Add(now, Hours(7)), kNever);
  EXPECT_EQ(Shown(duty.Add(At("2026-12-12T12:00:00Z"), -Hours(4))), "2026-12-05T11:00:00Z");
  EXPECT_EQ(duty.Elapsed(now, At("2027-01-01T00:00:00Z")), Hours(6));
  EXPECT_EQ(duty.NextOpen(At("2026-12-12T12:00:00Z")), kNever);
}

TEST(Calendar, AlwaysIsPlainArithmetic) {
  const Calendar always = Calendar::Always();
  const Instant now = At("2026-11-22T00:00:00Z");
  EXPECT_EQ(always.Add(now, Minutes(15)), now + Minutes(15));
  EXPECT_EQ(always.Elapsed(now, now - Days(3)), -Days(3));
  EXPECT_EQ(always.NextOpen(now), now);
  EXPECT_EQ(always.PrevClose(now), now);
  EXPECT_EQ(always.NextClose(now), kNever);
  EXPECT_EQ(always.PrevOpen(now), kNever);
  EXPECT_TRUE(always.IsBusinessDay(Date("2026-11-22")));
  EXPECT_EQ(always.OpenBetween(now, now + Days(1)), (Intervals{{now.ms, now.ms + kDayMs}}));
  EXPECT_EQ(always.Add(kLastInstant, Minutes(1)), kNever);
  const Calendar all_day(Week({"00:00-24:00"}, 0, 6), Named("Europe/Berlin"));
  EXPECT_EQ(all_day.NextClose(now), kNever);
  EXPECT_EQ(all_day.PrevOpen(now), kNever);
}

TEST(Calendar, AlwaysWithLeaveIsClosedThen) {
  CalendarSpec spec;
  spec.always = true;
  spec.leave = {{At("2026-11-22T00:00:00Z").ms, At("2026-11-24T00:00:00Z").ms}};
  const Calendar calendar(spec, Utc());
  EXPECT_EQ(Shown(calendar.Add(At("2026-11-21T23:50:00Z"), Minutes(15))), "2026-11-24T00:05:00Z");
}

TEST(Calendar, SurvivesTheEndsOfTime) {
  const Calendar office = Office();
  EXPECT_EQ(Shown(office.NextOpen(kFirstInstant)), "0001-01-01T09:00:00Z");
  EXPECT_EQ(office.PrevClose(kFirstInstant), kNever);
  EXPECT_EQ(office.Add(kLastInstant, Hours(1)), kNever);
  EXPECT_EQ(office.Add(kFirstInstant, -Hours(1)), kNever);
  EXPECT_EQ(office.Add(kNever, Hours(1)), kNever);
  EXPECT_EQ(office.Add(At("2026-11-22T00:00:00Z"), {INT64_MAX}), kNever);
  EXPECT_EQ(office.Add(At("2026-11-22T00:00:00Z"), {INT64_MIN}), kNever);
  EXPECT_EQ(office.Elapsed(kNever, kNever), Duration{});
  EXPECT_FALSE(office.AddBusinessDays(Date("9999-12-30"), 5).has_value());
}

TEST(Calendar, BothIsOpenWhereEachIs) {
  const Calendar madrid(Week({"09:00-18:00"}), Named("Europe/Madrid"));
  const Calendar new_york(Week({"08:00-17:00"}), Named("America/New_York"));
  const Calendar both = Calendar::Both(madrid, new_york);
  EXPECT_EQ(both.OpenBetween(At("2026-11-20T00:00:00Z"), At("2026-11-21T00:00:00Z")),
            (Intervals{{At("2026-11-20T13:00:00Z").ms, At("2026-11-20T17:00:00Z").ms}}));
  const Calendar los_angeles(Week({"10:00-17:00"}), Named("America/Los_Angeles"));
  EXPECT_EQ(Calendar::Both(madrid, los_angeles).NextOpen(At("2026-11-20T00:00:00Z")), kNever);
  const Calendar same = Calendar::Both(Calendar::Always(), madrid);
  EXPECT_FALSE(same.always());
  EXPECT_EQ(Shown(same.NextOpen(At("2026-11-20T00:00:00Z"))), "2026-11-20T08:00:00Z");
}

TEST(Calendar, CountsBusinessDaysFromTheNextOneWhenOnNone) {
  CalendarSpec spec = Week({"09:00-17:00"});
  spec.holidays = {Date("2026-12-25")};
  const Calendar calendar(spec, Named("Europe/Berlin"));
  EXPECT_EQ(calendar.AddBusinessDays(Date("2026-11-20"), 1), Date("2026-11-23"));
  EXPECT_EQ(calendar.AddBusinessDays(Date("2026-11-21"), 1), Date("2026-11-24"));
  EXPECT_EQ(calendar.AddBusinessDays(Date("2026-11-21"), -1), Date("2026-11-19"));
  EXPECT_EQ(calendar.AddBusinessDays(Date("2026-11-21"), 0), Date("2026-11-21"));
  EXPECT_EQ(calendar.AddBusinessDays(Date("2026-12-24"), 1), Date("2026-12-28"));
  EXPECT_FALSE(calendar.IsBusinessDay(Date("2026-12-25")));
  // The wall clock stays at 10:00 over the change to winter time.
  EXPECT_EQ(Shown(calendar.AddBusinessDays(At("2026-10-23T08:00:00Z"), 1)), "2026-10-26T09:00:00Z");
}

TEST(Calendar, ClosesOnTheNthDateWithOpenTimeLeft) {
  const Calendar split(Week({"09:00-12:00", "13:00-17:00"}), Utc());
  EXPECT_EQ(Shown(split.CloseOfNthWorkingDay(At("2026-11-20T11:00:00Z"), 1)),
            "2026-11-20T17:00:00Z");
  EXPECT_EQ(Shown(split.CloseOfNthWorkingDay(At("2026-11-20T17:00:00Z"), 1)),
            "2026-11-23T17:00:00Z");
  EXPECT_EQ(Shown(split.CloseOfNthWorkingDay(At("2026-11-20T11:00:00Z"), 3)),
            "2026-11-24T17:00:00Z");
  EXPECT_THROW(split.CloseOfNthWorkingDay(At("2026-11-20T11:00:00Z"), 0), BrokenInvariant);
}

CalendarSpec RandomSpec(std::mt19937_64* random) {
  const auto below = [&](uint64_t n) { return static_cast<int>((*random)() % n); };
  const auto slot = [&] {
    const int begin = below(96) * 15;
    return Slot{begin * 60'000, (begin + 15 + below(40) * 15) * 60'000};
  };
  CalendarSpec spec;
  for (auto& day : spec.weekly) {
    for (int n = below(3); n > 0; --n) day.push_back(slot());
  }
  const LocalDate start{2026, 1, 1};
  for (int n = below(4); n > 0; --n) spec.holidays.push_back(AddDays(start, below(14)));
  for (int n = below(3); n > 0; --n) spec.shifts[AddDays(start, below(14))] = {slot()};
  for (int n = below(3); n > 0; --n) spec.breaks.push_back({AddDays(start, below(14)), slot()});
  const int64_t leave = DayNumber(start) * kDayMs + below(20'000) * 60'000;
  spec.leave = {{leave, leave + below(3'000) * 60'000}};
  return spec;
}

// Straight from the definitions, for zones whose clocks do not change in the time looked at.
bool NaiveOpen(const CalendarSpec& spec, const Zone& zone, Instant at) {
  const LocalDateTime local = zone.ToLocal(at);
  const auto is_holiday = [&](LocalDate date) { return std::ranges::count(spec.holidays, date); };
  if (is_holiday(local.date)) return false;
  for (const Interval& leave : spec.leave) {
    if (leave.begin <= at.ms && at.ms < leave.end) return false;
  }
  const auto covers = [&](LocalDate date, Slot slot) {
    const int64_t since = ToLocalMs(local) - DayNumber(date) * kDayMs;
    return slot.begin_ms <= since && since < slot.end_ms;
  };
  for (const auto& pause : spec.breaks) {
    if (covers(pause.date, pause.slot)) return false;
  }
  for (const LocalDate date : {local.date, AddDays(local.date, -1)}) {
    if (is_holiday(date)) continue;
    const auto shift = spec.shifts.find(date);
    const auto& slots = shift != spec.shifts.end()
                            ? shift->second
                            : spec.weekly[static_cast<size_t>(WeekdayOf(date))];
    for (const Slot& slot : slots) {
      if (covers(date, slot)) return true;
    }
  }
  return false;
}

TEST(Calendar, AgreesWithAWalkFromMinuteToMinute) {
  std::mt19937_64 random(11);
  for (const char* name : {"UTC", "Asia/Kolkata", "America/New_York", "Pacific/Kiritimati"}) {
    const Zone& zone = Named(name);
    for (int round = 0; round < 25; ++round) {
      const CalendarSpec spec = RandomSpec(&random);
      const Calendar calendar(spec, zone);
      const Instant start = At("2025-12-30T00:00:00Z");
      int64_t minutes = 0;
      for (Instant at = start; at < start + Days(16); at = at + Minutes(1)) {
        const bool open = NaiveOpen(spec, zone, at);
        ASSERT_EQ(calendar.IsOpen(at), open) << name << " " << Shown(at) << " round " << round;
        ASSERT_EQ(calendar.Elapsed(start, at), Minutes(minutes));
        if (!open) continue;
        ++minutes;
        ASSERT_EQ(calendar.Add(start, Minutes(minutes)), at + Minutes(1));
      }
    }
  }
}

TEST(Calendar, AddingAndMeasuringAreInverseInEveryZone) {
  std::mt19937_64 random(12);
  for (const char* name : {"Europe/Berlin", "America/Havana", "Australia/Lord_Howe"}) {
    for (int round = 0; round < 20; ++round) {
      const Calendar calendar(RandomSpec(&random), Named(name));
      for (int i = 0; i < 200; ++i) {
        const Instant at{At("2026-01-01T00:00:00Z").ms +
                         static_cast<int64_t>(random() % (300 * 86'400'000ULL))};
        const Duration length{1 + static_cast<int64_t>(random() % (40 * 3'600'000ULL))};
        const Instant due = calendar.Add(at, length);
        if (due == kNever) continue;
        ASSERT_GT(due, at);
        ASSERT_EQ(calendar.Elapsed(at, due), length) << name << " " << Shown(at);
        ASSERT_TRUE(calendar.IsOpen({due.ms - 1}));
        const Instant back = calendar.Add(due, -length);
        ASSERT_EQ(calendar.Elapsed(back, due), length);
        ASSERT_TRUE(calendar.IsOpen(back));
      }
    }
  }
}

TEST(Calendar, ManyThreadsMayAskOne) {
  const Calendar office = Office();
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&] {
      for (int year = 1960; year < 2110; ++year) {
        const Instant begin{DayNumber({year, 1, 1}) * kDayMs};
        if (office.Elapsed(begin, begin + Days(28)) == Hours(160)) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 600);
}

}  // namespace
}  // namespace pm
