#include "app/reference/rule_book_page.h"

#include <gmock/gmock.h>

#include "rules/compile/compile.h"
#include "rules/folder.h"

namespace pm {
namespace {

using testing::HasSubstr;

constexpr char kEnd[] =
    "otherwise: { to: { pool: house } }\n---\nkind: team\npools: { house: { strategy: queue } }\n";

std::vector<RuleFile> FilesOf(const std::string& rules, const std::string& table = {}) {
  std::vector<RuleFile> files;
  files.push_back({"rules.yaml", rules + kEnd});
  if (!table.empty()) files.push_back({"t.csv", table});
  return files;
}

std::string PageOf(std::vector<RuleFile> files) {
  const CompileResult result = Compile(std::move(files));
  EXPECT_TRUE(result.ok()) << result.diagnostics.Render();
  return RuleBookPage(*result.book, "The rules of test");
}

TEST(RuleBookPage, TellsThePackAsTables) {
  const std::string page = PageOf(*ReadRuleFolder("rules/packs/inbound-saas"));
  EXPECT_THAT(page, HasSubstr("# The rules of test\n"));
  EXPECT_THAT(page, HasSubstr("| 1 | Customers to their owner | account.type eq customer | "
                              "the rep named by account.owner | customer |"));
  EXPECT_THAT(page, HasSubstr("|  | otherwise | what no route took | pool house | standard |"));
  EXPECT_THAT(page,
              HasSubstr("| Company size | always | by account.employees: -10 from 0, +5 from 20"));
  EXPECT_THAT(
      page,
      HasSubstr(
          "| Pricing page | site.visited | event.path starts_with /pricing | +10 | 30 per 7d |"));
  EXPECT_THAT(page, HasSubstr("Grades of fit: A from 55, B from 30, C below 30."));
  EXPECT_THAT(page,
              HasSubstr("Routing waits for account.employees present, but not longer than 1m30s."));
  EXPECT_THAT(page, HasSubstr("### tables/territories.csv, for Territories"));
  EXPECT_THAT(page, HasSubstr("## Who serves what\n"));
  EXPECT_THAT(page, HasSubstr("### inbound-hot\n"));
  EXPECT_THAT(page, HasSubstr("| first_touch | "));
  EXPECT_EQ(page, PageOf(*ReadRuleFolder("rules/packs/inbound-saas"))) << "the same bytes";
}

TEST(RuleBookPage, BoundsTablesAndEscapesCells) {
  std::string table = "lead.country,lead.company,pool\n";
  for (int i = 0; i < 60; ++i) table += fmt::format("DE,\"a|{}\",house\n", i);
  const std::string page = PageOf(FilesOf(
      "kind: routing\nroutes: [ { name: T, table: t.csv, match: [lead.country, lead.company], "
      "to: { pool: $pool } } ]\n",
      table));
  EXPECT_THAT(page, HasSubstr("| 1 | T | a row of t.csv matches | the pool in column pool |"));
  EXPECT_THAT(page, HasSubstr("60 rows; of several that match: unique."));
  EXPECT_THAT(page, HasSubstr("| DE | a\\|49 | house |\n\nand 10 more rows.\n"));
  EXPECT_THAT(page, HasSubstr("| house | T, otherwise | queue |"));
}

TEST(RuleBookPage, TellsWhoWorksWhen) {
  std::vector<RuleFile> files;
  files.push_back(
      {"rules.yaml",
       "kind: calendars\n"
       "office:\n  weekly: { mon-thu: [ 09:00-13:00, 14:00-18:00 ], fri: 09:00-15:00 }\n"
       "  shifts: { 2026-12-31: 09:00-12:00 }\n  holidays: [ 2026-12-25, bank.ics ]\n"
       "---\nkind: team\nroster: reps.csv\npools:\n"
       "  emea: { members: [ana], overflow: [house], hours: office, zone: Europe/Berlin }\n"
       "  house: { strategy: queue }\n"
       "---\nkind: routing\notherwise: { to: { pool: house } }\n"});
  files.push_back({"reps.csv",
                   "id,email,zone,hours,leave,active_to\n"
                   "ana,ana@us.example,Europe/Berlin,office,2026-08-01/2026-08-14,2026-12-31\n"});
  files.push_back({"bank.ics",
                   "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\n"
                   "DTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260501\r\nEND:VEVENT\r\n"
                   "END:VCALENDAR\r\n"});
  const std::string page = PageOf(std::move(files));
  EXPECT_THAT(page, HasSubstr("| office | mon-thu 09:00-13:00, 14:00-18:00; fri 09:00-15:00 | "
                              "2026-12-31 09:00-12:00 | 2026-12-25, bank.ics | pool emea, ana |"));
  EXPECT_THAT(page, HasSubstr("| ana |  |  | Europe/Berlin | office |  | 2026-08-01/2026-08-14 | "
                              "until 2026-12-31T23:00:00Z | emea |"));
}

TEST(RuleBookPage, SaysWhenAnSlaStandsStill) {
  const std::string page = PageOf(
      FilesOf("kind: sla\nhot:\n  hours: always\n  grace: 60s\n"
              "  milestones: { accept: { within: 5m } }\n"
              "  pause: { while: { lead.status: waiting_on_prospect } }\n---\nkind: routing\n"));
  EXPECT_THAT(page, HasSubstr("\n### hot\n\nCounted in any hour, grace 1m, paused while "
                              "lead.status eq waiting_on_prospect.\n"));
}

TEST(RuleBookPage, SaysConditionsInWords) {
  const std::string page = PageOf(FilesOf(
      "kind: lists\nfree: [a.example, b.example]\n---\nkind: fields\n"
      "lead.plan: { type: text, meaning: Plan bought. }\n---\n"
      "kind: routing\nroutes:\n"
      "  - name: A\n    when: { any: [ { lead.country: DE }, { lead.plan: gold } ], "
      "lead.email_domain: present, not: { lead.email_domain: lists.free } }\n"
      "    routes: [ { name: B, when: 'account.employees * 2 > 5', to: { pool: house } } ]\n"));
  EXPECT_THAT(page, HasSubstr("| 1 | A | (lead.country eq DE or lead.plan eq gold) and "
                              "lead.email_domain present and not "
                              "(lead.email_domain in lists.free) | those within |"));
  EXPECT_THAT(page, HasSubstr("| 1.1 | B | account.employees * 2 > 5 | pool house |"));
  EXPECT_THAT(page, HasSubstr("| lead.plan | text | Plan bought. |"));
  EXPECT_THAT(page, HasSubstr("| free | 2 |"));
}

}  // namespace
}  // namespace pm
