// What a lead has to be otherwise where it is not a field of the form that decides.
#include <gmock/gmock.h>

#include "app/simulate/lead_trial.h"
#include "app/simulate/why_not.h"
#include "base/time/text.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kRules[] = R"(kind: screening
rules: [ { name: Tests, when: { lead.email: { contains: test } }, as: test } ]
---
kind: scoring
fit:
  rules:
    - { name: Size, bands: { of: account.employees, from: { 0: 0, 100: 30, 1000: 60 } } }
engagement:
  half_life: 14d
  rules:
    - { name: Pricing page, signal: site.visited, points: 10, at_most: 60 per 7d }
grades: { fit: { A: 60, B: 30, C: 0 }, engagement: { 1: 50, 2: 20, 3: 0 } }
---
kind: routing
routes:
  - { name: Hot, when: { score.grade: [A1, A2] }, to: { pool: house } }
  - { name: Busy, when: { score.engagement: { gte: 35 } }, to: { pool: house } }
  - { name: Any, when: { lead.country: present }, to: { pool: house } }
otherwise: { to: { pool: house } }
---
kind: team
pools: { house: { strategy: queue } }
)";

class WhyNotScoresTest : public testing::Test {
 protected:
  WhyNot Ask(const std::string& lead, const std::string& name) const {
    return *AskWhyNot(book_, *LeadFile::Read("lead.yaml", lead),
                      *ParseInstant("2026-03-03T10:00:00Z"), name);
  }
  static std::vector<std::string> Changes(const WhyNot& answer) {
    std::vector<std::string> changes;
    for (const FieldChange& one : answer.changes) changes.push_back(one.field + "=" + one.to);
    return changes;
  }
  const std::shared_ptr<const RuleBook> book_ = Compile({{"rules.yaml", kRules}}).book;
};

TEST_F(WhyNotScoresTest, TheOnlyIdentityIsNotLeftOut) {
  const WhyNot answer = Ask("{ email: a@test.example, country: DE, hand_raise: true }", "Any");
  ASSERT_TRUE(answer.found) << ToText(answer);
  ASSERT_THAT(Changes(answer), ElementsAre(HasSubstr("lead.email=\"")));
  const WhyNot with_phone =
      Ask("{ email: a@test.example, phone: +49 30 1234567, country: DE, hand_raise: true }", "Any");
  EXPECT_TRUE(with_phone.found) << ToText(with_phone);
}

TEST_F(WhyNotScoresTest, WhereEngagementIsLackingItSaysHowMuch) {
  const WhyNot busy = Ask("{ email: a@b.example, hand_raise: true }", "Busy");
  EXPECT_THAT(Changes(busy), ElementsAre("score.engagement=35")) << ToText(busy);
  EXPECT_THAT(busy.then, HasSubstr("route 'Busy'"));
  const WhyNot hot = Ask("{ email: a@b.example, hand_raise: true }", "Hot");
  EXPECT_THAT(Changes(hot), ElementsAre("account.employees=1000", "score.engagement=20"))
      << ToText(hot);
  const WhyNot large =
      Ask("{ email: a@b.example, account.employees: 5000, hand_raise: true }", "Hot");
  EXPECT_THAT(Changes(large), ElementsAre("score.engagement=20")) << ToText(large);
}

}  // namespace
}  // namespace pm
