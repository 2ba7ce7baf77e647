#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/time/text.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<RuleFile> Folder() {
  return {{"reps.csv",
           "id,email,zone,active_to,backup\n"
           "ana,a@us.example,Europe/Madrid,2026-01-31,bo\n"
           "bo,b@us.example,America/New_York,2026-03-31,\n"
           "cy,c@us.example,Europe/Madrid,,ana\n"},
          {"t.csv", "lead.country,rep\nDE,cy\nFR,ana\n"},
          {"rules.yaml",
           "kind: team\n"
           "roster: reps.csv\n"
           "pools:\n"
           "  west: { members: [ana, bo], overflow: [house] }\n"
           "  mixed: { members: [ana, cy], overflow: [house] }\n"
           "  house: { strategy: queue }\n"
           "---\n"
           "kind: routing\n"
           "routes:\n"
           "  - { name: T, table: t.csv, match: lead.country, to: { rep: $rep } }\n"
           "  - { name: N, when: { lead.country: US }, routes: [ { name: Ana, to: { rep: ana } }, "
           "{ name: Cy, to: { rep: cy } } ] }\n"
           "  - { name: West, when: { lead.country: MX }, to: { pool: west } }\n"
           "  - { name: Mixed, to: { pool: mixed } }\n"
           "otherwise: { to: { pool: house } }\n"}};
}

std::string Told(std::string_view now) {
  return Check(Folder(), false, {}, {}, *ParseInstant(now)).text;
}

TEST(People, WhoHasLeftIsToldWhereRulesGiveThemLeads) {
  const std::string told = Told("2026-03-01T00:00:00Z");
  EXPECT_THAT(told, HasSubstr("t.csv:3:1: warning PM0246: rep 'ana' has left on 2026-01-31"));
  EXPECT_THAT(told, HasSubstr("also at rules.yaml:11:78, reps.csv:4:1\n")) << "one cause";
  EXPECT_THAT(told, Not(HasSubstr("every member")));
}

TEST(People, ABackupWhoHasLeftIsToldOfThoseWhoHaveNot) {
  std::vector<RuleFile> files = Folder();
  files.back().text.replace(files.back().text.find("rep: ana }"), 10, "pool: west }");
  files[1].text = "lead.country,rep\nDE,cy\n";
  const auto told = [&](std::string_view now) {
    return Check(files, false, {}, {}, *ParseInstant(now)).text;
  };
  EXPECT_THAT(told("2026-03-01T00:00:00Z"),
              HasSubstr("reps.csv:4:1: warning PM0246: 'ana', the backup of 'cy', has left on "
                        "2026-01-31"));
  EXPECT_THAT(told("2026-04-02T00:00:00Z"), Not(HasSubstr("the backup of 'ana'")));
}

TEST(People, APoolIsToldWhenItsLastMemberHasLeft) {
  EXPECT_THAT(Told("2026-04-01T03:59:59Z"), Not(HasSubstr("every member")));
  EXPECT_THAT(Told("2026-04-01T04:00:00Z"),
              HasSubstr("rules.yaml:4:3: warning PM0246: every member of pool 'west' has left, the "
                        "last on 2026-03-31 ('bo')"));
}

// ana until the end of January, bo from April, cy from March 2028.
std::string ToldOfPool(std::string_view now, std::string_view pool) {
  return Check({{"reps.csv",
                 "id,email,zone,active_from,active_to\n"
                 "ana,a@us.example,Europe/Madrid,,2026-01-31\n"
                 "bo,b@us.example,America/New_York,2026-04-01,\n"
                 "cy,c@us.example,Europe/Madrid,2028-03-01,\n"},
                {"rules.yaml",
                 fmt::format("kind: team\nroster: reps.csv\npools:\n  west: {}\n---\n"
                             "kind: routing\nroutes: [ {{ name: Cy, when: {{ lead.country: ES }}, "
                             "to: {{ rep: cy }} }} ]\notherwise: {{ to: {{ pool: west }} }}\n",
                             pool)}},
               false, {}, {}, *ParseInstant(now))
      .text;
}

TEST(People, APoolIsToldUntilTheFirstOfItsMembersBegins) {
  EXPECT_THAT(ToldOfPool("2026-03-01T00:00:00Z", "{ members: [cy, bo] }"),
              HasSubstr("rules.yaml:4:3: warning PM0246: nobody of pool 'west' can take a lead "
                        "before 2026-04-01, when 'bo' begins\n"));
  EXPECT_THAT(ToldOfPool("2026-03-01T00:00:00Z", "{ members: [cy, ana] }"),
              HasSubstr("nobody of pool 'west' can take a lead before 2028-03-01, when 'cy' "
                        "begins: the others have left, the last on 2026-01-31 ('ana')"));
  EXPECT_THAT(ToldOfPool("2026-01-31T22:59:59Z", "{ members: [cy, ana] }"),
              Not(HasSubstr("of pool 'west'")));
  EXPECT_THAT(ToldOfPool("2026-04-01T04:00:00Z", "{ members: [cy, bo] }"),
              Not(HasSubstr("of pool 'west'")));
}

TEST(People, AQueueOpenToItsDeskIsToldWhenNobodyIsThere) {
  EXPECT_THAT(ToldOfPool("2026-03-01T00:00:00Z", "{ strategy: queue }"),
              HasSubstr("nobody of pool 'west' can take a lead before 2026-04-01, when 'bo' "
                        "begins: the others have left"));
  EXPECT_THAT(ToldOfPool("2026-04-02T00:00:00Z", "{ strategy: queue }"),
              Not(HasSubstr("of pool 'west'")));
  EXPECT_THAT(Check({{"reps.csv", "id,email,zone,active_to\nana,a@us.example,UTC,2026-01-31\n"},
                     {"rules.yaml",
                      "kind: team\nroster: reps.csv\npools: { west: { strategy: queue } }\n"
                      "---\nkind: routing\notherwise: { to: { pool: west } }\n"}},
                    false, {}, {}, *ParseInstant("2026-03-01T00:00:00Z"))
                  .text,
              HasSubstr("every rep of the desk of queue 'west' has left, the last on 2026-01-31 "
                        "('ana'): nobody can claim from it"));
}

TEST(People, WhoIsToBeginIsToldWhereRulesGiveThemLeads) {
  EXPECT_THAT(ToldOfPool("2026-04-02T00:00:00Z", "{ members: [bo] }"),
              HasSubstr("rules.yaml:7:62: warning PM0246: rep 'cy' begins on 2028-03-01: no lead "
                        "goes there before"));
  EXPECT_THAT(ToldOfPool("2028-03-01T00:00:00Z", "{ members: [bo] }"), Not(HasSubstr("PM0246")));
}

// ana and bo on leave in March, bo for a week longer; cy for an hour of each of its first two days.
std::string ToldOfLeave(std::string_view now, std::string_view members, std::string_view backup) {
  return Check({{"reps.csv",
                 fmt::format("id,email,zone,active_to,leave,backup\n"
                             "ana,a@us.example,Europe/Madrid,,2026-03-02/2026-03-13,{}\n"
                             "bo,b@us.example,Europe/Madrid,,2026-03-02/2026-03-20,\n"
                             "cy,c@us.example,UTC,,2026-03-02T09:00:00Z/2026-03-02T10:00:00Z,\n"
                             "dee,d@us.example,UTC,2026-03-10,2026-03-02/2026-03-20,\n"
                             "eli,e@us.example,UTC,2026-01-31,,\n",
                             backup)},
                {"rules.yaml",
                 fmt::format("kind: team\nroster: reps.csv\npools:\n  west: {}\n---\n"
                             "kind: routing\nroutes: [ {{ name: Ana, when: {{ lead.country: ES }}, "
                             "to: {{ rep: ana }} }} ]\notherwise: {{ to: {{ pool: west }} }}\n",
                             members)}},
               false, {}, {}, *ParseInstant(now))
      .text;
}

TEST(People, APoolIsToldUntilTheFirstIsBackFromLeave) {
  constexpr std::string_view kTuesday = "2026-03-03T12:00:00Z";
  EXPECT_THAT(ToldOfLeave(kTuesday, "{ members: [bo, ana] }", ""),
              HasSubstr("rules.yaml:4:3: warning PM0246: nobody of pool 'west' can take a lead "
                        "before 2026-03-14, when 'ana' is back from leave\n"));
  EXPECT_THAT(ToldOfLeave(kTuesday, "{ members: [bo, dee, eli] }", ""),
              HasSubstr("before 2026-03-21, when 'bo' is back from leave: the others have left, "
                        "the last on 2026-01-31 ('eli')"));
  EXPECT_THAT(ToldOfLeave(kTuesday, "{ members: [dee, eli] }", ""),
              AllOf(HasSubstr("PM0224"), Not(HasSubstr("pool 'west' has left"))))
      << "dee leaves during the leave: no open time is left";
  for (const std::string_view there : {"{ members: [bo, cy] }", "{ strategy: queue }"}) {
    EXPECT_THAT(ToldOfLeave("2026-03-02T09:30:00Z", there, ""), Not(HasSubstr("of pool 'west'")));
  }
  EXPECT_THAT(ToldOfLeave("2026-03-13T23:00:00Z", "{ members: [bo, ana] }", ""),
              Not(HasSubstr("of pool 'west'")));
}

TEST(People, ARepOnLeaveIsToldWhereNobodyStandsIn) {
  constexpr std::string_view kTold =
      "rules.yaml:7:63: warning PM0246: rep 'ana' is on leave until 2026-03-13, and no backup is "
      "there";
  const auto told = [](std::string_view now, std::string_view backup) {
    return ToldOfLeave(now, "{ strategy: queue }", backup);
  };
  EXPECT_THAT(told("2026-03-03T12:00:00Z", ""), HasSubstr(kTold));
  EXPECT_THAT(told("2026-03-03T12:00:00Z", "bo"), HasSubstr(kTold));
  EXPECT_THAT(told("2026-03-03T12:00:00Z", "cy"), Not(HasSubstr("rep 'ana'")));
  EXPECT_THAT(told("2026-03-01T22:00:00Z", ""), Not(HasSubstr("rep 'ana'")));
}

TEST(People, NobodyHasLeftWhereNoDayIsKnown) {
  const CheckReport report = Check(Folder());
  EXPECT_TRUE(report.ok);
  EXPECT_EQ(report.warnings, 0u);
  EXPECT_TRUE(Compile(Folder()).ok());
}

}  // namespace
}  // namespace pm
