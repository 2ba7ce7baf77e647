#include "app/simulate/why_not.h"

#include <gmock/gmock.h>

#include "app/simulate/lead_trial.h"
#include "base/time/text.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr char kRules[] = R"(kind: screening
rules: [ { name: Competitor, when: { account.type: competitor }, as: competitor } ]
---
kind: scoring
fit:
  rules:
    - { name: Industry, when: { account.industry: [software, fintech] }, points: 30 }
    - { name: Size, bands: { of: account.employees, from: { 0: -10, 100: 20, 1000: 40 } } }
    - { name: Decides, when: { lead.title: { matches: '(?i)\b(vp|chief)\b' } }, points: 20 }
---
kind: routing
routes:
  - { name: Owned, when: { account.owner: present }, to: { owner: account } }
  - { name: German, when: { lead.country: [DE, AT] }, to: { pool: dach } }
  - { name: Fit, when: { score.fit: { gte: 50 } }, to: { rep: eva } }
  - name: Partners
    when: { account.type: partner }
    routes:
      - { name: Large partners, when: 'account.employees > 500', to: { pool: dach } }
      - { name: Small partners, to: { rep: eva } }
  - { name: Places, table: places.csv, match: [lead.country, account.employees], hit: first, to: { rep: $rep } }
otherwise: { to: { pool: house } }
---
kind: team
roster: reps.csv
pools:
  dach: { members: [ana, bo] }
  house: { strategy: queue, members: [flo] }
)";

std::vector<RuleFile> Files() {
  return {{"rules.yaml", kRules},
          {"reps.csv",
           "id,email\nana,ana@us.example\nbo,bo@us.example\neva,eva@us.example\n"
           "flo,flo@us.example\ngil,gil@us.example\n"},
          {"places.csv", "lead.country,account.employees,rep\nFR,>= 100,eva\nFR,-,gil\n"}};
}

class WhyNotTest : public testing::Test {
 protected:
  WhyNotTest() {
    const CompileResult result = Compile(Files());
    EXPECT_TRUE(result.ok()) << result.diagnostics.Render();
    book_ = result.book;
  }
  static LeadFile Lead(const std::string& text) {
    const Result<LeadFile> lead = LeadFile::Read("lead.yaml", text);
    EXPECT_TRUE(lead.has_value()) << lead.error().text;
    return *lead;
  }
  WhyNot Ask(const std::string& lead, const std::string& name) const {
    const Result<WhyNot> answer = AskWhyNot(book_, Lead(lead), at_, name);
    EXPECT_TRUE(answer.has_value()) << answer.error().text;
    return *answer;
  }
  // What is changed, and that the changed lead does go to `route`: not by the search's own word.
  std::vector<std::string> ChangesTo(const std::string& text, const std::string& name,
                                     const std::string& route) const {
    const WhyNot answer = Ask(text, name);
    EXPECT_TRUE(answer.found) << ToText(answer);
    LeadFile lead = Lead(text);
    std::vector<std::string> changes;
    for (const FieldChange& change : answer.changes) {
      lead.Set(book_->fields(), change.field, change.to);
      changes.push_back(change.field + "=" + change.to);
    }
    EXPECT_EQ(LeadTrial(book_, lead, at_).route(), route) << ToText(answer);
    return changes;
  }

  std::shared_ptr<const RuleBook> book_;
  const Instant at_ = *ParseInstant("2026-03-03T10:00:00Z");
};

TEST_F(WhyNotTest, APoolIsNotTakenForAMisspeltRoute) {
  const LeadFile lead = Lead("{ email: a@c.example, hand_raise: true }");
  const auto said = [&](const std::string& name) {
    return AskWhyNot(book_, lead, at_, name).error().text;
  };
  EXPECT_EQ(said("dach"),
            "'dach' is a pool: ask for a route ('German' leads there) or for one of its members");
  EXPECT_EQ(said("Germn"), "no route and no rep is called 'Germn'; did you mean 'German'?");
}

TEST_F(WhyNotTest, NamesTheConditionInTheWayAndTheOneFieldThatTurnsIt) {
  const std::string lead = "{ email: a@c.example, country: US, hand_raise: true }";
  const WhyNot answer = Ask(lead, "German");
  EXPECT_EQ(answer.asked, "route German");
  EXPECT_FALSE(answer.taken);
  EXPECT_THAT(answer.kept, ElementsAre(HasSubstr("route German (rules.yaml:14) did not match"),
                                       HasSubstr("lead.country in [DE, AT]: it is US")));
  EXPECT_THAT(answer.then, HasSubstr("route 'German' (rules.yaml:14) takes it, pool dach"));
  EXPECT_THAT(ChangesTo(lead, "German", "German"), ElementsAre(R"(lead.country="DE")"));
}

TEST_F(WhyNotTest, SaysWhichEarlierRouteTookIt) {
  const std::string lead =
      "{ email: a@c.example, lead.country: DE, account.industry: software, "
      "account.employees: 2000, hand_raise: true }";
  const WhyNot answer = Ask(lead, "Fit");
  EXPECT_THAT(answer.kept.front(),
              HasSubstr("matches, but German (rules.yaml:14) comes before it"));
  EXPECT_THAT(ChangesTo(lead, "Fit", "Fit"), SizeIs(1));
}

TEST_F(WhyNotTest, ReachesAScoreThroughWhatItsRulesLookAt) {
  const std::string lead = "{ email: a@c.example, country: US, hand_raise: true }";
  const std::vector<std::string> changes = ChangesTo(lead, "Fit", "Fit");
  EXPECT_THAT(changes, SizeIs(2));
  EXPECT_THAT(ChangesTo("{ email: a@c.example, account.industry: software, hand_raise: true }",
                        "Fit", "Fit"),
              SizeIs(1));
}

TEST_F(WhyNotTest, ALeadThatNothingRoutesHasToRaiseItsHand) {
  const std::string lead = "{ email: a@c.example, country: AT }";
  const WhyNot answer = Ask(lead, "German");
  EXPECT_THAT(answer.kept.front(), HasSubstr("matches, but the lead was not routed"));
  EXPECT_THAT(ChangesTo(lead, "German", "German"), ElementsAre("submission.hand_raise=true"));
}

TEST_F(WhyNotTest, AScreenedLeadHasToBeAnother) {
  const std::string lead =
      "{ email: a@c.example, country: AT, account.type: competitor, hand_raise: true }";
  EXPECT_THAT(ChangesTo(lead, "German", "German"), ElementsAre(HasSubstr("account.type=")));
}

TEST_F(WhyNotTest, KnowsNestedRoutesExpressionsAndTables) {
  const std::string lead =
      "{ email: a@c.example, country: US, account.type: partner, hand_raise: true }";
  EXPECT_THAT(ChangesTo(lead, "Large partners", "Large partners"),
              ElementsAre("account.employees=501"));
  EXPECT_THAT(Ask("{ email: a@c.example, hand_raise: true }", "Small partners").kept.front(),
              HasSubstr("lies in Partners, which did not match"));
  const std::string nobody = "{ email: a@c.example, country: US, hand_raise: true }";
  EXPECT_THAT(Ask(nobody, "Places").kept, Contains(HasSubstr("no row of places.csv matches")));
  EXPECT_THAT(ChangesTo(nobody, "Places", "Places"), ElementsAre(R"(lead.country="FR")"));
}

TEST_F(WhyNotTest, AsksAboutARepByAllRoutesThatLeadThere) {
  const std::string lead = "{ email: a@c.example, country: US, hand_raise: true }";
  const WhyNot ana = Ask(lead, "ana");
  EXPECT_EQ(ana.asked, "rep ana");
  EXPECT_THAT(ana.changes, SizeIs(1));
  const WhyNot gil =
      Ask("{ email: a@c.example, country: FR, account.employees: 500, "
          "hand_raise: true }",
          "gil@us.example");
  ASSERT_TRUE(gil.found) << ToText(gil);
  EXPECT_THAT(gil.changes, SizeIs(1));
  EXPECT_THAT(gil.then, HasSubstr("gil gets it"));
}

TEST_F(WhyNotTest, OfAPoolItSaysWhoseTurnItWas) {
  const std::string lead = "{ email: a@c.example, country: DE, hand_raise: true }";
  const WhyNot ana = Ask(lead, "ana"), bo = Ask(lead, "bo");
  ASSERT_NE(ana.taken, bo.taken) << "one of them has it";
  EXPECT_THAT(ToText(ana.taken ? ana : bo), HasSubstr("it did: route 'German'"));
  EXPECT_THAT(ToText(ana.taken ? bo : ana),
              AllOf(HasSubstr("it was another's turn"), Not(HasSubstr("it did"))));
}

// ana works in the afternoon, bo in the morning, cy is on leave.
std::string WhyNotOf(std::string_view rep, std::string_view members) {
  const CompileResult rules =
      Compile({{"reps.csv",
                "id,email,hours,leave\nana,ana@us.example,late,\nbo,bo@us.example,early,\n"
                "cy,cy@us.example,,2026-03-01/2026-03-31\n"},
               {"rules.yaml", fmt::format("kind: calendars\n"
                                          "early: {{ weekly: {{ mon-fri: 08:00-12:00 }} }}\n"
                                          "late: {{ weekly: {{ mon-fri: 12:00-18:00 }} }}\n"
                                          "---\n"
                                          "kind: routing\n"
                                          "routes: [ {{ name: All, to: {{ pool: dach }} }} ]\n"
                                          "otherwise: {{ to: {{ pool: house }} }}\n"
                                          "---\n"
                                          "kind: team\n"
                                          "roster: reps.csv\n"
                                          "pools:\n"
                                          "  dach: {{ members: [{}], overflow: [house] }}\n"
                                          "  house: {{ strategy: queue, members: [bo] }}\n",
                                          members)}});
  EXPECT_TRUE(rules.ok()) << rules.diagnostics.Render();
  const Result<LeadFile> lead =
      LeadFile::Read("lead.yaml", "{ email: a@c.example, hand_raise: true }");
  const auto answer =
      AskWhyNot(rules.book, *lead, *ParseInstant("2026-03-03T09:00:00Z"), std::string(rep));
  return answer.has_value() ? ToText(*answer) : answer.error().text;
}

TEST(WhyNot, WhoIsOffHoursIsToldSoWhereOthersAreAtWork) {
  const std::string told = WhyNotOf("ana", "ana, bo");
  EXPECT_THAT(told, HasSubstr("takes it, pool dach: bo gets it; ana is off hours until "
                              "2026-03-03T12:00:00Z\n"));
  EXPECT_THAT(told, Not(HasSubstr("it did")));
}

TEST(WhyNot, WhoIsOnLeaveIsToldSo) {
  EXPECT_THAT(WhyNotOf("cy", "cy, bo"), HasSubstr("bo gets it; cy is away\n"));
  EXPECT_THAT(WhyNotOf("cy", "cy"), HasSubstr("took it, but cy is away\n"));
}

TEST_F(WhyNotTest, OwnersAreNamedByAField) {
  const std::string lead = "{ email: a@c.example, country: US, hand_raise: true }";
  const WhyNot answer = Ask(lead, "Owned");
  ASSERT_TRUE(answer.found) << ToText(answer);
  EXPECT_THAT(answer.changes.front().field, "account.owner");
}

TEST_F(WhyNotTest, ChangesThatHelpOnlyTogetherAreFound) {
  const CompileResult deep =
      Compile({{"rules.yaml",
                "kind: routing\nroutes:\n"
                "  - { name: First, when: { account.industry: missing }, to: { pool: house } }\n"
                "  - { name: Deep, when: { all: [ { account.revenue: { lte: 2.25 } }, { "
                "lead.country: GB }, "
                "{ any: [ { lead.country: AT }, { account.industry: [rail] } ] } ] }, to: { pool: "
                "house } }\n"
                "otherwise: { to: { pool: house } }\n---\n"
                "kind: team\npools: { house: { strategy: queue } }\n"}});
  ASSERT_TRUE(deep.ok()) << deep.diagnostics.Render();
  const auto answer = AskWhyNot(
      deep.book, Lead("{ email: a@c.example, country: DE, hand_raise: true }"), at_, "Deep");
  ASSERT_TRUE(answer->found) << ToText(*answer);
  EXPECT_THAT(answer->changes, SizeIs(3)) << ToText(*answer);
}

TEST_F(WhyNotTest, ANameOfNothingIsRefusedWithAHint) {
  const auto answer = AskWhyNot(book_, Lead("{ email: a@c.example }"), at_, "Germn");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, 721);
  EXPECT_THAT(answer.error().text, HasSubstr("German"));
}

TEST_F(WhyNotTest, SaysThatNothingWasFoundWithoutClaimingThatNothingIsThere) {
  const CompileResult shut = Compile({{"rules.yaml",
                                       "kind: routing\n"
                                       "routes: [ { name: Old, when: { lead.created_at: { lt: "
                                       "2001-01-01T00:00:00Z } }, to: { pool: house } } ]\n"
                                       "otherwise: { to: { pool: house } }\n---\n"
                                       "kind: team\npools: { house: { strategy: queue } }\n"}});
  ASSERT_TRUE(shut.ok()) << shut.diagnostics.Render();
  const auto answer =
      AskWhyNot(shut.book, Lead("{ email: a@c.example, hand_raise: true }"), at_, "Old");
  EXPECT_FALSE(answer->found);
  EXPECT_THAT(ToText(*answer), HasSubstr("that proves nothing"));
}

TEST_F(WhyNotTest, TheLeadIsReadAsJsonYamlOrEvent) {
  const auto route = [&](const std::string& text) {
    return LeadTrial(book_, Lead(text), at_).route();
  };
  EXPECT_EQ(route("email: a@c.example\ncountry: DE\nhand_raise: true\n"), "German");
  EXPECT_EQ(route(R"({"email":"a@c.example","lead":{"country":"DE"},"hand_raise":true})"),
            "German");
  EXPECT_EQ(route(R"({"id":"1","source":"s","type":"lead.submitted","time":"2026-01-01T00:00:00Z",)"
                  R"("data":{"email":"a@c.example","country":"DE","hand_raise":true}})"),
            "German");
  EXPECT_EQ(route("{ lead.country: DE, hand_raise: true }"), "German") << "nobody needs a name";
  for (const char* bad :
       {"- a\n", "{", "a: b: c\n", "a: 1\n---\nb: 2\n", R"({"type":"site.visited","data":{}})"}) {
    const auto lead = LeadFile::Read("lead.yaml", bad);
    ASSERT_FALSE(lead.has_value()) << bad;
    EXPECT_EQ(lead.error().code, 720) << bad;
  }
}

TEST_F(WhyNotTest, ExplainsScreeningAndRoutesThatNobodyAskedFor) {
  const LeadTrial trial(book_, Lead("{ email: a@c.example, country: DE }"), at_);
  ASSERT_NE(trial.rows(), nullptr);
  const std::string told = ToText(trial.Explain());
  EXPECT_THAT(told, HasSubstr("\nscreening\n  No screening rule took it out.\n"));
  EXPECT_THAT(told, HasSubstr("rule Competitor (rules.yaml:2) did not match"));
  EXPECT_THAT(told, HasSubstr("Not asked to route; if it were, route 'German' would come first."));
}

TEST_F(WhyNotTest, WaitsForTheEndOfAHold) {
  const CompileResult held =
      Compile({{"rules.yaml",
                "kind: routing\nhold: { until: { account.employees: present }, at_most: 90s }\n"
                "routes: []\notherwise: { to: { pool: house } }\n---\n"
                "kind: team\npools: { house: { strategy: queue } }\n"}});
  const LeadTrial trial(held.book, Lead("{ email: a@c.example, hand_raise: true }"), at_);
  EXPECT_EQ(trial.held_at(), at_);
  EXPECT_EQ(trial.route(), "otherwise");
}

TEST_F(WhyNotTest, TellsWhatIntakeCouldNotUse) {
  const LeadTrial trial(book_, Lead("{ email: a@c.example, nonsense: 1 }"), at_);
  EXPECT_THAT(trial.problems(), ElementsAre(HasSubstr("nonsense")));
  const LeadTrial nobody(book_, Lead("{ email: nobody }"), at_);
  EXPECT_EQ(nobody.rows(), nullptr);
  EXPECT_THAT(nobody.problems(), testing::Not(IsEmpty()));
}

}  // namespace
}  // namespace pm
