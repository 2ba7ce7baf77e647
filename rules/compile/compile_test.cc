#include "rules/compile/compile.h"

#include <gmock/gmock.h>

#include "rules/compile/draft.h"

namespace pm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kTeam =
    "kind: team\n"
    "pools: { house: { strategy: queue } }\n"
    "---\n"
    "kind: routing\n"
    "otherwise: { to: { pool: house } }\n"
    "---\n";

std::vector<RuleFile> Files(std::string_view text, std::vector<RuleFile> more = {}) {
  more.push_back({"rules.yaml", std::string(kTeam) + std::string(text)});
  return more;
}

std::shared_ptr<const RuleBook> Book(std::vector<RuleFile> files,
                                     const RuleBook* previous = nullptr) {
  CompileResult result = Compile(std::move(files), previous);
  EXPECT_EQ(result.diagnostics.Render(), "");
  if (!result.ok()) throw std::runtime_error("the rules do not compile");
  return result.book;
}

TEST(Compile, ReadsIdentityScreeningAndScoring) {
  const auto book = Book(Files(R"(kind: identity
email: { gmail_dots: keep }
stale_after: 2d
---
kind: screening
rules:
  - { name: Staff, when: { lead.email_domain: [OurCo.com] }, as: employee }
  - { name: Review, when: { lead.free_mail: true }, hold_for_review: 1 business day }
---
kind: scoring
fit:
  cap: 80
  rules:
    - { name: Size, bands: { of: account.employees, from: { 50: 10, 0: -10 } } }
engagement:
  half_life: 14d
  rules:
    - { name: Pricing, signal: site.visited, when: { event.path: { starts_with: /pricing } }, points: 10, at_most: 30 per 7d, scope: account }
grades: { fit: { C: 0, A: 60 }, engagement: { 1: 60, 2: 0 } }
)"));
  EXPECT_TRUE(book->identity.strip_plus);
  EXPECT_FALSE(book->identity.strip_gmail_dots);
  EXPECT_EQ(book->identity.stale_after, Days(2));
  ASSERT_EQ(book->screening.size(), 2u);
  EXPECT_EQ(book->screening[0].as, "employee");
  EXPECT_EQ(book->screening[0].origin.Text(), "rules.yaml:13");
  EXPECT_EQ(book->screening[1].hold_for_review->business_days, 1);
  EXPECT_EQ(book->scoring.fit_cap, 80);
  const std::vector<Band>& bands = book->scoring.fit[0].bands;
  ASSERT_EQ(bands.size(), 2u);
  EXPECT_EQ(bands[0].from, 0);
  EXPECT_EQ(bands[1].points, 10);
  const ScoringRule& pricing = book->scoring.engagement[0];
  EXPECT_EQ(pricing.signal, EventType::kSiteVisited);
  EXPECT_EQ(pricing.at_most.points, 30);
  EXPECT_EQ(pricing.at_most.per, Days(7));
  EXPECT_TRUE(pricing.account_scope);
  EXPECT_EQ(book->scoring.fit_grades.front().name, "A");
}

TEST(Compile, ReadsLifecycle) {
  const auto book = Book(Files(R"(kind: lifecycle
route_when: [hand_raise]
thresholds:
  - { to: mql, when: { score.fit: { gte: 30 } }, cooldown: 90d }
repeat:
  - { within: 10m, same: form, do: ignore }
  - { stage: [nurture, recycled], do: reopen, to: previous_rep }
  - { stage: disqualified, reason: [spam], when: { submission.hand_raise: true }, do: new_lead }
)"));
  const LifecycleRules& rules = book->lifecycle;
  EXPECT_TRUE(rules.RoutesOn("hand_raise"));
  EXPECT_FALSE(rules.RoutesOn("mql"));
  EXPECT_EQ(rules.thresholds[0].cooldown, Days(90));
  ASSERT_EQ(rules.repeat.size(), 3u);
  EXPECT_TRUE(rules.repeat[0].same_form);
  EXPECT_EQ(rules.repeat[0].within, Minutes(10));
  EXPECT_TRUE(rules.repeat[1].to_previous_rep);
  EXPECT_THAT(rules.repeat[1].stages, ElementsAre("nurture", "recycled"));
  EXPECT_THAT(rules.repeat[2].reasons, ElementsAre("spam"));
  EXPECT_EQ(rules.repeat[2].action, RepeatAction::kNewLead);
}

TEST(Compile, ReadsRoutesTablesAndTargets) {
  const auto book = Book(
      {{"people.csv", "id,zone,caps,active_to\nana,Europe/Madrid,5 open; 2 per 24h,2026-12-31\n"},
       {"t.csv", "lead.country,rep\nNO,ana\n"},
       {"rules.yaml", R"(kind: team
roster: people.csv
pools:
  west: { members: [ { rep: ana, weight: 3 } ], caps: 40 open, sticky: { for: 30d, if_away: backup }, overflow: house }
  house: { strategy: queue, claim: { at_most: 5 open, return_after: 15m } }
---
kind: routing
hold: { until: { account.employees: present }, at_most: 90s }
routes:
  - { name: Owners, when: { account.type: customer }, to: { owner: account, if_away: wait } }
  - { name: Support, to: { sdr_of: account.owner } }
  - name: Nordic
    when: { lead.country: [NO, SE] }
    priority: high
    routes:
      - { name: Table, table: t.csv, match: lead.country, to: { rep: $rep, else: { pool: west } } }
otherwise: { to: { pool: house } }
)"}});
  const RosterRep& ana = *book->FindRep("ana");
  ASSERT_EQ(ana.caps.size(), 2u);
  EXPECT_EQ(ana.caps[1].kind, Cap::Kind::kRolling);
  EXPECT_EQ(FormatInstant(ana.active_to), "2026-12-31T23:00:00Z");
  const Pool& west = *book->FindPool("west");
  EXPECT_EQ(west.members[0].weight, 3);
  EXPECT_TRUE(west.sticky_backup);
  EXPECT_THAT(west.overflow, ElementsAre("house"));
  EXPECT_EQ(book->FindPool("house")->claim_return_after, Minutes(15));
  const RoutingRules& routing = book->routing;
  EXPECT_EQ(routing.hold->at_most, Seconds(90));
  EXPECT_EQ(routing.routes[0].to.from, TargetFrom::kOwner);
  EXPECT_EQ(routing.routes[0].to.field, Field("account.owner"));
  EXPECT_TRUE(routing.routes[0].to.wait_if_away);
  EXPECT_EQ(routing.routes[1].to.from, TargetFrom::kSdrOf);
  const Route& nested = routing.routes[2].nested.at(0);
  EXPECT_EQ(nested.to.from, TargetFrom::kRepColumn);
  EXPECT_EQ(nested.to.name, "rep");
  EXPECT_EQ(nested.to.else_pool, "west");
  FactSheet sheet(book->slots());
  sheet.Set(Field("lead.country"), Value::Text("NO"));
  EXPECT_EQ(LookUp(*nested.table, sheet.facts())->cells[0].second, "ana");
  EXPECT_EQ(routing.routes[2].priority, "high");
}

TEST(Compile, ReadsSlaAndCadence) {
  const auto book = Book(Files(R"(kind: sla
hot:
  hours: always
  grace: 60s
  milestones: { accept: { within: 5m }, first_touch: { within: 15m } }
  ladder:
    accept: [ { at: 80%, notify: rep }, { at: due, reassign: { at_most: 2, else: queue } } ]
    first_touch: [ { at: due + 30m, escalate: [manager, "ops@acme.com"] } ]
  pause: { while: { lead.status: Waiting } }
---
kind: cadence
name: inbound
rep_away: { longer_than: 1 business day, do: backup }
steps:
  - { email: [ { template: a, share: 30% }, { template: b, share: 70% } ], mode: auto }
  - { call: { expires: 3 business days, on_expiry: exit }, after: 1 business day, window: 09:00-11:30 rep }
  - { linkedin: connect, after: 2d, skip_if: { lead.linkedin: missing } }
  - { email: { template: c, thread: reply } }
)"));
  const SlaPolicy& hot = *book->FindSla("hot");
  EXPECT_FALSE(hot.milestones[0].on);
  EXPECT_TRUE(hot.milestones[1].from_assigned && hot.milestones[1].per_assignment);
  EXPECT_FALSE(hot.milestones[2].from_assigned || hot.milestones[2].per_assignment);
  EXPECT_EQ(hot.ladders[1][0].percent_of, 80);
  EXPECT_EQ(hot.ladders[1][1].action, RungAction::kReassign);
  EXPECT_TRUE(hot.ladders[1][1].else_queue);
  EXPECT_EQ(hot.ladders[2][0].after_due, Minutes(30));
  EXPECT_THAT(hot.ladders[2][0].notify, ElementsAre("manager", "ops@acme.com"));
  EXPECT_TRUE(hot.pauses);
  const Cadence& cadence = *book->FindCadence("inbound");
  EXPECT_TRUE(cadence.away_backup);
  EXPECT_EQ(cadence.exits.size(), 6u);
  ASSERT_EQ(cadence.steps.size(), 4u);
  EXPECT_TRUE(cadence.steps[0].automatic);
  EXPECT_EQ(cadence.steps[0].variants[1].share, 70);
  EXPECT_FALSE(cadence.steps[1].automatic);
  EXPECT_EQ(cadence.steps[1].window.from_minute, 540);
  EXPECT_FALSE(cadence.steps[1].window.prospect);
  EXPECT_TRUE(cadence.steps[1].expiry_exits);
  EXPECT_EQ(cadence.steps[2].action, "connect");
  EXPECT_TRUE(cadence.steps[2].skips);
  EXPECT_TRUE(cadence.steps[3].reply_in_thread);
  EXPECT_FALSE(cadence.steps[3].automatic);
}

TEST(Compile, CustomFieldsWorkLikeBuiltInOnes) {
  const auto book = Book(Files(R"(kind: fields
account.plan: { type: text, normalise: symbol }
---
kind: lists
plans: [Team, Business]
---
kind: screening
rules: [ { name: Plan, when: { account.plan: { in: lists.plans } }, as: customer } ]
)"));
  FactSheet sheet(book->slots());
  sheet.Set({book->fields().Find("account.plan")->number}, Value::Text("business"));
  EXPECT_TRUE(book->screening[0].when.Holds(sheet.facts()));
}

TEST(Compile, WithoutARosterFileRepsComeByEvents) {
  const auto book = Book({{"rules.yaml", R"(kind: team
pools: { west: { members: [ana, bo] } }
---
kind: routing
routes: [ { name: A, when: { lead.free_mail: true }, to: { rep: cy } } ]
otherwise: { to: { pool: west } }
)"}});
  EXPECT_EQ(book->FindPool("west")->members.size(), 2u);
  EXPECT_EQ(book->DeskOfRep("bo"), "main");
}

TEST(Compile, TheVersionFollowsTheSourcesAndNothingElse) {
  const std::vector<RuleFile> one = Files("", {{"b.yaml", "kind: lists\na: [x]\n"}});
  std::vector<RuleFile> turned = one;
  std::ranges::reverse(turned);
  EXPECT_EQ(Book(one)->version(), Book(turned)->version());
  EXPECT_NE(Book(one)->version(), Book(Files(""))->version());
  std::vector<RuleFile> tested = one;
  tested.push_back({"tests/a.yaml", "not: rules"});
  EXPECT_EQ(Book(tested)->version(), Book(one)->version());
}

TEST(Compile, APolicyKeepsItsHashUntilItsContentChanges) {
  const std::string sla =
      "kind: sla\nhot: { hours: office, milestones: { accept: { within: 5m } } }\n";
  const std::string office = "---\nkind: calendars\noffice: { weekly: { mon-fri: 09:00-17:00 } }\n";
  const std::string longer = "---\nkind: calendars\noffice: { weekly: { mon-fri: 09:00-18:00 } }\n";
  const auto first = Book(Files(sla + office));
  const auto second = Book(Files("# a comment\n" + sla + office), first.get());
  EXPECT_NE(first->version(), second->version());
  EXPECT_EQ(first->FindSla("hot")->hash, second->FindSla("hot")->hash);
  const auto third = Book(Files(sla + longer), second.get());
  EXPECT_NE(third->FindSla("hot")->hash, first->FindSla("hot")->hash);
  EXPECT_NE(third->FindSla(first->FindSla("hot")->hash), nullptr);
  const auto fourth = Book(Files(""), third.get());
  EXPECT_EQ(fourth->FindSla("hot"), nullptr);
  EXPECT_NE(fourth->FindSla(first->FindSla("hot")->hash), nullptr);
}

TEST(Compile, TellsEveryProblemAtOnceAndGivesNoBook) {
  const CompileResult result = Compile(Files(R"(kind: screening
rules:
  - { name: A, when: { lead.contry: DE }, as: x }
  - { name: B, when: { lead.country: Germany }, as: x }
---
kind: identity
stale_after: soon
)"));
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.diagnostics.error_count(), 3u);
  EXPECT_THAT(result.diagnostics.Render(), HasSubstr("did you mean 'lead.country'?"));
}

TEST(Compile, ANameInADocumentLostToItsSyntaxIsNotCalledUnknown) {
  const CompileResult result =
      Compile({{"a.yaml", "kind: team\npools: { house: { strategy: queue }\n"},
               {"b.yaml", "kind: routing\notherwise: { to: { pool: house } }\n"}});
  EXPECT_EQ(result.diagnostics.error_count(), 1u) << result.diagnostics.Render();
}

// R31743 and R22213 have the same 32 bits of hash.
TEST(Compile, NamesOfOneHashTroubleOnlyRulesWhosePointsAreKept) {
  EXPECT_TRUE(Compile(Files(R"(kind: scoring
fit: { rules: [ { name: R31743, points: 1 }, { name: R22213, points: 1 } ] }
)"))
                  .ok());
  const CompileResult kept = Compile(Files(R"(kind: scoring
engagement:
  half_life: 7d
  rules:
    - { name: R31743, signal: site.visited, points: 1 }
    - { name: R22213, signal: site.visited, points: 1 }
)"));
  EXPECT_THAT(kept.diagnostics.Render(),
              HasSubstr("the names 'R22213' and 'R31743' cannot be told apart"));
}

TEST(Check, AnswersPeopleAndMachines) {
  const CheckReport fine = Check(Files(""));
  EXPECT_TRUE(fine.ok);
  EXPECT_THAT(fine.text, HasSubstr("fine: 0 routes, 1 pool, 0 reps, 0 warnings"));
  EXPECT_THAT(fine.json, HasSubstr(R"("ok":true)"));
  const CheckReport bad = Check(Files("kind: identity\nstale_after: soon\n"));
  EXPECT_FALSE(bad.ok);
  EXPECT_THAT(bad.json, HasSubstr(R"("version":null)"));
  EXPECT_THAT(bad.json, HasSubstr(R"("line":8)"));
}

constexpr std::string_view kUnreachable = R"(kind: team
pools: { house: { strategy: queue } }
---
kind: routing
routes:
  - { name: A, when: { lead.country: [DE, AT] }, to: { pool: house } }
  - { name: B, when: { lead.country: DE }, to: { pool: house } }
otherwise: { to: { pool: house } }
)";

TEST(Check, ShowsMachinesALeadAsWell) {
  const CheckReport report = Check({{"rules.yaml", std::string(kUnreachable)}});
  EXPECT_EQ(report.errors, 1u);
  EXPECT_THAT(report.json, HasSubstr(R"("example":{"lead":{"lead.country":"DE"}})"));
}

// A file that cannot be read keeps only what hangs on its kind from being looked at, and that is
// said.
TEST(Check, SaysWhatErrorsKeptFromBeingLookedAt) {
  const std::string rules(kUnreachable);
  const CheckReport lists = Check({{"rules.yaml", rules}, {"x.yaml", "kind: lists\nbad: [ ''\n"}});
  EXPECT_EQ(lists.errors, 1u) << lists.text;
  EXPECT_EQ(lists.not_checked,
            "not checked until that is mended: conditions, routes and tables, who has left, caps, "
            "open time ahead, "
            "unused names\n");
  EXPECT_THAT(lists.json, HasSubstr(R"("not_checked":["conditions",)"));
  const CheckReport sla = Check({{"rules.yaml", rules}, {"x.yaml", "kind: sla\nbad: { ''\n"}});
  EXPECT_THAT(sla.text, HasSubstr("route 'B' can never be reached"));
  EXPECT_EQ(sla.not_checked, "not checked until that is mended: hours of pools, unused names\n");
  EXPECT_TRUE(sla.annotations.ends_with("\n::notice title=rules check::" + sla.not_checked));
  EXPECT_EQ(Check({{"rules.yaml", rules}}).not_checked, "");
}

// Of a lost document no line may say what it is; then it may have been anything.
TEST(Check, ALostDocumentOfAnUnknownKindForgivesAllNames) {
  const CheckReport report = Check(
      {{"rules.yaml",
        "kind: routing\nroutes: [ { name: A, when: { lead.tier: gold }, to: { pool: west } } ]\n"
        "otherwise: { to: { pool: house }, sla: hot }\n"},
       {"x.yaml", "{ kind: team, pools: {\n"}});
  EXPECT_EQ(report.errors, 1u) << report.text;
}

// Another with the error tells of the names of its own kind.
TEST(Check, ALostDocumentForgivesTheNamesOfItsKind) {
  const CheckReport report = Check(
      {{"rules.yaml",
        "kind: routing\nroutes: [ { name: A, when: { lead.tier: gold }, to: { pool: west } } ]\n"
        "otherwise: { to: { pool: house }, sla: hot }\n"},
       {"x.yaml", "kind: team  # people\npools: {\n"}});
  EXPECT_EQ(report.errors, 3u) << report.text;
  EXPECT_THAT(report.text, HasSubstr("there is no SLA 'hot'"));
  EXPECT_THAT(report.text, HasSubstr("there is no field 'lead.tier'"));
}

// What is in force already is compiled again without proofs.
TEST(Compile, LeavesProofsToCheck) {
  const CompileResult result = Compile({{"rules.yaml", std::string(kUnreachable)}});
  EXPECT_TRUE(result.ok()) << result.diagnostics.Render();
}

// A row without a pool lets leads through to the routes below.
TEST(Check, ATableWithARowThatNamesNobodyDoesNotTakeAll) {
  const auto problems = [](const std::string& rows) {
    const std::string rules =
        "kind: team\npools: { house: { strategy: queue } }\n---\nkind: routing\nroutes:\n"
        "  - { name: T, table: t.csv, match: lead.country, to: { pool: $pool } }\n"
        "  - { name: German, when: { lead.country: DE }, to: { pool: house } }\n"
        "otherwise: { to: { pool: house } }\n";
    const CheckReport report =
        Check({{"rules.yaml", rules}, {"t.csv", "lead.country,pool\n" + rows}});
    return report.errors + report.warnings;
  };
  EXPECT_EQ(problems("DE,house\n"), 1u);
  EXPECT_EQ(problems("DE,-\n"), 0u);
  EXPECT_EQ(problems("DE,\n"), 0u);
}

TEST(CanonicalText, KnowsNoCommentsAndNoQuotes) {
  const auto text = [](std::string yaml) {
    const Source source("t.yaml", std::move(yaml));
    Diagnostics diagnostics;
    return CanonicalText(ParseYaml(source, diagnostics).front());
  };
  EXPECT_EQ(text("a: { b: [1, 'x'] }  # why\n"), text("a:\n  b:\n    - '1'\n    - x\n"));
  EXPECT_NE(text("a: [b, c]\n"), text("a: ['b, c']\n"));
}

}  // namespace
}  // namespace pm
