#include "app/simulate/derived_facts.h"

#include <gmock/gmock.h>

#include "app/simulate/lead_trial.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::HasSubstr;

constexpr char kRules[] = R"(kind: scoring
fit:
  rules:
    - { name: German, when: { lead.country: DE }, points: 70 }
engagement:
  half_life: 14d
  rules:
    - { name: Form, signal: lead.submitted, points: 5 }
grades: { fit: { A: 55, B: 30, C: 0 }, engagement: { 1: 50, 2: 20, 3: 0 } }
---
kind: routing
routes:
  - { name: Best, when: { score.grade: [A1, A3] }, to: { pool: house } }
  - { name: Free, when: { lead.free_mail: true }, to: { pool: house } }
otherwise: { to: { pool: house } }
---
kind: team
pools: { house: { strategy: queue } }
)";

class DerivedFactsTest : public testing::Test {
 protected:
  static LeadFile Lead(const std::string& text) { return *LeadFile::Read("lead.yaml", text); }
  Result<std::optional<GivenScores>> Scores(const std::string& text) {
    LeadFile lead = Lead(text);
    return TakeScores(book_->scoring, &lead);
  }
  std::pair<int64_t, int64_t> Given(const std::string& text) {
    const auto scores = Scores(text);
    if (!scores.has_value() || !scores->has_value()) return {-1, -1};
    return {(*scores)->fit, (*scores)->engagement};
  }
  std::string RouteOf(const std::string& text) {
    LeadFile lead = Lead(text);
    GiveAddress(book_->fields(), &lead);
    const auto scores = TakeScores(book_->scoring, &lead);
    const auto book = scores->has_value() ? WithScores(*book_, **scores) : book_;
    return LeadTrial(book, lead, ParseInstant("2026-03-02T09:00:00Z").value()).route();
  }

  const std::shared_ptr<const RuleBook> book_ = Compile({{"rules.yaml", kRules}}).book;
};

using Pair = std::pair<int64_t, int64_t>;

TEST_F(DerivedFactsTest, ScoresAreFoundThatAreAllOfWhatIsSaid) {
  EXPECT_EQ(Given("{ score.grade: A3 }"), Pair(55, 0));
  EXPECT_EQ(Given("{ score.fit: 31, score.engagement: 20 }"), Pair(31, 20));
  EXPECT_EQ(Given("{ score: { fit_grade: B }, score.total: 78 }"), Pair(54, 24));
  EXPECT_EQ(Given("{ score.total: 78, score.engagement: 20 }"), Pair(58, 20));
  EXPECT_EQ(Given("{ score.total: 65, score.grade: B3 }"), Pair(46, 19));
  EXPECT_FALSE(Scores("{ email: a@b.example }")->has_value());
}

TEST_F(DerivedFactsTest, ScoresThatDoNotGoTogetherAreRefused) {
  const auto scores = Scores("{ score.fit: 10, score.grade: A3 }");
  ASSERT_FALSE(scores.has_value());
  EXPECT_EQ(scores.error().code, 720);
}

TEST_F(DerivedFactsTest, ALeadIsTriedWithItsScoresWhateverTheRulesWouldGiveIt) {
  EXPECT_EQ(RouteOf("{ score.grade: A3, hand_raise: true }"), "Best");
  EXPECT_EQ(RouteOf("{ score.grade: A1, hand_raise: true }"), "Best");
  EXPECT_EQ(RouteOf("{ score.grade: B2, lead.country: DE, hand_raise: true }"), "otherwise");
  EXPECT_EQ(RouteOf("{ lead.country: DE, hand_raise: true }"), "Best");
}

TEST_F(DerivedFactsTest, ADomainOrFreeMailComesByAnAddress) {
  EXPECT_EQ(RouteOf("{ lead.free_mail: true, hand_raise: true }"), "Free");
  EXPECT_EQ(RouteOf("{ lead.email_domain: gmail.com, hand_raise: true }"), "Free");
  EXPECT_EQ(RouteOf("{ lead.free_mail: false, hand_raise: true }"), "otherwise");
  LeadFile lead = Lead("{ lead.email_domain: acme.com, email: ann@b.example }");
  GiveAddress(book_->fields(), &lead);
  EXPECT_THAT(lead.EventAt({}), HasSubstr("ann@b.example"));
  EXPECT_THAT(lead.EventAt({}), Not(HasSubstr("email_domain")));
}

}  // namespace
}  // namespace pm
