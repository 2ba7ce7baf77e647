#include "rules/diff/days_off.h"

#include <gmock/gmock.h>

#include "rules/diff/rule_diff_testing.h"

namespace pm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string AllDay(std::string_view uid, std::string_view date, std::string_view more = "") {
  return fmt::format("BEGIN:VEVENT\nUID:{}\nDTSTART;VALUE=DATE:{}\n{}END:VEVENT\n", uid, date,
                     more);
}
std::string Calendar(const std::string& events) {
  return "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n" + events + "END:VCALENDAR\n";
}
std::string WithCarriageReturns(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

std::shared_ptr<const RuleBook> BookWith(const std::string& ics,
                                         const std::string& path = "es.ics") {
  const CompileResult result = Compile(
      {{"rules.yaml",
        "kind: routing\nroutes: []\notherwise: { to: { pool: house } }\n---\nkind: team\nroster: "
        "reps.csv\npools: { house: { strategy: queue } }\n"},
       {"reps.csv",
        fmt::format("id,email,zone,holidays\nana,a@us.example,Europe/Madrid,{}\n", path)},
       {path, ics}});
  EXPECT_TRUE(result.ok()) << result.diagnostics.Render();
  return result.book;
}
std::vector<std::string> Changes(const std::string& before, const std::string& after) {
  return DiffRules(*BookWith(before), *BookWith(after)).definitions;
}

const std::string kChristmas = AllDay("a", "20261225");

TEST(DaysOff, DaysThatAreNewOrGoneAreNamed) {
  EXPECT_THAT(Changes(Calendar(kChristmas + AllDay("b", "20260501")),
                      Calendar(kChristmas + AllDay("c", "20261224"))),
              ElementsAre("calendar es.ics: closed: also 2026-12-24; no more 2026-05-01"));
}

TEST(DaysOff, TheFormOfTheFileDoesNotCount) {
  const std::string one = Calendar(kChristmas + AllDay("b", "20260501"));
  EXPECT_THAT(Changes(one, WithCarriageReturns(one)), ElementsAre());
  EXPECT_THAT(Changes(one, Calendar(AllDay("x", "20260501", "SUMMARY:May\n") + kChristmas)),
              ElementsAre());
}

TEST(DaysOff, ManyDaysAreCounted) {
  const auto changes = Changes(
      Calendar(kChristmas), Calendar(kChristmas + AllDay("b", "20260101", "RRULE:FREQ=YEARLY\n")));
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_THAT(changes[0], HasSubstr("also 2026-01-01, 2027-01-01, "));
  EXPECT_THAT(changes[0], HasSubstr("2045-01-01 and 14 more"));
}

TEST(DaysOff, TimesAreNamedAndTheirZoneCounts) {
  const auto noon = [](std::string_view z) {
    return Calendar(kChristmas + fmt::format("BEGIN:VEVENT\nUID:n\nDTSTART:20261224T120000{0}\n"
                                             "DTEND:20261224T180000{0}\nEND:VEVENT\n",
                                             z));
  };
  EXPECT_THAT(
      Changes(Calendar(kChristmas), noon("Z")),
      ElementsAre("calendar es.ics: closed: also 2026-12-24T12:00:00Z to 2026-12-24T18:00:00Z"));
  ASSERT_EQ(Changes(noon("Z"), noon("")).size(), 1u);
  EXPECT_THAT(Changes(noon("Z"), noon(""))[0], HasSubstr("as defined now"));
}

TEST(DaysOff, AFileOfAnotherNameWithTheSameDaysIsTheSame) {
  const RuleDiff diff =
      DiffRules(*BookWith(Calendar(kChristmas)),
                *BookWith(WithCarriageReturns(Calendar(kChristmas)), "spain.ics"));
  EXPECT_THAT(diff.without_effect, ElementsAre("calendar es.ics is called spain.ics now"));
}

}  // namespace
}  // namespace pm
