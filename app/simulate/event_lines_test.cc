#include "app/simulate/event_lines.h"

#include <gmock/gmock.h>

#include "base/time/text.h"

namespace pm {
namespace {

std::string Event(std::string_view time) { return fmt::format("{{\"time\":\"{}\"}}\n", time); }

std::vector<std::string> Times(const EventLines& lines) {
  std::vector<std::string> times;
  for (const EventLine& line : lines.events) times.push_back(FormatInstant(line.at));
  return times;
}

TEST(EventLines, TimeNeverGoesBackAndLinesWithoutOneComeAtThatBefore) {
  const std::string text = Event("2026-03-02T09:00:00Z") + "\r\n  \n{}\r\n" +
                           Event("2026-03-02T08:00:00Z") + Event("2026-03-02T09:30:00Z");
  const auto lines = ReadEventLines(text);
  ASSERT_TRUE(lines.has_value());
  EXPECT_THAT(Times(*lines), testing::ElementsAre("2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z",
                                                  "2026-03-02T09:00:00Z", "2026-03-02T09:30:00Z"));
  EXPECT_EQ(lines->events[1].text, "{}");
  EXPECT_EQ(NotesOn(*lines), "");
}

TEST(EventLines, AByteOrderMarkIsNoPartOfTheFirstEvent) {
  const std::string text = "\xEF\xBB\xBF" + Event("2026-03-02T09:00:00Z");
  const auto lines = ReadEventLines(text);
  ASSERT_TRUE(lines.has_value());
  ASSERT_EQ(lines->events.size(), 1U);
  EXPECT_EQ(std::string(lines->events[0].text) + "\n", Event("2026-03-02T09:00:00Z"));
}

TEST(EventLines, LinesBeforeTheFirstTimeAreTakenThenAndToldOf) {
  const auto lines = ReadEventLines("{}\nnonsense\n" + Event("2026-03-02T09:00:00Z"));
  ASSERT_TRUE(lines.has_value());
  EXPECT_EQ(Times(*lines)[0], "2026-03-02T09:00:00Z");
  EXPECT_THAT(NotesOn(*lines), testing::HasSubstr("2 events have no time and stand before line 3"));
}

TEST(EventLines, OneJsonArrayOfEventsIsTakenToo) {
  const std::string text = "\xEF\xBB\xBF\n[{\"time\":\"2026-03-02T09:00:00Z\"},\n {}, " +
                           Event("2028-03-02T09:00:00Z") + "]\n";
  const auto lines = ReadEventLines(text);
  ASSERT_TRUE(lines.has_value());
  ASSERT_EQ(lines->events.size(), 3U);
  EXPECT_EQ(lines->events[1].text, "{}");
  EXPECT_EQ(Times(*lines)[2], "2028-03-02T09:00:00Z");
  EXPECT_THAT(NotesOn(*lines), testing::StartsWith("note: event 3: time jumps on"));
  const std::string broken = "[1,\n" + Event("2026-03-02T09:00:00Z");
  EXPECT_EQ(ReadEventLines(broken)->events.size(), 2U) << "by lines, each with its dead letter";
}

TEST(EventLines, AFileWithoutAnyTimeIsRefused) {
  EXPECT_EQ(ReadEventLines("{}\n{\"time\":\"soon\"}\n").error().code, 715);
  EXPECT_TRUE(ReadEventLines("\n")->events.empty()) << "nothing is nothing to refuse";
}

TEST(EventLines, LeapsOfMoreThanAYearAreToldOf) {
  const auto lines = ReadEventLines(Event("2026-03-02T09:00:00Z") + Event("9999-12-31T23:59:59Z") +
                                    Event("2026-03-02T09:01:00Z"));
  ASSERT_TRUE(lines.has_value());
  EXPECT_EQ(NotesOn(*lines),
            "note: line 2: time jumps on from 2026-03-02T09:00:00Z to 9999-12-31T23:59:59Z; "
            "whatever comes after is taken then\n"
            "note: line 3: time jumps back from 9999-12-31T23:59:59Z to 2026-03-02T09:01:00Z; "
            "the event is taken late\n");
  std::string many = Event("9999-12-31T23:59:59Z");
  for (int i = 0; i < 7; ++i) many += Event("2026-03-02T09:00:00Z");
  EXPECT_THAT(NotesOn(*ReadEventLines(many)), testing::EndsWith("note: 2 more jumps of time\n"));
}

}  // namespace
}  // namespace pm
