// A proof is only as good as its solver: what it finds is real, what it rules out is not there.
#include "rules/prove/find_lead.h"

#include <gmock/gmock.h>

#include "base/time/text.h"
#include "model/decode/decode.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

constexpr std::string_view kFolder = R"(
kind: fields
lead.code: { type: text }
lead.plan: { type: text, normalise: symbol }
lead.seats: { type: int, min: 1, max: 1000 }
lead.amount: { type: decimal }
lead.since: { type: instant }
lead.wait: { type: duration }
lead.flag: { type: bool }
lead.tags: { type: text_list }
---
kind: lists
sizes: [Small, Large]
regions: [us-xx, CA]
---
kind: team
pools: { p: { strategy: queue, members: [] } }
---
kind: scoring
fit: { cap: 100, rules: [ { name: A, when: { lead.flag: true }, points: 70 }, { name: B, points: -10 } ] }
engagement: { window: 30d, cap: 50, rules: [ { name: C, signal: site.visited, points: 5 } ] }
grades: { fit: { A: 60, B: 30, C: 0 }, engagement: { 1: 20, 2: 0 } }
)";

// Conditions of routes, over one rule folder.
class Leads {
 public:
  explicit Leads(const std::vector<std::string>& conditions) {
    std::string text = std::string(kFolder) + "---\nkind: routing\nroutes:\n";
    for (size_t i = 0; i < conditions.size(); ++i) {
      text += "  - { name: R" + std::to_string(i) + ", when: " + conditions[i] +
              ", to: { pool: p, else: { pool: p } } }\n";
    }
    text += "otherwise: { to: { pool: p } }\n";
    result_ = Compile({{"rules.yaml", text}});
    EXPECT_TRUE(result_.ok()) << result_.diagnostics.Render();
  }
  const RuleBook& book() const { return *result_.book; }
  const Condition& operator[](size_t i) const { return book().routing.routes[i].when; }

  LeadAnswer Find(LeadQuery query) const {
    return FindLead({book().fields(), book().slots(), &book().scoring}, query);
  }
  std::string Yaml(const LeadAnswer& answer) const {
    return answer.found()  ? LeadYaml(FieldBlock(answer.facts), book().fields())
           : answer.none() ? "none"
                           : "not proved: " + answer.why;
  }

 private:
  CompileResult result_;
};

// A lead for which the first condition holds and the others do not.
std::string FirstOnly(const std::vector<std::string>& conditions) {
  const Leads leads(conditions);
  LeadQuery query{.must = {leads[0]}, .must_not = {}};
  for (size_t i = 1; i < conditions.size(); ++i) query.must_not.push_back(leads[i]);
  return leads.Yaml(leads.Find(query));
}

TEST(FindLead, GivesTheLeastLeadThatPasses) {
  EXPECT_EQ(FirstOnly({"{ lead.country: [DE, AT], account.employees: { gte: 200 } }"}),
            "{ lead.country: DE, account.employees: 200 }");
  EXPECT_EQ(FirstOnly({"{ any: [ { lead.flag: true }, { lead.code: A } ] }"}),
            "{ lead.flag: true }");
  EXPECT_EQ(FirstOnly({"{ lead.code: missing }"}), "{}");
}

TEST(FindLead, GoesRoundWhatMustNotHold) {
  EXPECT_EQ(FirstOnly({"{ lead.country: [DE, AT] }", "{ lead.country: DE }"}),
            "{ lead.country: AT }");
  EXPECT_EQ(FirstOnly({"{ lead.seats: { gte: 10 } }", "{ lead.seats: { lt: 500 } }"}),
            "{ lead.seats: 500 }");
  EXPECT_EQ(FirstOnly({"{ lead.seats: present }", "{ lead.seats: { lt: 1000 } }"}),
            "{ lead.seats: 1000 }");
}

TEST(FindLead, ProvesThatAUnionCoversACondition) {
  EXPECT_EQ(
      FirstOnly({"{ lead.country: [DE, AT] }", "{ lead.country: DE }", "{ lead.country: AT }"}),
      "none");
  EXPECT_EQ(FirstOnly({"{ lead.seats: { gte: 10 } }", "{ lead.seats: { between: [5, 99] } }",
                       "{ lead.seats: { gte: 100 } }"}),
            "none");
  EXPECT_EQ(FirstOnly({"{ lead.flag: present, lead.country: DE }", "{ lead.flag: true }",
                       "{ lead.flag: false }"}),
            "none");
  EXPECT_EQ(FirstOnly({"{ lead.seats: present }", "{ lead.seats: { lt: 500 } }",
                       "{ lead.seats: { gte: 500 } }"}),
            "none");
}

TEST(FindLead, KeepsToWhatAFieldCanHold) {
  EXPECT_EQ(FirstOnly({"{ lead.seats: { gt: 1000 } }"}), "none");
  EXPECT_EQ(FirstOnly({"{ lead.country: { starts_with: '1' } }"}), "none");
  EXPECT_EQ(FirstOnly({"{ lead.country: { starts_with: d } }"}), "{ lead.country: DE }");
  EXPECT_EQ(FirstOnly({"{ lead.stage: assigned }", "{ lead.seats: 5 }"}),
            "{ lead.stage: assigned }");
  EXPECT_EQ(FirstOnly({"{ lead.email_domain: { ends_with: .de } }"}),
            "{ lead.email_domain: other.de }");
  EXPECT_EQ(FirstOnly({"{ lead.email: { ends_with: '@acme.com' } }"}),
            "{ lead.email: ann@acme.com }");
}

TEST(FindLead, KnowsPrefixesSuffixesAndParts) {
  EXPECT_EQ(
      FirstOnly({"{ lead.code: { starts_with: ab } }", "{ lead.code: { starts_with: abc } }"}),
      "{ lead.code: ab }");
  EXPECT_EQ(
      FirstOnly({"{ lead.code: { starts_with: abc } }", "{ lead.code: { starts_with: ab } }"}),
      "none");
  EXPECT_EQ(FirstOnly({"{ lead.code: { ends_with: xab } }", "{ lead.code: { contains: a } }"}),
            "none");
  EXPECT_EQ(FirstOnly({"{ all: [ { lead.code: { starts_with: a } }, { lead.code: { starts_with: b "
                       "} } ] }"}),
            "none");
  EXPECT_EQ(FirstOnly({"{ lead.code: { contains: vp } }", "{ lead.code: vp }",
                       "{ lead.code: { starts_with: vp } }"}),
            "{ lead.code: othervpother }");
}

TEST(FindLead, KnowsListsOfTheRulesAndOfTheLead) {
  EXPECT_EQ(FirstOnly({"{ lead.plan: { in: lists.sizes } }", "{ lead.plan: small }"}),
            "{ lead.plan: large }");
  EXPECT_EQ(FirstOnly({"{ lead.plan: { in: lists.sizes } }", "{ lead.plan: [small, large] }"}),
            "none");
  EXPECT_EQ(FirstOnly({"{ lead.tags: { contains: a } }", "{ lead.tags: { contains: b } }"}),
            "{ lead.tags: [a] }");
  EXPECT_EQ(
      FirstOnly({"{ all: [ { lead.tags: { contains: a } }, { lead.tags: { contains: b } } ] }"}),
      "{ lead.tags: [a, b] }");
  EXPECT_EQ(FirstOnly({"{ lead.tags: { in: [a, b] } }", "{ lead.tags: { contains: a } }",
                       "{ lead.tags: b }"}),
            "none");
}

TEST(FindLead, KnowsThatUnknownIsNoMatch) {
  EXPECT_EQ(FirstOnly({"{ not: { lead.seats: { lt: 50 } }, lead.seats: present }"}),
            "{ lead.seats: 50 }");
  // A missing field meets neither the test nor its contrary.
  EXPECT_EQ(FirstOnly({"{ lead.country: DE }", "{ lead.flag: true }", "{ lead.flag: false }"}),
            "{ lead.country: DE }");
  EXPECT_EQ(FirstOnly({"{ lead.code: { ne: a, missing: match } }", "{ lead.code: missing }",
                       "{ lead.code: { ne: a, missing: no_match } }"}),
            "none");
}

TEST(FindLead, KnowsWhichScoresAndGradesGoTogether) {
  EXPECT_EQ(FirstOnly({"{ score.fit: { gte: 60 }, score.grade: [B1, C2] }"}), "none");
  EXPECT_EQ(FirstOnly({"{ score.fit: { gt: 70 } }"}), "none");  // what the rules can give
  EXPECT_EQ(FirstOnly({"{ score.total: { gte: 115 }, score.fit: { lt: 65 } }"}), "none");
  EXPECT_EQ(FirstOnly({"{ score.fit_grade: [A, B, C] }", "{ score.grade: [A1, A2] }",
                       "{ score.grade: [B1, B2, C1, C2] }"}),
            "none");
  EXPECT_THAT(FirstOnly({"{ score.grade: A1, score.total: { gte: 100 } }"}),
              testing::HasSubstr("score.grade: A1"));
}

TEST(FindLead, TriesOutWhatItCannotReason) {
  EXPECT_EQ(FirstOnly({"\"lead.seats + 1 > 50\"", "{ lead.seats: { gt: 50 } }"}),
            "{ lead.seats: 50 }");
  EXPECT_EQ(FirstOnly({"\"lead.title.matches(r'(?i)\\\\b(vp|chief)\\\\b')\""}),
            "{ lead.title: vp }");
  EXPECT_EQ(FirstOnly({"\"lead.seats + 1 > 50 && lead.flag\"", "\"lead.seats + 1 > 50\""}), "none");
  EXPECT_EQ(FirstOnly({"{ lead.title: { matches: 'a+b' }, lead.flag: true }",
                       "{ lead.title: { matches: 'a+b' } }"}),
            "none");
  EXPECT_EQ(FirstOnly({"\"lead.seats * lead.seats == 12345\""}),
            "not proved: 'lead.seats * lead.seats == 12345' can only be tried out");
}

TEST(FindLead, GivesNoLeadWhoseAddressAndDomainDiffer) {
  EXPECT_EQ(FirstOnly({"{ lead.email: { ends_with: '@acme.com' }, lead.email_domain: acme.com }"}),
            "{ lead.email: ann@acme.com, lead.email_domain: acme.com }");
  EXPECT_EQ(FirstOnly({"{ lead.email: { starts_with: 'ceo@' }, lead.email_domain: acme.com }"}),
            "{ lead.email: ceo@acme.com, lead.email_domain: acme.com }");
  EXPECT_EQ(FirstOnly({"{ lead.email: ann@acme.com, lead.email_domain: other.com }"}), "none");
}

TEST(FindLead, SaysWhenTheBudgetIsSpent) {
  const Leads leads({"{ lead.country: [DE, AT] }", "{ lead.country: DE }"});
  const LeadAnswer answer = leads.Find({.must = {leads[0]}, .must_not = {leads[1]}, .budget = 1});
  EXPECT_EQ(leads.Yaml(answer), "not proved: the work bound is spent");
}

TEST(FindLead, AsksWhatBlocksALead) {
  const Leads leads({"{ lead.seats: present }", "{ lead.seats: { lt: 7 } }"});
  LeadQuery query{.must = {leads[0]}, .must_not = {}};
  query.blocking = [&](Facts facts) {
    return leads[1].Holds(facts) ? std::optional(leads[1]) : std::nullopt;
  };
  EXPECT_EQ(leads.Yaml(leads.Find(query)), "{ lead.seats: 7 }");
}

TEST(LeadText, CanBeReadAgain) {
  const Leads leads(
      {"{ lead.code: 'a, b: c', lead.amount: 1.5, lead.wait: 1h, lead.since: "
       "2026-01-01T00:00:00Z, lead.tags: { contains: 'x y' } }"});
  const LeadAnswer answer = leads.Find({.must = {leads[0]}, .must_not = {}});
  EXPECT_THAT(leads.Yaml(answer), testing::HasSubstr("lead.code: \"a, b: c\""));
  EXPECT_THAT(LeadJson(FieldBlock(answer.facts), leads.book().fields()),
              testing::HasSubstr(R"("lead.amount":1.5)"));
}

TEST(FindLead, AFieldHasTheFormThatIntakeGivesIt) {
  EXPECT_EQ(FirstOnly({"{ lead.phone: present }"}), "{ lead.phone: \"+49302345678\" }");
  EXPECT_EQ(FirstOnly({"{ lead.phone: { starts_with: '+1', ends_with: '99' } }"}),
            "{ lead.phone: \"+1234567899\" }");
  EXPECT_EQ(FirstOnly({"{ lead.time_zone: { starts_with: America/ } }"}),
            "{ lead.time_zone: America/New_York }");
  EXPECT_EQ(FirstOnly({"{ lead.email: Ann@Acme.com }"}), "{ lead.email: ann@acme.com }");
  EXPECT_EQ(FirstOnly({"{ lead.country: US, lead.region: ca }"}),
            "{ lead.country: US, lead.region: CA }");
  EXPECT_EQ(FirstOnly({"{ lead.region: { in: lists.regions } }"}), "{ lead.region: CA }");
  EXPECT_EQ(FirstOnly({"'lead.country.size() + lead.title.size() == 3'"}),
            "{ lead.title: a, lead.country: US }");
  EXPECT_EQ(FirstOnly({"'lead.email.size() + lead.phone.size() > 3'"}),
            "{ lead.email: ann@example.com, lead.phone: \"+493012345678\" }");
}

TEST(FindLead, ARegionHasTheCodeItsCountryGivesIt) {
  EXPECT_EQ(
      FirstOnly({"{ lead.country: FR, lead.region: { starts_with: '75', ends_with: '75' } }"}),
      "not proved: lead.region of FR is kept as '75C', never as '75'");
  EXPECT_EQ(
      FirstOnly({"{ account.country: ES, account.region: { starts_with: M, ends_with: M } }"}),
      "not proved: account.region of ES is kept as 'MD', never as 'M'");
}

TEST(FindLead, WhatCannotBeProvedIsNamed) {
  EXPECT_EQ(FirstOnly({"{ lead.code: { matches: '^a', starts_with: b } }"}),
            "not proved: 'lead.code matches ^a' can only be tried out");
  EXPECT_EQ(FirstOnly({"{ lead.code: { matches: 'vp$' } }", "{ lead.code: { contains: vp } }"}),
            "not proved: 'lead.code matches vp$' can only be tried out");
}

// A publisher may say the one without the other, or against it: tied together they would be ruled
// out where they exist.
TEST(FindLead, LeavesFreeWhatIntakeTakesAsItIsSaid) {
  const std::pair<const char*, const char*> leads[] = {
      {"{ submission.hand_raise: false, submission.hand_raise_kind: demo }",
       R"("hand_raise":false,"hand_raise_kind":"demo")"},
      {"{ submission.hand_raise: missing, submission.hand_raise_kind: demo }",
       R"("hand_raise_kind":"demo")"},
      {"{ submission.hand_raise: true, submission.hand_raise_kind: missing }",
       R"("hand_raise":true)"},
      {"{ lead.phone: { starts_with: '+81' }, lead.phone_country: US }",
       R"("phone":"+81312345678","phone_country":"US")"},
      {"{ lead.phone: missing, lead.phone_country: US }", R"("phone_country":"US")"},
      {"{ lead.phone: { starts_with: '+81' }, lead.country: US }",
       R"("phone":"+81312345678","country":"US")"}};
  for (const auto& [when, said] : leads) {
    const Leads asked({when});
    EXPECT_TRUE(asked.Find({.must = {asked[0]}, .must_not = {}}).found()) << when;
    const DecodedEvent event = DecodeEvent(
        std::string(R"({"specversion":"1.0","id":"1","source":"web","type":"lead.submitted",)") +
            R"("time":"2026-03-02T09:00:00Z","data":{"email":"ann@acme.com",)" + said + "}}",
        {asked.book().fields(), {}}, *ParseInstant("2026-03-02T10:00:00Z"));
    FactSheet sheet(asked.book().slots());
    sheet.Add(FieldBlock(event.event.fields));
    EXPECT_TRUE(asked[0].Holds(sheet.facts())) << when;
  }
}

}  // namespace
}  // namespace pm
