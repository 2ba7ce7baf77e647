#include "rules/diff/rule_diff.h"

#include <gmock/gmock.h>

#include "rules/diff/rule_diff_testing.h"

namespace pm {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using RuleDiffTest = RuleDiffTesting;

constexpr char kGerman[] = "  - { name: German, when: { lead.country: DE }, to: { pool: dach } }\n";
constexpr char kLarge[] =
    "  - { name: Large, when: { account.employees: { gte: 500 } }, to: { pool: west } }\n";

TEST_F(RuleDiffTest, TheSameRulesAreTheSame) {
  const RuleDiff diff = DiffRoutes(std::string(kGerman) + kLarge, std::string(kGerman) + kLarge);
  EXPECT_TRUE(diff.same()) << Told(diff);
  EXPECT_THAT(diff.without_effect, IsEmpty());
}

TEST_F(RuleDiffTest, AnOrderThatMattersIsShownOnTheLeadsInBoth) {
  const RuleDiff diff = DiffRoutes(std::string(kGerman) + kLarge, std::string(kLarge) + kGerman);
  ASSERT_THAT(diff.regions, SizeIs(1)) << Told(diff);
  EXPECT_EQ(diff.regions[0].what, "routing");
  EXPECT_EQ(diff.regions[0].before_rule, "German (rules.yaml:3)");
  EXPECT_EQ(diff.regions[0].before, "pool dach");
  EXPECT_EQ(diff.regions[0].after_rule, "Large (rules.yaml:3)");
  EXPECT_EQ(diff.regions[0].after, "pool west");
  EXPECT_EQ(diff.regions[0].lead.yaml, "{ lead.country: DE, account.employees: 500 }");
}

TEST_F(RuleDiffTest, AnOrderThatDoesNotMatterIsSaidToBeSo) {
  const std::string french =
      "  - { name: French, when: { lead.country: FR }, to: { pool: west } }\n";
  const RuleDiff diff = DiffRoutes(kGerman + french, french + kGerman);
  EXPECT_TRUE(diff.same()) << Told(diff);
  EXPECT_THAT(diff.without_effect, ElementsAre("the routes are in another order"));
}

TEST_F(RuleDiffTest, ANameIsNoDifference) {
  const RuleDiff diff = DiffRoutes(
      kGerman, "  - { name: Deutsch, when: { lead.country: DE }, to: { pool: dach } }\n");
  EXPECT_TRUE(diff.same()) << Told(diff);
  EXPECT_THAT(diff.without_effect, ElementsAre("route 'German' is called 'Deutsch' now"));
}

TEST_F(RuleDiffTest, ThatAConditionIsWrittenOtherwiseIsNoDifference) {
  const RuleDiff diff = DiffRoutes(
      "  - { name: A, when: { account.employees: { gte: 5 }, lead.country: [DE, AT] }, to: { pool: "
      "dach } }\n",
      "  - { name: A, when: 'lead.country in [\"AT\", \"DE\"] && account.employees > 4', to: { "
      "pool: dach } }\n");
  EXPECT_TRUE(diff.same()) << Told(diff);
  EXPECT_THAT(diff.without_effect, ElementsAre("route 'A' is written otherwise"));
}

TEST_F(RuleDiffTest, HoursOfACalendarAreToldDayByDay) {
  const auto with = [](const std::string& calendar) {
    return Routing({}, "kind: calendars\noffice: " + calendar + "\n---\n");
  };
  const RuleDiff diff =
      Diff(with("{ weekly: { mon-fri: 09:00-17:00 } }"),
           with("{ weekly: { mon-thu: [08:00-12:00, 13:00-18:00], fri: 09:00-15:00 }, shifts: { "
                "2026-12-31: 09:00-12:00, 2027-01-02: [] } }"));
  EXPECT_THAT(diff.definitions,
              ElementsAre("calendar office: weekly: mon-thu 08:00-12:00, 13:00-18:00; fri "
                          "09:00-15:00 (before: mon-fri 09:00-17:00)",
                          "calendar office: shifts: 2026-12-31 09:00-12:00; 2027-01-02 closed "
                          "(before: none)"));
  EXPECT_TRUE(Diff(with("{ weekly: { mon-fri: 09:00-17:00 } }"),
                   with("{ weekly: { fri: [09:00-17:00], mon-thu: 09:00-17:00 } }"))
                  .same());
  EXPECT_TRUE(Diff(with("{ weekly: { mon: 09:00-17:00 }, shifts: { 2026-12-31: 09:00-17:00 } }"),
                   with("{ weekly: { mon: [12:00-17:00, 09:00-12:00] }, "
                        "shifts: { 2026-12-31: [09:00-12:00, 12:00-17:00] } }"))
                  .same());
}

TEST_F(RuleDiffTest, ABoundThatMovedIsShownAtTheBound) {
  const RuleDiff diff = DiffRoutes(
      kLarge,
      "  - { name: Large, when: { account.employees: { gte: 300 } }, to: { pool: west } }\n");
  ASSERT_THAT(diff.regions, SizeIs(1)) << Told(diff);
  EXPECT_EQ(diff.regions[0].before_rule, "otherwise (rules.yaml:4)");
  EXPECT_EQ(diff.regions[0].after_rule, "Large (rules.yaml:3)");
  EXPECT_THAT(diff.regions[0].lead.yaml, HasSubstr("account.employees: "));
}

TEST_F(RuleDiffTest, ARouteWithoutALeadOfItsOwnComesAndGoesUnnoticed) {
  const std::string never =
      "  - { name: Never, when: { lead.country: DE, account.tier: a }, to: { pool: dach } }\n";
  const RuleDiff diff = DiffRoutes(std::string(kGerman) + kLarge, kGerman + never + kLarge);
  EXPECT_TRUE(diff.same()) << Told(diff);
  EXPECT_THAT(diff.without_effect,
              ElementsAre("route 'Never' is new; what it takes went the same way"));
}

TEST_F(RuleDiffTest, WhatALeadGetsBesideARepCounts) {
  const std::string sla = "kind: sla\nhot: { milestones: { accept: { within: 5m } } }\n---\n";
  const std::string slow = "kind: sla\nhot: { milestones: { accept: { within: 9m } } }\n---\n";
  const auto route = [](std::string_view more) {
    return fmt::format("  - {{ name: A, when: {{ lead.country: DE }}, to: {{ pool: dach }}{} }}\n",
                       more);
  };
  const RuleDiff priority = DiffRoutes(route(""), route(", priority: urgent"));
  ASSERT_THAT(priority.regions, SizeIs(1));
  EXPECT_EQ(priority.regions[0].after, "pool dach, priority urgent");
  const RuleDiff content =
      Diff(Routing(route(", sla: hot"), sla), Routing(route(", sla: hot"), slow));
  EXPECT_THAT(content.regions, IsEmpty()) << "told once, of the SLA: " << Told(content);
  EXPECT_THAT(content.without_effect, IsEmpty());
  EXPECT_THAT(
      content.definitions,
      ElementsAre("SLA hot: accept: within 9m from assigned, per assignment (before: within "
                  "5m from assigned, per assignment)"));
  std::string other = sla;
  other.replace(other.find("hot"), 3, "hit");
  const RuleDiff name =
      Diff(Routing(route(", sla: hot"), sla), Routing(route(", sla: hit"), other));
  EXPECT_TRUE(name.same()) << Told(name);
  EXPECT_THAT(name.without_effect,
              ElementsAre("SLA hot is called hit now; what runs by the old name keeps its policy, "
                          "also when the change propagates"));
}

TEST_F(RuleDiffTest, ACadenceOfAnotherNameEndsWhatRunsIfTheChangePropagates) {
  const auto rules = [](std::string_view name) {
    return Routing(
        "", fmt::format("kind: cadence\nname: {}\nsteps: [ {{ call: connect }} ]\n---\n", name));
  };
  const RuleDiff diff = Diff(rules("greet"), rules("meet"));
  EXPECT_TRUE(diff.same()) << Told(diff);
  EXPECT_THAT(
      diff.without_effect,
      ElementsAre("cadence greet is called meet now; if the change propagates, what runs by "
                  "the old name ends"));
}

TEST_F(RuleDiffTest, APoolOfAnotherNameIsTheSamePeople) {
  std::string after = Routing(kGerman);
  for (size_t at = after.find("dach"); at != std::string::npos; at = after.find("dach"))
    after.replace(at, 4, "core");
  const RuleDiff diff = Diff(Routing(kGerman), after);
  EXPECT_TRUE(diff.same()) << Told(diff);
  EXPECT_THAT(diff.without_effect, Contains(HasSubstr("pool dach is called core now")));
}

TEST_F(RuleDiffTest, PoolsAreToldByWhoJoinsAndLeaves) {
  std::string after = Routing(kGerman);
  after.replace(after.find("[ana, bo]"), 9, "[eva, { rep: ana, weight: 2 }]");
  const RuleDiff diff = Diff(Routing(kGerman), after);
  EXPECT_THAT(diff.definitions,
              ElementsAre("pool dach: ana weighs 2 instead of 1, eva joins, bo leaves"));
  EXPECT_THAT(diff.regions, IsEmpty());
}

TEST_F(RuleDiffTest, OwnersWithoutAValueGoOn) {
  const std::string owned = "  - { name: Owned, to: { owner: account } }\n";
  const RuleDiff diff = DiffRoutes(owned + kGerman, owned);
  ASSERT_THAT(diff.regions, SizeIs(1)) << Told(diff);
  EXPECT_EQ(diff.regions[0].before_rule, "German (rules.yaml:4)");
  EXPECT_EQ(diff.regions[0].lead.yaml, "{ lead.country: DE }");
}

TEST_F(RuleDiffTest, ListsAreComparedByWhatTheyHold) {
  const auto rules = [](std::string_view items) {
    return Routing(
        "  - { name: A, when: { lead.company: { in: lists.big } }, to: { pool: dach } }\n",
        fmt::format("kind: lists\nbig: [{}]\n---\n", items));
  };
  const RuleDiff diff = Diff(rules("acme"), rules("acme, bolt"));
  ASSERT_THAT(diff.regions, SizeIs(1)) << Told(diff);
  EXPECT_THAT(diff.regions[0].lead.yaml, HasSubstr("bolt"));
}

TEST_F(RuleDiffTest, NestedRoutesAndExpressionsAreCompared) {
  const auto rules = [](std::string_view when) {
    return fmt::format(
        "  - name: Out\n    when: {{ account.type: partner }}\n    routes:\n"
        "      - {{ name: In, when: 'account.employees {}', to: {{ pool: dach }} }}\n",
        when);
  };
  EXPECT_THAT(DiffRoutes(rules("* 2 > 10"), rules("> 5")).regions, SizeIs(0));
  EXPECT_THAT(DiffRoutes(rules("* 2 > 10"), rules("> 5")).not_proved, SizeIs(0));
  const RuleDiff diff = DiffRoutes(rules("% 50 > 5"), rules("% 50 > 20"));
  ASSERT_THAT(diff.regions, SizeIs(1)) << Told(diff);
  EXPECT_THAT(diff.regions[0].lead.yaml, HasSubstr("account.type: partner"));
  EXPECT_THAT(diff.not_proved, ElementsAre(HasSubstr("can only be tried out")))
      << "that no lead of the bound above is one of the bound below";
}

TEST_F(RuleDiffTest, RowsOfTablesAreCompared) {
  const std::string rules = Routing(
      "  - { name: T, table: t.csv, match: [lead.country, account.employees], hit: first, "
      "to: { pool: $pool } }\n");
  const std::string head = "lead.country,account.employees,pool\n";
  const std::string old = head + "DE,>= 500,dach\nDE,-,west\nFR,-,west\n";
  EXPECT_TRUE(Diff(rules, rules, old, head + "FR,-,west\nDE,>= 500,dach\nDE,-,west\n").same());
  const RuleDiff order = Diff(rules, rules, old, head + "DE,-,west\nDE,>= 500,dach\nFR,-,west\n");
  ASSERT_THAT(order.regions, SizeIs(1)) << Told(order);
  EXPECT_EQ(order.regions[0].before_rule, "T (t.csv:2)");
  EXPECT_EQ(order.regions[0].after_rule, "T (t.csv:2)");
  const RuleDiff moved = Diff(rules, rules, old, head + "DE,>= 500,dach\nDE,-,west\nFR,-,dach\n");
  ASSERT_THAT(moved.regions, SizeIs(1)) << Told(moved);
  EXPECT_EQ(moved.regions[0].lead.yaml, "{ lead.country: FR }");
  EXPECT_EQ(moved.regions[0].before, "pool west");
  EXPECT_EQ(moved.regions[0].after, "pool dach");
}

// A region stands for all rows that change alike, and says how many, and which.
TEST_F(RuleDiffTest, RowsThatChangeAlikeAreCounted) {
  const std::string rules = Routing(
      "  - { name: T, table: t.csv, match: [lead.country, account.employees], hit: first, "
      "to: { pool: $pool } }\n");
  const auto table = [](std::string_view german, std::string_view others, bool with_others = true) {
    std::string text = fmt::format("lead.country,account.employees,pool\nDE,-,{}\n", german);
    for (const char* country : {"AT", "CH", "FR", "IT", "ES"}) {
      if (with_others) text += fmt::format("{},-,{}\n", country, others);
    }
    return text + "PT,-,west\n";
  };
  const RuleDiff moved = Diff(rules, rules, table("west", "west"), table("west", "dach"));
  ASSERT_THAT(moved.regions, SizeIs(1)) << Told(moved);
  EXPECT_EQ(moved.regions[0].before_rule, "T (t.csv, 5 rows: lines 3, 4, 5 and 2 more)");
  EXPECT_EQ(moved.regions[0].after_rule, "T (t.csv, 5 rows: lines 3, 4, 5 and 2 more)");
  EXPECT_EQ(moved.regions[0].before_rows, 5);
  EXPECT_EQ(moved.regions[0].after_rows, 5);
  EXPECT_FALSE(moved.regions[0].more_rows);
  const RuleDiff gone = Diff(rules, rules, table("dach", "dach"), table("dach", "", false));
  ASSERT_THAT(gone.regions, SizeIs(1)) << Told(gone);
  EXPECT_EQ(gone.regions[0].before_rule, "T (t.csv, 5 rows: lines 3, 4, 5 and 2 more)");
  EXPECT_EQ(gone.regions[0].after_rule, "otherwise (rules.yaml:4)");
  EXPECT_EQ(gone.regions[0].after_rows, 0);
  const RuleDiff one = Diff(rules, rules, table("dach", "west"), table("west", "west"));
  ASSERT_THAT(one.regions, SizeIs(1)) << Told(one);
  EXPECT_EQ(one.regions[0].before_rule, "T (t.csv:2)");
  EXPECT_EQ(one.regions[0].before_rows, 1);
}

TEST_F(RuleDiffTest, RowsThatNameNobodyGoToElseOrOn) {
  const auto rules = [](std::string_view target) {
    return Routing(fmt::format(
        "  - {{ name: T, table: t.csv, match: lead.country, to: {{ pool: $pool{} }} }}\n", target));
  };
  const std::string old = "lead.country,pool\nDE,dach\n", now = "lead.country,pool\nDE,-\n";
  const RuleDiff on = Diff(rules(""), rules(""), old, now);
  ASSERT_THAT(on.regions, SizeIs(1)) << Told(on);
  EXPECT_EQ(on.regions[0].after, "on to the routes below");
  EXPECT_THAT(on.not_proved, ElementsAre(HasSubstr("rows of t.csv that name nobody")));
  const RuleDiff other =
      Diff(rules(", else: { pool: west }"), rules(", else: { pool: west }"), old, now);
  ASSERT_THAT(other.regions, SizeIs(1)) << Told(other);
  EXPECT_EQ(other.regions[0].after, "pool west");
  EXPECT_THAT(other.not_proved, IsEmpty());
}

TEST_F(RuleDiffTest, TenThousandRowsAreFeasible) {
  const std::string rules =
      Routing("  - { name: T, table: t.csv, match: account.domain, to: { pool: $pool } }\n");
  std::string old = "account.domain,pool\n";
  for (int i = 0; i < 10'000; ++i)
    old += fmt::format("a{}.example,{}\n", i, i % 2 ? "dach" : "west");
  std::string now = old;
  now.replace(now.find("a7777.example,dach"), 18, "a7777.example,west");
  const RuleDiff diff = Diff(rules, rules, old, now);
  ASSERT_THAT(diff.regions, SizeIs(1)) << Told(diff);
  EXPECT_EQ(diff.regions[0].lead.yaml, "{ account.domain: a7777.example }");
  EXPECT_THAT(diff.not_proved, IsEmpty());
}

TEST_F(RuleDiffTest, ScreeningThresholdsAndHoldsAreCompared) {
  const auto rules = [](std::string_view as, int score, std::string_view hold) {
    return fmt::format(
        "kind: screening\nrules: [ {{ name: Rivals, when: {{ account.type: competitor }}, as: {} "
        "}} ]\n---\n"
        "kind: lifecycle\nthresholds: [ {{ to: mql, when: {{ score.fit: {{ gte: {} }} }} }} "
        "]\n---\n"
        "kind: scoring\nfit: {{ rules: [ {{ name: A, when: {{ lead.country: DE }}, points: 20 }}, "
        "{{ name: B, when: {{ account.tier: a }}, points: 20 }} ] }}\n---\n"
        "kind: routing\nhold: {{ until: {{ account.employees: present }}, at_most: {} }}\n"
        "otherwise: {{ to: {{ pool: house }} }}\n---\n{}",
        as, score, hold, kTeam);
  };
  const RuleDiff diff = Diff(rules("rival", 30, "1m"), rules("competitor", 20, "2m"));
  std::vector<std::string> what;
  for (const DiffRegion& region : diff.regions) what.push_back(region.what);
  EXPECT_THAT(what, ElementsAre("screening", "lifecycle", "hold")) << Told(diff);
  EXPECT_EQ(diff.regions[0].after, "taken out as competitor");
  EXPECT_EQ(diff.regions[1].before, "does not become mql");
  EXPECT_EQ(diff.regions[2].after, "held for 2m");
}

TEST_F(RuleDiffTest, AListIsWhatItHolds) {
  const auto rules = [](std::string_view when, std::string_view lists) {
    return Routing(fmt::format("  - {{ name: A, when: {}, to: {{ pool: dach }} }}\n", when),
                   fmt::format("kind: lists\n{}\n---\n", lists));
  };
  for (const auto& [when, other] : std::vector<std::pair<std::string, std::string>>{
           {"{ lead.company: { in: lists.x } }", "{ lead.company: { in: lists.y } }"},
           {"{ lead.company: { not_in: lists.x, missing: match } }",
            "{ lead.company: { not_in: lists.y, missing: match } }"},
           {"'account.technologies.exists(t, t in lists.x)'",
            "'account.technologies.exists(t, t in lists.y)'"}}) {
    const RuleDiff diff = Diff(rules(when, "x: [a, b]"), rules(other, "y: [B, a]"));
    EXPECT_TRUE(diff.same()) << when << "\n" << Told(diff);
    EXPECT_THAT(diff.without_effect, Contains("list x is called y now")) << when;
    const RuleDiff more = Diff(rules(when, "x: [a, b]"), rules(when, "x: [a, b, c]"));
    EXPECT_FALSE(more.same()) << when << "\n" << Told(more);
  }
  const RuleDiff part = Diff(rules("{ lead.company: { in: lists.x } }", "x: [a, b]"),
                             rules("{ lead.company: { in: lists.y } }", "y: [b]"));
  ASSERT_THAT(part.regions, SizeIs(1)) << Told(part);
  EXPECT_EQ(part.regions[0].lead.yaml, "{ lead.company: a }");
  EXPECT_THAT(part.not_proved, IsEmpty());
}

TEST_F(RuleDiffTest, CadencesAndPoolsAreToldPartByPart) {
  const auto rules = [](std::string_view steps, std::string_view pool) {
    return fmt::format(
        "kind: cadence\nname: hot\nsteps: [ {} ]\n---\n"
        "kind: routing\nroutes: [ {{ name: A, to: {{ pool: dach }}, cadence: hot }} ]\n"
        "otherwise: {{ to: {{ pool: house }} }}\n---\nkind: team\nroster: reps.csv\npools:\n"
        "  dach: {{ members: [ana, bo], {} }}\n  house: {{ strategy: queue }}\n",
        steps, pool);
  };
  const RuleDiff diff =
      Diff(rules("{ call: connect }, { email: intro, after: 1d }", "caps: [5 open]"),
           rules("{ call: connect }, { email: intro, after: 2d }, { call: again }", ""));
  EXPECT_THAT(diff.definitions,
              ElementsAre("pool dach: caps: none (before: 5 open)",
                          "cadence hot: step 2: email: intro, after 2d (before: email: intro, "
                          "after 1d)",
                          "cadence hot: step 3 is new: call: again"));
}

TEST_F(RuleDiffTest, ALeadOfTheAnswerIsAnObject) {
  const RuleDiff diff = DiffRoutes(kGerman, "");
  EXPECT_THAT(Told(diff), HasSubstr(R"("lead":{"lead.country":"DE"})"));
}

TEST_F(RuleDiffTest, WhatCannotBeDecidedIsSaidNotToBeProved) {
  const auto rules = [](std::string_view text) {
    return fmt::format(
        "  - {{ name: A, when: {{ lead.title: {{ matches: '{}' }} }}, to: {{ pool: dach }} }}\n",
        text);
  };
  const RuleDiff diff = DiffRoutes(rules("^a+b$"), rules("^aa*b$"));
  EXPECT_THAT(diff.regions, IsEmpty());
  EXPECT_FALSE(diff.same());
  EXPECT_THAT(diff.not_proved, Contains(HasSubstr("leads of 'A' may now come to 'otherwise'")));
}

TEST_F(RuleDiffTest, AFieldOfAnotherTypeMakesLeadsIncomparable) {
  const auto rules = [](std::string_view type, std::string_view value) {
    return Routing(
        fmt::format("  - {{ name: A, when: {{ lead.plan: {} }}, to: {{ pool: dach }} }}\n", value),
        fmt::format("kind: fields\nlead.plan: {{ type: {} }}\n---\n", type));
  };
  const RuleDiff diff = Diff(rules("text", "gold"), rules("int", "5"));
  EXPECT_THAT(diff.definitions, Contains("field lead.plan: type: int (before: text)"));
  EXPECT_THAT(diff.not_proved, ElementsAre(HasSubstr("lead.plan is of another type")));
  EXPECT_TRUE(Diff(rules("int", "5"), rules("int", "5")).same());
}

TEST_F(RuleDiffTest, SettingsAreToldAsTheyAre) {
  const auto rules = [](std::string_view lifecycle) {
    return Routing("", fmt::format("kind: lifecycle\n{}\n---\n", lifecycle));
  };
  const auto identity = [](std::string_view domain) {
    return Routing("", fmt::format("kind: identity\nemail: {{ not_free: [{}] }}\n---\n", domain));
  };
  EXPECT_THAT(Diff(identity("web.de"), identity("gmx.de")).definitions,
              ElementsAre("identity: not_free: gmx.de (before: web.de)"));
  EXPECT_THAT(
      Diff(rules("route_when: [hand_raise]"), rules("route_when: [hand_raise, mql]")).definitions,
      ElementsAre("what routes a lead: hand_raise before, hand_raise, mql now"));
  EXPECT_THAT(
      Diff(rules("repeat: [ { do: ignore } ]"), rules("repeat: [ { do: reopen } ]")).definitions,
      ElementsAre("another submission: rule 1: always: reopen (before: always: ignore)"));
}

}  // namespace
}  // namespace pm
