// What `explain` says of leads in every place: where each is, what it waits for and until when, and
// what would take it on.
#include "app/views/explanation.h"

#include <gmock/gmock.h>

#include "app/simulate/dry_run.h"
#include "app/simulate/summary.h"
#include "app/views/explain_decision.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kRules[] = R"(kind: screening
rules:
  - { name: Own staff, when: { lead.email_domain: own.example }, as: employee }
  - { name: Odd name, when: { lead.first_name: Test }, hold_for_review: 2h }
---
kind: scoring
fit:
  rules:
    - { name: Seats, bands: { of: account.employees, from: { 0: -5, 50: 20 } } }
    - { name: Home, when: { not: { lead.country: { in: [US, CA], missing: match } } }, points: 10 }
engagement:
  half_life: 14d
  rules:
    - { name: Pricing, signal: site.visited, when: { event.path: { starts_with: /pricing } }, points: 12 }
    - { name: Form, signal: lead.submitted, points: 20 }
grades: { fit: { A: 25, B: 0 }, engagement: { 1: 40, 2: 0 } }
---
kind: lifecycle
route_when: [hand_raise, mql]
thresholds:
  - { to: mql, when: { score.engagement: { gte: 40 } }, cooldown: 90d }
repeat:
  [ { when: { submission.form: again }, do: reopen }, { stage: [assigned], do: notify_owner } ]
---
kind: routing
hold: { until: { account.employees: present }, at_most: 90s }
routes:
  - { name: Owners, when: { account.type: customer }, to: { owner: account } }
  - { name: Large, when: { any: [ { account.employees: { gte: 500 } }, { account.industry: bank } ] }, to: { rep: ben } }
  - { name: Germans, table: lands.csv, match: lead.country, hit: first, to: { pool: $pool } }
  - { name: Wordy, when: submission.message.size() > account.employees, to: { pool: house } }
otherwise: { to: { pool: house } }
---
kind: team
roster: reps.csv
pools:
  berlin: { strategy: weighted, members: [ana, ben], caps: [1 open], overflow: [house] }
  night: { strategy: weighted, members: [cy], off_hours: hold, overflow: [house] }
  house: { strategy: queue, members: [ana, cy], claim: { at_most: 3 open } }
---
kind: calendars
office: { weekly: { mon-fri: [09:00-17:00] } }
)";

class ExplanationTest : public testing::Test {
 protected:
  ExplanationTest() {
    const CompileResult compiled =
        Compile({{"rules.yaml", kRules},
                 {"reps.csv",
                  "id,email,name,zone,hours\nana,a@own.example,Ana,UTC,always\n"
                  "ben,b@own.example,Ben,UTC,always\ncy,c@own.example,Cy,UTC,office\n"},
                 {"lands.csv", "lead.country,pool\nDE,berlin\nAT,night\n"}});
    EXPECT_TRUE(compiled.ok()) << compiled.diagnostics.Render();
    book_ = compiled.book;
    run_.emplace(book_, DryRun::Observer{[this](const Output& o) { Take(o); }, {}});
  }

  void Take(const Output& output) {
    if (output.type == "lead.created")
      lead_ = *ParseLeadId(ParseJson(output.json)->Text({"data", "lead", "id"}));
  }
  // On Monday 2026-03-02 at `time`.
  void Send(std::string_view time, std::string_view type, std::string_view data,
            std::string_view mode = "live") {
    run_->Submit(fmt::format(
        R"({{"id":"{}","source":"t","type":"{}","time":"2026-03-02T{}Z","mode":"{}","data":{}}})",
        ++sent_, type, time, mode, data));
  }
  std::string Explain() {
    run_->Flush();
    const auto explained =
        ExplainLead(run_->store(), lead_, *book_, [&](ContentHash) { return book_; });
    EXPECT_TRUE(explained.has_value());
    EXPECT_TRUE(ParseJson(ToJson(*explained)).has_value());
    return ToText(*explained);
  }

  std::shared_ptr<const RuleBook> book_;
  std::optional<DryRun> run_;
  LeadId lead_;
  int sent_ = 0;
};

TEST_F(ExplanationTest, ALeadInNurtureIsToldWhatWouldRouteItAndByHowMuchItMisses) {
  Send("10:00:00", "lead.submitted", R"({"email":"a@acme.com","country":"DE"})");
  const std::string text = Explain();
  EXPECT_THAT(text, HasSubstr("is nurture, stage nurture"));
  EXPECT_THAT(text, HasSubstr("Waits for a reason to be routed: hand_raise or mql."));
  EXPECT_THAT(text, HasSubstr("hand_raise: a submission that asks for sales; none did"));
  EXPECT_THAT(text,
              HasSubstr("mql (rules.yaml:21): score.engagement gte 40: it is 20, 20 too few"));
  EXPECT_THAT(text, Not(HasSubstr("routing"))) << "nothing was decided about a route";
}

TEST_F(ExplanationTest, BackfillIsSaidToRouteNothing) {
  Send("10:00:00", "lead.submitted", R"({"email":"a@acme.com","hand_raise":true})", "backfill");
  EXPECT_THAT(Explain(), HasSubstr("Taken in as backfill, which routes nothing."));
}

TEST_F(ExplanationTest, ALeadOfAnotherModeIsSaidToBeActedOnByNobody) {
  Send("10:00:00", "lead.submitted", R"({"email":"a@x.example","hand_raise":true})", "test");
  EXPECT_THAT(Explain(), HasSubstr("of mode test: nobody acts on it"));
  EXPECT_THAT(ToText(*ViewLead(run_->store(), lead_, *book_)), HasSubstr("mode          test"));
  Send("10:01:00", "lead.submitted", R"({"email":"a@x.example","hand_raise":true})");
  EXPECT_THAT(Explain(), Not(HasSubstr("of mode")));
  EXPECT_THAT(ToText(*ViewLead(run_->store(), lead_, *book_)), Not(HasSubstr("mode ")));
}

TEST_F(ExplanationTest, ARecycledLeadIsToldWhySalesGaveItBackAndUntilWhen) {
  Send("10:00:00", "lead.submitted",
       R"({"email":"a@acme.com","country":"DE","employees":20,"hand_raise":true})");
  Send(
      "11:00:00", "lead.disposed",
      R"({"email":"a@acme.com","status":"recycled","reason":"no budget","not_before":"2026-09-01T00:00:00Z"})");
  const std::string text = Explain();
  EXPECT_THAT(text, HasSubstr("Came back from sales 2026-03-02T11:00:00Z: no budget."));
  EXPECT_THAT(text,
              HasSubstr("mql (rules.yaml:21): not before 2026-09-01T00:00:00Z, as sales said"));
  EXPECT_THAT(text, HasSubstr("hand_raise: another submission that asks for sales"));
}

TEST_F(ExplanationTest, AHeldLeadIsToldWhatItWaitsForAndUntilWhen) {
  Send("10:00:00", "lead.submitted", R"({"email":"a@acme.com","country":"DE","hand_raise":true})");
  const std::string text = Explain();
  EXPECT_THAT(text, HasSubstr("is held"));
  EXPECT_THAT(text, HasSubstr("To be routed because of hand_raise"));
  EXPECT_THAT(text, HasSubstr("Routed 2026-03-02T10:01:30Z at the latest"));
  EXPECT_THAT(text, HasSubstr("at once with account.employees present: it is missing"));
}

TEST_F(ExplanationTest, AScreenedLeadIsToldWhichValueDidIt) {
  Send("10:00:00", "lead.submitted", R"({"email":"me@own.example","hand_raise":true})");
  const std::string text = Explain();
  EXPECT_THAT(text, HasSubstr("Screening rule 'Own staff' took it out as employee."));
  EXPECT_THAT(text, HasSubstr("It stays out until what the rule looks at changes."));
  EXPECT_THAT(text, HasSubstr("lead.email_domain eq own.example: it is own.example"));
  EXPECT_THAT(text, HasSubstr("rule Own staff (rules.yaml:3) matched"));
}

TEST_F(ExplanationTest, AReviewSaysWhenItEnds) {
  Send("10:00:00", "lead.submitted", R"({"email":"a@acme.com","first_name":"Test"})");
  const std::string text = Explain();
  EXPECT_THAT(text, HasSubstr("For review until 2026-03-02T12:00:00Z; then it is let in."));
  EXPECT_THAT(text, HasSubstr("rule Own staff (rules.yaml:3) did not match"));
}

TEST_F(ExplanationTest, APersonWhoRefusedAllIsNotSaidToHaveBeenRefusedByATarget) {
  Send("09:00:00", "consent.changed",
       R"({"email":"a@acme.com","channel":"all","status":"refused"})");
  Send("10:00:00", "lead.submitted",
       R"({"email":"a@acme.com","country":"DE","employees":20,"hand_raise":true})");
  const std::string text = Explain();
  EXPECT_THAT(text, HasSubstr("To be routed because of hand_raise, but every channel is refused"));
  EXPECT_THAT(text, HasSubstr("The person refused all, said by t 2026-03-02T09:00:00Z."));
  EXPECT_THAT(text, HasSubstr("the lead then goes on by itself"));
  EXPECT_THAT(text, HasSubstr("No route was asked."));
  EXPECT_THAT(text, Not(HasSubstr("route Germans"))) << text;
  EXPECT_THAT(text, Not(HasSubstr("otherwise"))) << text;
}

TEST_F(ExplanationTest, ASuppressionOfADomainIsNamed) {
  Send("09:00:00", "suppression.added", R"({"scope":"domain","domain":"acme.com"})");
  Send("10:00:00", "lead.submitted",
       R"({"email":"a@acme.com","country":"DE","employees":20,"hand_raise":true})");
  EXPECT_THAT(Explain(), HasSubstr("A suppression of domain:acme.com covers all, said by t"));
}

TEST_F(ExplanationTest, RoutesSayWhichValuesMatchedAndWhatTheOthersWanted) {
  Send(
      "10:00:00", "lead.submitted",
      R"({"email":"a@acme.com","country":"DE","employees":180,"type":"prospect","hand_raise":true})");
  const std::string text = Explain();
  EXPECT_THAT(text, HasSubstr("is assigned, stage assigned"));
  EXPECT_THAT(text, HasSubstr("has it since 2026-03-02T10:00:00Z, from pool berlin."));
  EXPECT_THAT(text, HasSubstr("Accepted: not yet."));
  EXPECT_THAT(text, HasSubstr("route Owners (rules.yaml:28) did not match"));
  EXPECT_THAT(text, HasSubstr("account.employees gte 500: it is 180 people, 320 too few; or "
                              "account.industry eq bank: it is missing"));
  EXPECT_THAT(text, HasSubstr("route Germans (rules.yaml:30) took it"));
  EXPECT_THAT(text, HasSubstr("lands.csv:2 matches: lead.country is DE"));
  EXPECT_THAT(text, HasSubstr("it was their turn in the rotation"));
  EXPECT_THAT(text, HasSubstr("could have had it, but it was another's turn"));
  EXPECT_THAT(text, HasSubstr("fit: Home (rules.yaml:10) gave +10"));
  EXPECT_THAT(text, HasSubstr("not lead.country in [US, CA]: it is DE"));
  EXPECT_THAT(text, HasSubstr("fit: Seats (rules.yaml:9) gave +20"));
  EXPECT_THAT(text, HasSubstr("account.employees is 180 people"));
  EXPECT_THAT(text, HasSubstr("engagement: Pricing (rules.yaml:14) gave nothing; it gives +12 for "
                              "site.visited with event.path starts_with /pricing"));
  EXPECT_THAT(text, HasSubstr("engagement 40 would be grade 1: 20 more than 20"));
}

TEST_F(ExplanationTest, ABandRuleWithoutAValueGaveNothing) {
  Send("10:00:00", "lead.submitted", R"({"email":"a@acme.com","country":"US"})");
  const std::string text = Explain();
  EXPECT_THAT(text, HasSubstr("fit: Seats (rules.yaml:9) gave nothing"));
  EXPECT_THAT(text, HasSubstr("account.employees is missing"));
  EXPECT_THAT(text, HasSubstr("fit: Home (rules.yaml:10) gave nothing"));
  EXPECT_THAT(text, HasSubstr("not lead.country in [US, CA]: it is US"));
}

TEST_F(ExplanationTest, ARouteThatNamesNobodySaysSo) {
  Send("09:00:00", "account.upserted", R"({"domain":"acme.com","type":"customer"})");
  Send("10:00:00", "lead.submitted",
       R"({"email":"a@acme.com","country":"FR","employees":20,"hand_raise":true})");
  const std::string text = Explain();
  EXPECT_THAT(text,
              HasSubstr("route Owners (rules.yaml:28) matched, but it names nobody for this lead"));
  EXPECT_THAT(text, HasSubstr("route Germans (rules.yaml:30) did not match"));
  EXPECT_THAT(text, HasSubstr("of lands.csv matches: lead.country is FR"));
  EXPECT_THAT(text, HasSubstr(": with submission.message missing, account.employees 20 people"));
  EXPECT_THAT(text, HasSubstr("took it, as no route before it did"));
  EXPECT_THAT(text, HasSubstr("In the queue of pool house since 2026-03-02T10:00:00Z"));
  EXPECT_THAT(text, HasSubstr("lead.claim by ana, cy, each with at most 3 open"));
}

TEST_F(ExplanationTest, ARouteWhoseRepIsGoneIsNotSaidToHaveTakenIt) {
  Send("09:00:00", "rep.deactivated", R"({"rep":"ben"})");
  Send("10:00:00", "lead.submitted",
       R"({"email":"a@acme.com","country":"DE","employees":900,"hand_raise":true})");
  const std::string text = Explain();
  EXPECT_THAT(text, HasSubstr("route Large (rules.yaml:29) matched, but nobody it names could "
                              "take the lead: see the assignment"));
  EXPECT_THAT(text, HasSubstr("account.employees gte 500: it is 900 people"));
  EXPECT_THAT(text, HasSubstr("route Germans (rules.yaml:30) took it"));
  EXPECT_THAT(text, HasSubstr("ben: is not active"));
  EXPECT_THAT(text, HasSubstr("Large: nobody could take it, so the next route was asked"));
}

TEST_F(ExplanationTest, ACapAndAnOverflowAreNamed) {
  for (const std::string_view who : {"a", "b", "c"}) {
    Send("10:00:00", "lead.submitted",
         fmt::format(R"({{"email":"{0}@{0}.com","country":"DE","employees":20,"hand_raise":true}})",
                     who));
  }
  const std::string text = Explain();
  EXPECT_THAT(text, HasSubstr("ana: is at the cap of 1 open"));
  EXPECT_THAT(text, HasSubstr("berlin: overflows to house"));
}

TEST_F(ExplanationTest, ALeadThatAPoolHoldsIsToldWhenItsHoursBegin) {
  Send("20:00:00", "lead.submitted",
       R"({"email":"a@acme.com","country":"AT","employees":20,"hand_raise":true})");
  EXPECT_THAT(Explain(),
              HasSubstr("Pool night holds it until a member is at work: 2026-03-03T09:00:00Z."));
}

TEST_F(ExplanationTest, AnotherSubmissionIsNoThreshold) {
  Send("10:00:00", "lead.submitted",
       R"({"email":"a@acme.com","country":"DE","employees":20,"hand_raise":true})");
  Send("11:00:00", "lead.submitted", R"({"email":"a@acme.com","hand_raise":true,"form":"x"})");
  EXPECT_THAT(Explain(), HasSubstr("Another submission came; the rule for that (rules.yaml:23) "
                                   "says notify_owner."));
}

TEST_F(ExplanationTest, ARepeatRuleThatWasSetAsideSaysWhy) {
  Send("10:00:00", "lead.submitted",
       R"({"email":"a@acme.com","country":"DE","employees":20,"hand_raise":true})");
  Send("11:00:00", "lead.submitted", R"({"email":"a@acme.com","form":"again"})");
  EXPECT_THAT(Explain(), HasSubstr("Another submission came; the rule for that (rules.yaml:23) "
                                   "says reopen, which cannot be done with a lead in stage "
                                   "assigned: the lead took the submission."));
}

TEST_F(ExplanationTest, AClosedLeadSaysWhy) {
  Send("10:00:00", "lead.submitted",
       R"({"email":"a@acme.com","country":"DE","employees":20,"hand_raise":true})");
  Send("11:00:00", "lead.disposed",
       R"({"email":"a@acme.com","status":"disqualified","reason":"spam"})");
  EXPECT_THAT(Explain(), HasSubstr("Closed 2026-03-02T11:00:00Z: spam."));
}

// 70 rules that all match, by a field that holds a duration.
std::string ManyRules() {
  std::string text =
      "kind: fields\nlead.wait: { type: duration, meaning: Wait. }\n---\n"
      "kind: routing\notherwise: { to: { pool: house } }\n---\n"
      "kind: team\npools: { house: { strategy: queue } }\n---\n"
      "kind: scoring\nfit:\n  rules:\n";
  for (int i = 0; i < 70; ++i) {
    text +=
        fmt::format("    - {{ name: R{}, when: {{ lead.wait: {{ gte: 1h }} }}, points: 1 }}\n", i);
  }
  return text;
}

TEST(ManyRules, ThoseWhosePointsAreNotKeptAreNotSaidToHaveGivenNothing) {
  const CompileResult compiled = Compile({{"rules.yaml", ManyRules()}});
  ASSERT_TRUE(compiled.ok()) << compiled.diagnostics.Render();
  std::string scoring;
  LeadId lead;
  DryRun run(compiled.book, {[&](const Output& o) {
                               if (o.json.find("\"kind\":\"scoring\"") == std::string::npos) return;
                               scoring = o.json;
                               lead = *ParseLeadId(o.key);
                             },
                             {}});
  run.Submit(R"({"id":"1","source":"t","type":"lead.submitted","time":"2026-03-02T10:00:00Z",)"
             R"("data":{"email":"a@acme.com","wait":"90m"}})");
  run.Flush();
  EXPECT_THAT(scoring, HasSubstr("\"and 6 more\"]"));
  EXPECT_THAT(scoring, HasSubstr(R"("lead.wait":"1h30m")"));
  const auto explained =
      ExplainLead(run.store(), lead, *compiled.book, [&](ContentHash) { return compiled.book; });
  ASSERT_TRUE(explained.has_value());
  EXPECT_THAT(ToText(*explained), HasSubstr("matched; only the rules that gave most are kept"));
  EXPECT_THAT(ToText(*explained), Not(HasSubstr("gave nothing")));
}

constexpr char kThresholds[] = R"(kind: lifecycle
thresholds:
  - { to: mql, when: { lead.title: { contains: VP }, lead.country: US } }
  - { to: mql, when: { account.employees: { gte: 50 } } }
  - { to: mql, when: { lead.company: present } }
  - { to: mql, when: { account.employees: { gte: 900 } } }
---
kind: routing
otherwise: { to: { pool: house } }
---
kind: team
pools: { house: { strategy: queue } }
)";

TEST(Thresholds, EachSaysWhetherItWasMetAndTheValuesItSaw) {
  const CompileResult compiled = Compile({{"rules.yaml", kThresholds}});
  ASSERT_TRUE(compiled.ok()) << compiled.diagnostics.Render();
  LeadId lead;
  DryRun run(compiled.book, {[&](const Output& o) {
                               if (o.type == "lead.created") lead = *ParseLeadId(o.key);
                             },
                             {}});
  run.Submit(R"({"id":"1","source":"t","type":"lead.submitted","time":"2026-03-02T10:00:00Z",)"
             R"("data":{"email":"a@acme.com","country":"DE","employees":60,"company":"Acme"}})");
  run.Flush();
  const auto explained =
      ExplainLead(run.store(), lead, *compiled.book, [&](ContentHash) { return compiled.book; });
  ASSERT_TRUE(explained.has_value());
  const std::string text = ToText(*explained);
  EXPECT_THAT(text, HasSubstr("threshold to mql (rules.yaml:3) was not met\n"));
  EXPECT_THAT(text, HasSubstr("lead.country eq US: it is DE"));
  EXPECT_THAT(text, HasSubstr("threshold to mql (rules.yaml:4) was met and crossed\n"));
  EXPECT_THAT(text, HasSubstr("account.employees gte 50: it is 60"));
  EXPECT_THAT(text, HasSubstr("(rules.yaml:5) was met, too, after the one that decides\n"));
  EXPECT_THAT(text, HasSubstr("(rules.yaml:6) was not met\n"));
  EXPECT_THAT(text, HasSubstr("account.employees gte 900: it is 60 people, 840 too few"));
}

TEST(Words, EveryReasonAndEveryWayIsAPhrase) {
  EXPECT_EQ(PassedOverInWords("sticky, but cap 3 per day"),
            "had this account's last lead, but is at the cap of 3 per day");
  EXPECT_EQ(PassedOverInWords("off_hours until 2026-03-03T09:00:00Z"),
            "is off hours until 2026-03-03T09:00:00Z");
  EXPECT_EQ(PassedOverInWords("something new"), "something new");
  EXPECT_EQ(ViaInWords("rotation, opens soonest"),
            "it was their turn in the rotation; of all who are off hours they are at work first");
  EXPECT_EQ(ViaInWords("something new"), "something new");
}

}  // namespace
}  // namespace pm
