#include "rules/book_builder.h"

#include <gmock/gmock.h>

#include <thread>

#include "base/time/text.h"

namespace pm {
namespace {

using testing::ElementsAre;

CalendarSpec Weekdays(std::string_view slot) {
  CalendarSpec spec;
  for (int day = 0; day < 5; ++day) spec.weekly[static_cast<size_t>(day)] = {*ParseSlot(slot)};
  return spec;
}

Instant At(std::string_view text) { return *ParseInstant(text); }

TEST(RuleBook, FindsPartsByName) {
  RuleBookBuilder builder;
  builder->roster = {{.id = "bo"}, {.id = "ana"}};
  builder->pools.push_back({.name = "west", .desk = "us", .members = {{"ana", 1}}});
  builder->pools.push_back({.name = "house"});
  builder.AddSla({.name = "hot"});
  builder.AddCadence({.name = "inbound"});
  builder.AddList("partners", {"Acme.com", "beta.org"});
  const auto book = builder.Build();
  EXPECT_EQ(book->FindRep("ana")->id, "ana");
  EXPECT_EQ(book->FindRep("cy"), nullptr);
  EXPECT_EQ(book->FindPool("west")->desk, "us");
  EXPECT_EQ(book->FindPool("w"), nullptr);
  EXPECT_EQ(book->DeskOfRep("ana"), "us");
  EXPECT_EQ(book->DeskOfRep("bo"), "main");
  EXPECT_THAT(book->Desks(), ElementsAre("main", "us"));
  EXPECT_EQ(book->FindSla("hot"), book->FindSla(book->FindSla("hot")->hash));
  EXPECT_EQ(book->FindSla("cold"), nullptr);
  EXPECT_EQ(book->FindCadence("inbound"), book->FindCadence(book->FindCadence("inbound")->hash));
  EXPECT_TRUE(book->InList("partners", "acme.com"));
  EXPECT_FALSE(book->InList("partners", "gamma.net"));
  EXPECT_TRUE(book->InList("free_mail", "gmail.com"));
  EXPECT_FALSE(book->InList("nobody", "gmail.com"));
}

TEST(RuleBook, CardFieldsHoldWhatPoliciesAndCadencesRead) {
  RuleBookBuilder builder;
  SlaPolicy hot{.name = "hot"};
  hot.pause_while = builder.When("event.status", TestOp::kEq, {"waiting"});
  builder.AddSla(std::move(hot));
  const auto book = builder.Build();
  EXPECT_TRUE(std::ranges::binary_search(book->card_fields, Field("event.status")));
  EXPECT_TRUE(std::ranges::binary_search(book->card_fields, Field("lead.time_zone")));
  EXPECT_FALSE(std::ranges::binary_search(book->card_fields, Field("event.path")));
}

TEST(RuleBook, PinnedPoliciesOfEarlierVersionsKeepTheirMeaning) {
  RuleBookBuilder first;
  first.AddCalendar("office", Weekdays("09:00-17:00"));
  SlaPolicy hot{.name = "hot", .hours = SlaHours::kCalendar, .calendar = "office"};
  hot.pause_while = first.When("lead.status", TestOp::kEq, {"waiting"});
  hot.hash = HashContent("one");
  first.AddSla(std::move(hot));
  const auto old_book = first.Build();

  RuleBookBuilder second;
  second.AddCalendar("office", Weekdays("10:00-12:00"));
  second.When("lead.city", TestOp::kPresent);
  second.AddSla({.name = "hot", .hash = HashContent("two")});
  second.InheritPinned(old_book.get());
  const auto book = second.Build();

  EXPECT_EQ(book->FindSla("hot")->hash, HashContent("two"));
  const SlaPolicy* pinned = book->FindSla(HashContent("one"));
  ASSERT_NE(pinned, nullptr);
  FactSheet sheet(book->slots());
  sheet.Set(Field("lead.status"), Value::Text("waiting"));
  EXPECT_TRUE(pinned->pause_while.Holds(sheet.facts()));
  const Instant nine = At("2026-11-23T09:30:00Z");
  EXPECT_TRUE(book->Hours(pinned->calendar, "UTC", {}, {}).IsOpen(nine));
  EXPECT_FALSE(book->Hours("office", "UTC", {}, {}).IsOpen(nine));
}

TEST(RuleBook, HoursTakeAwayHolidaysAndLeave) {
  RuleBookBuilder builder;
  builder.AddCalendar("office", Weekdays("09:00-17:00"));
  builder.AddDaysOff("holidays/de.ics",
                     "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261123\r\n"
                     "END:VEVENT\r\nEND:VCALENDAR\r\n");
  const auto book = builder.Build();
  const auto open = [&](std::string_view at, const std::vector<std::string>& leave) {
    return book->Hours("office", "Europe/Berlin", {"holidays/de.ics"}, leave).IsOpen(At(at));
  };
  EXPECT_FALSE(open("2026-11-23T10:00:00Z", {}));
  EXPECT_TRUE(open("2026-11-24T08:00:00Z", {}));
  EXPECT_FALSE(open("2026-11-24T07:59:00Z", {}));
  EXPECT_FALSE(open("2026-11-25T10:00:00Z", {"2026-11-24/2026-11-25"}));
  EXPECT_TRUE(open("2026-11-26T10:00:00Z", {"2026-11-24/2026-11-25"}));
  EXPECT_FALSE(open("2026-11-26T10:00:00Z", {"2026-11-26T09:00:00Z/2026-11-26T11:00:00Z"}));
  EXPECT_TRUE(open("2026-11-26T10:00:00Z", {"soon"}));
}

TEST(RuleBook, UnknownCalendarsAndZonesAreOpenThroughout) {
  const auto book = RuleBookBuilder().Build();
  EXPECT_TRUE(book->Hours("", "Nowhere/At_All", {}, {}).IsOpen(Instant{0}));
  EXPECT_TRUE(book->KnowsCalendar("always"));
  EXPECT_FALSE(book->KnowsCalendar("office"));
}

TEST(RuleBook, HoursMayBeAskedFromManyThreads) {
  RuleBookBuilder builder;
  builder.AddCalendar("office", Weekdays("09:00-17:00"));
  const auto book = builder.Build();
  std::vector<std::thread> threads;
  std::vector<const Calendar*> seen(4);
  for (const Calendar*& one : seen) {
    threads.emplace_back([&] { one = &book->Hours("office", "UTC", {}, {}); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(seen, testing::Each(seen.front()));
}

TEST(ParseLeave, RefusesWhatEndsBeforeItBegins) {
  EXPECT_EQ(ParseLeave("2026-12-24")->dates.size(), 1u);
  EXPECT_EQ(ParseLeave("2026-12-24/2027-01-02")->dates.size(), 10u);
  for (const char* bad : {"", "soon", "2027-01-02/2026-12-24", "2026-01-01/2046-01-01",
                          "2026-11-26T11:00:00Z/2026-11-26T09:00:00Z"}) {
    EXPECT_EQ(ParseLeave(bad).error().code, 214) << bad;
  }
}

}  // namespace
}  // namespace pm
