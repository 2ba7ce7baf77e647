#include "base/time/icalendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/time/calendar.h"
#include "base/time/text.h"

namespace pm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Zone& Named(std::string_view name) {
  const auto zone = FindZone(name);
  PM_CHECK(zone.has_value());
  return **zone;
}

std::string Event(std::string_view lines) {
  return "BEGIN:VEVENT\r\n" + std::string(lines) + "\r\nEND:VEVENT\r\n";
}

std::string File(std::string_view events) {
  return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + std::string(events) + "END:VCALENDAR\r\n";
}

// All of 2026 and 2027 in Berlin.
Result<ClosedTimes> Read(std::string_view events) {
  return ReadICalendar(File(events), Named("Europe/Berlin"), {2026, 1, 1}, {2028, 1, 1});
}

std::vector<std::string> Dates(std::string_view lines) {
  const auto read = Read(Event(lines));
  if (!read.has_value()) return {read.error().text};
  std::vector<std::string> dates;
  for (const LocalDate& date : read->dates) dates.push_back(FormatDate(date));
  return dates;
}

std::vector<std::string> Times(std::string_view events) {
  const auto read = Read(events);
  if (!read.has_value()) return {read.error().text};
  std::vector<std::string> times;
  for (const Interval& time : read->times) {
    times.push_back(FormatInstant({time.begin}) + "/" + FormatInstant({time.end}));
  }
  return times;
}

std::string ErrorOf(std::string_view events, int code = 28) {
  const auto read = Read(events);
  if (read.has_value()) return "no error";
  EXPECT_EQ(read.error().code, code) << read.error().text;
  return read.error().text;
}

TEST(ICalendar, ReadsAllDayEventsAsDates) {
  EXPECT_THAT(Dates("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227"),
              ElementsAre("2026-12-24", "2026-12-25", "2026-12-26"));
  EXPECT_THAT(Dates("DTSTART;VALUE=DATE:20261224"), ElementsAre("2026-12-24"));
  EXPECT_THAT(Dates("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261224"),
              ElementsAre("2026-12-24"));
  EXPECT_THAT(Dates("DTSTART;VALUE=DATE:20261224\r\nDURATION:P2D\r\nTRANSP:TRANSPARENT"),
              ElementsAre("2026-12-24", "2026-12-25"));
}

TEST(ICalendar, KeepsToTheTimeAskedFor) {
  EXPECT_THAT(Dates("DTSTART;VALUE=DATE:20251230\r\nDTEND;VALUE=DATE:20260103"),
              ElementsAre("2026-01-01", "2026-01-02"));
  EXPECT_THAT(Dates("DTSTART;VALUE=DATE:20271231\r\nDTEND;VALUE=DATE:20280105"),
              ElementsAre("2027-12-31"));
  EXPECT_THAT(Dates("DTSTART;VALUE=DATE:19990101\r\nRRULE:FREQ=YEARLY"),
              ElementsAre("2026-01-01", "2027-01-01"));
  EXPECT_THAT(Times(Event("DTSTART:20251231T220000Z\r\nDTEND:20251231T230000Z")), IsEmpty());
  EXPECT_THAT(Times(Event("DTSTART:20251231T220000Z\r\nDTEND:20251231T230001Z")),
              ElementsAre("2025-12-31T22:00:00Z/2025-12-31T23:00:01Z"));
}

TEST(ICalendar, ReadsTimesInUtcInAZoneAndFloating) {
  EXPECT_THAT(Times(Event("DTSTART:20260701T080000Z\r\nDTEND:20260701T090000Z")),
              ElementsAre("2026-07-01T08:00:00Z/2026-07-01T09:00:00Z"));
  EXPECT_THAT(Times(Event("DTSTART;TZID=America/New_York:20260701T080000\r\nDURATION:PT90M")),
              ElementsAre("2026-07-01T12:00:00Z/2026-07-01T13:30:00Z"));
  EXPECT_THAT(
      Times(Event("DTSTART;TZID=\"/mozilla.org/20050126_1/America/New_York\":20260701T080000\r\n"
                  "DTEND:20260701T130000Z")),
      ElementsAre("2026-07-01T12:00:00Z/2026-07-01T13:00:00Z"));
  EXPECT_THAT(Times(Event("DTSTART:20260701T080000\r\nDTEND:20260701T090000")),
              ElementsAre("2026-07-01T06:00:00Z/2026-07-01T07:00:00Z"));
  EXPECT_THAT(Times(Event("DTSTART:20260701T080000")), IsEmpty());
}

TEST(ICalendar, ExpandsRulesOnTheWallClock) {
  EXPECT_THAT(Times(Event("DTSTART;TZID=Europe/Berlin:20260327T090000\r\n"
                          "DTEND;TZID=Europe/Berlin:20260327T100000\r\n"
                          "RRULE:FREQ=DAILY;INTERVAL=3;COUNT=2")),
              ElementsAre("2026-03-27T08:00:00Z/2026-03-27T09:00:00Z",
                          "2026-03-30T07:00:00Z/2026-03-30T08:00:00Z"));
  EXPECT_THAT(Dates("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3"),
              ElementsAre("2026-01-01", "2026-01-30", "2026-02-27", "2026-03-27"));
  EXPECT_THAT(Dates("DTSTART;VALUE=DATE:20261126\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"),
              ElementsAre("2026-11-26", "2027-11-25"));
}

TEST(ICalendar, EndsRulesAtUntilInEveryForm) {
  const std::string daily =
      "DTSTART;TZID=America/New_York:20260701T220000\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;UNTIL=";
  EXPECT_EQ(Times(Event(daily + "20260703T020000Z")).size(), 2u);
  EXPECT_EQ(Times(Event(daily + "20260703T015959Z")).size(), 1u);
  EXPECT_EQ(Times(Event(daily + "20260702T220000")).size(), 2u);
  EXPECT_EQ(Times(Event(daily + "20260703")).size(), 3u);
  EXPECT_THAT(Dates("DTSTART;VALUE=DATE:20260701\r\nRRULE:FREQ=DAILY;UNTIL=20260702"),
              ElementsAre("2026-07-01", "2026-07-02"));
  EXPECT_THAT(Dates("DTSTART;VALUE=DATE:20260701\r\nRRULE:FREQ=DAILY;UNTIL=20260702T000000Z"),
              ElementsAre("2026-07-01", "2026-07-02"));
}

TEST(ICalendar, TakesOutExceptionsAndAddsExtraDates) {
  EXPECT_THAT(Dates("DTSTART;VALUE=DATE:20260701\r\nRRULE:FREQ=DAILY;COUNT=5\r\n"
                    "EXDATE;VALUE=DATE:20260702,20260704\r\nRDATE;VALUE=DATE:20260710"),
              ElementsAre("2026-07-01", "2026-07-03", "2026-07-05", "2026-07-10"));
  EXPECT_THAT(Times(Event("DTSTART;TZID=Europe/Berlin:20260701T090000\r\nDURATION:PT1H\r\n"
                          "RRULE:FREQ=DAILY;COUNT=4\r\nEXDATE:20260702T070000Z\r\n"
                          "EXDATE;VALUE=DATE:20260703")),
              ElementsAre("2026-07-01T07:00:00Z/2026-07-01T08:00:00Z",
                          "2026-07-04T07:00:00Z/2026-07-04T08:00:00Z"));
}

TEST(ICalendar, AMovedOccurrenceReplacesTheOldOne) {
  const std::string series = Event(
      "UID:a\r\nDTSTART;TZID=Europe/Berlin:20260701T090000\r\nDURATION:PT1H\r\n"
      "RRULE:FREQ=DAILY;COUNT=2");
  EXPECT_THAT(Times(series + Event("UID:a\r\nRECURRENCE-ID:20260702T070000Z\r\n"
                                   "DTSTART:20260702T120000Z\r\nDURATION:PT1H")),
              ElementsAre("2026-07-01T07:00:00Z/2026-07-01T08:00:00Z",
                          "2026-07-02T12:00:00Z/2026-07-02T13:00:00Z"));
  EXPECT_EQ(Times(series + Event("UID:a\r\nRECURRENCE-ID:20260702T070000Z\r\nSTATUS:CANCELLED\r\n"
                                 "DTSTART:20260702T120000Z\r\nDURATION:PT1H"))
                .size(),
            1u);
  EXPECT_THAT(Times(Event("STATUS:CANCELLED\r\nDTSTART:20260702T120000Z\r\nDURATION:PT1H")),
              IsEmpty());
}

TEST(ICalendar, ReadsFoldedLinesNestedPartsAndLineEndsOfBothKinds) {
  const auto read = ReadICalendar(
      "\xEF\xBB\xBF"
      "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:16010101T000000\n"
      "END:STANDARD\nEND:VTIMEZONE\nBEGIN:VTODO\nDTSTART:20260101T000000Z\nEND:VTODO\n"
      "begin:vevent\nSUMMARY:Long\n  story\ndtstart;value=da\n te:20260501\nBEGIN:VALARM\n"
      "TRIGGER:-PT15M\nDURATION:PT5M\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR",
      Utc(), {2026, 1, 1}, {2027, 1, 1});
  ASSERT_TRUE(read.has_value()) << read.error().text;
  EXPECT_THAT(read->dates, ElementsAre(LocalDate{2026, 5, 1}));
  EXPECT_THAT(read->times, IsEmpty());
}

TEST(ICalendar, NamesTheLineOfEveryProblem) {
  EXPECT_EQ(ErrorOf(Event("DTSTART:soon") + Event("SUMMARY:x")),
            "line 4: `DTSTART:soon` cannot be read\nline 6: an event without DTSTART");
  EXPECT_THAT(ErrorOf(Event("DTSTART;VALUE=DATE:20260230")), HasSubstr("line 4: "));
  EXPECT_THAT(ErrorOf(Event("DTSTART:20260101T250000Z")), HasSubstr("line 4: "));
  EXPECT_THAT(ErrorOf(Event("DTSTART:20260101T000000Z\r\nDTSTART:20260102T000000Z")),
              HasSubstr("line 5: a second DTSTART"));
  EXPECT_THAT(ErrorOf(Event("DTSTART;TZID=Moon/Base:20260101T000000")),
              HasSubstr("line 4: TZID `Moon/Base`"));
  EXPECT_THAT(ErrorOf(Event("DTSTART:20260102T000000Z\r\nDTEND:20260101T000000Z")),
              HasSubstr("line 5: ends before it begins"));
  EXPECT_THAT(ErrorOf(Event("DTSTART:20260102T000000Z\r\nDTEND;VALUE=DATE:20260103")),
              HasSubstr("both be dates"));
  EXPECT_THAT(ErrorOf(Event("DTSTART:20260102T000000Z\r\nDURATION:-PT1H")),
              HasSubstr("ends before it begins"));
  EXPECT_THAT(ErrorOf(Event("DTSTART:20260102T000000Z\r\nDURATION:long")), HasSubstr("line 5: "));
  EXPECT_THAT(ErrorOf(Event("DTSTART;VALUE=DATE:20260102\r\nDURATION:PT1H")),
              HasSubstr("whole days"));
  EXPECT_THAT(ErrorOf(Event("DTSTART:20260102T000000Z\r\nDTEND:20260103T000000Z\r\nDURATION:P1D")),
              HasSubstr("line 6: an event has DTEND or DURATION"));
  EXPECT_THAT(ErrorOf(Event("DTSTART:20260102T000000Z\r\nRRULE:FREQ=SOMETIMES")),
              HasSubstr("line 5: "));
  EXPECT_THAT(ErrorOf(Event("DTSTART:20260102T000000Z\r\nRRULE:FREQ=HOURLY")),
              HasSubstr("more often than daily"));
  EXPECT_THAT(ErrorOf(Event("DTSTART:20260102T000000Z\r\nRRULE:FREQ=DAILY;BYHOUR=1,2")),
              HasSubstr("BYHOUR"));
  EXPECT_THAT(ErrorOf(Event("DTSTART:20260102T000000Z\r\nRRULE:FREQ=DAILY\r\nRRULE:FREQ=DAILY")),
              HasSubstr("line 6: a second RRULE"));
  EXPECT_THAT(ErrorOf(Event("DTSTART:20260102T000000Z\r\n"
                            "RECURRENCE-ID;RANGE=THISANDFUTURE:20260102T000000Z")),
              HasSubstr("THISANDFUTURE"));
  EXPECT_THAT(ErrorOf(Event("DTSTART:20260102T000000Z\r\nEXDATE:20260102T000000Z,never")),
              HasSubstr("line 5: "));
}

TEST(ICalendar, RefusesBrokenStructure) {
  const auto error = [](std::string_view text) {
    const auto read = ReadICalendar(text, Utc(), {2026, 1, 1}, {2027, 1, 1});
    return read.has_value() ? std::string("no error") : read.error().text;
  };
  EXPECT_EQ(error(""), "line 1: want BEGIN:VCALENDAR here");
  EXPECT_EQ(error("BEGIN:VEVENT\nEND:VEVENT\n"), "line 1: want BEGIN:VCALENDAR here");
  EXPECT_EQ(error("VERSION:2.0\n"), "line 1: want BEGIN:VCALENDAR here");
  EXPECT_EQ(error(" x\n"), "line 1: a continuation without a line before it");
  EXPECT_EQ(error("BEGIN:VCALENDAR\nhello\n"), "line 2: no colon, so no property");
  EXPECT_EQ(error("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n"),
            "line 3: END:VCALENDAR ends nothing that is open");
  EXPECT_EQ(error("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x"), "line 3: END:VEVENT is missing");
  EXPECT_EQ(error(std::string_view("BEGIN:VCALENDAR\nX:\0\n", 20)), "line 2: a zero byte");
}

TEST(ICalendar, BoundsSizeLengthAndOccurrences) {
  EXPECT_THAT(ErrorOf(std::string(kMaxICalendarBytes, 'X'), 29), HasSubstr("bytes are more than"));
  EXPECT_THAT(ErrorOf(Event("DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20370101"), 29),
              HasSubstr("longer than ten years"));
  std::string many;
  for (int i = 0; i < 6; ++i) {
    many += Event("DTSTART;VALUE=DATE:19700101\r\nRRULE:FREQ=DAILY");
  }
  EXPECT_THAT(ErrorOf(many, 29), HasSubstr("more than 100000 occurrences"));
  std::string barren;
  for (int i = 0; i < 40; ++i) {
    barren += Event("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31");
  }
  EXPECT_THAT(ErrorOf(barren, 29), HasSubstr("too many rules without any occurrence"));
}

TEST(ICalendar, RulesThatNeverMatchEnd) {
  for (const char* rule :
       {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4", "FREQ=WEEKLY;BYMONTH=13", "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=YEARLY;BYWEEKNO=60", "FREQ=DAILY;INTERVAL=0", "FREQ=YEARLY;INTERVAL=32000",
        "FREQ=DAILY;BYSETPOS=400;BYDAY=MO"}) {
    const auto read = Read(Event(std::string("DTSTART;VALUE=DATE:20260101\r\nRRULE:") + rule));
    if (read.has_value()) {
      EXPECT_LE(read->dates.size(), 731u) << rule;
    } else {
      EXPECT_EQ(read.error().code, 28) << rule;
    }
  }
}

TEST(ICalendar, ManyExceptionsToManyOccurrencesAreTakenOutInBoundedTime) {
  std::string event =
      "DTSTART:19700101T100000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY\r\n"
      "EXDATE:20260102T100000Z";
  for (int i = 0; i < 100'000; ++i) event += ",19700101T100000Z";
  const auto read = Read(Event(event));
  ASSERT_TRUE(read.has_value()) << read.error().text;
  EXPECT_EQ(read->times.size(), 729u) << "two years, and a day of them excepted";
}

TEST(ICalendar, ClosesACalendar) {
  auto read = Read(Event("DTSTART;VALUE=DATE:20261123") +
                   Event("DTSTART:20261124T090000\r\nDURATION:PT2H"));
  ASSERT_TRUE(read.has_value()) << read.error().text;
  CalendarSpec spec;
  for (auto& day : spec.weekly) day = {ParseSlot("09:00-17:00").value()};
  spec.holidays = read->dates;
  spec.leave = read->times;
  const Calendar calendar(spec, Named("Europe/Berlin"));
  EXPECT_EQ(FormatInstant(calendar.NextOpen(ParseInstant("2026-11-22T16:00:00Z").value())),
            "2026-11-24T10:00:00Z");
}

}  // namespace
}  // namespace pm
