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

const Instant kAt = ParseInstant("2026-03-02T09:00:00Z").value();

class DerivedFactsTest : public testing::Test {
 protected:
  static LeadFile Lead(const std::string& text) { return *LeadFile::Read("lead.yaml", text); }
  Result<std::optional<GivenScores>> Scores(const std::string& text) {
    LeadFile lead = Lead(text);
    return TakeScores(book_, &lead, kAt);
  }
  std::pair<int64_t, int64_t> Given(const std::string& text) {
    const auto scores = Scores(text);
    if (!scores.has_value() || !scores->has_value()) return {-1, -1};
    return {(*scores)->fit, (*scores)->engagement};
  }
  std::string RouteOf(const std::string& text) {
    LeadFile lead = Lead(text);
    GiveAddress(book_->fields(), &lead);
    const auto scores = TakeScores(book_, &lead, kAt);
    const auto book = scores->has_value() ? WithScores(*book_, **scores) : book_;
    return LeadTrial(book, lead, kAt).route();
  }

  const std::shared_ptr<const RuleBook> book_ = Compile({{"rules.yaml", kRules}}).book;
};

using Pair = std::pair<int64_t, int64_t>;

TEST_F(DerivedFactsTest, ScoresAreFoundThatAreAllOfWhatIsSaid) {
  EXPECT_EQ(Given("{ score.fit: 31, score.engagement: 20 }"), Pair(31, 20));
  EXPECT_EQ(Given("{ score.total: 78, score.engagement: 20 }"), Pair(58, 20));
  EXPECT_FALSE(Scores("{ email: a@b.example }")->has_value());
}

TEST_F(DerivedFactsTest, WhatIsLeftOpenIsWhatTheLeadsOwnFieldsGive) {
  EXPECT_EQ(Given("{ score.engagement_grade: 2, lead.country: DE }"), Pair(70, 20));
  EXPECT_EQ(Given("{ score.fit: 30, lead.country: DE }"), Pair(30, 5));
  EXPECT_FALSE(Scores("{ score.grade: A3, lead.country: DE }")->has_value());
  EXPECT_FALSE(Scores("{ score.fit: 70, score.engagement: 5, country: DE }")->has_value());
}

TEST_F(DerivedFactsTest, OtherwiseItIsWhatSomeLeadGetsByTheRules) {
  EXPECT_EQ(Given("{ score.grade: A3 }"), Pair(70, 5));
  EXPECT_EQ(Given("{ score.grade: A1, email: a@b.example }"), Pair(70, 50));
  EXPECT_EQ(Given("{ score.total: 100 }"), Pair(0, 100));
}

TEST_F(DerivedFactsTest, WhatNoLeadGetsIsTakenWithinTheLimitsOfTheRules) {
  EXPECT_EQ(Given("{ score: { fit_grade: B }, score.engagement: 5 }"), Pair(30, 5));
}

TEST_F(DerivedFactsTest, ScoresThatDoNotGoTogetherAreRefused) {
  const auto scores = Scores("{ score.fit: 10, score.grade: A3 }");
  ASSERT_FALSE(scores.has_value());
  EXPECT_EQ(scores.error().code, 720);
}

TEST_F(DerivedFactsTest, ScoresBeyondWhatTheRulesGiveAreRefused) {
  const auto why = [this](const std::string& text) -> std::string {
    const auto scores = Scores(text);
    return scores.has_value() ? "" : scores.error().text;
  };
  EXPECT_EQ(why("{ score.fit: 71 }"), "no lead has score.fit 71: the rules give it at most 70");
  EXPECT_EQ(why("{ score.fit: -1 }"), "no lead has score.fit -1: the rules give it at least 0");
  EXPECT_EQ(why("{ score.engagement: 101, score.fit: 70 }"),
            "no lead has score.engagement 101: the rules give it at most 100");
  EXPECT_EQ(why("{ score.total: 171 }"),
            "no lead has score.total 171: the rules give it at most 170");
  EXPECT_EQ(why("{ score.total: 120, score.engagement_grade: 2 }"),
            "no lead has the scores that the file gives, all at once");
  EXPECT_EQ(Given("{ score.total: 170 }"), Pair(70, 100));
  EXPECT_EQ(Given("{ score.total: 119, score.engagement_grade: 2 }"), Pair(70, 49));
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
  LeadFile lead = Lead("{ lead.email_domain: b.example, email: ann@b.example }");
  GiveAddress(book_->fields(), &lead);
  EXPECT_THAT(lead.EventAt({}), HasSubstr("ann@b.example"));
  EXPECT_THAT(lead.EventAt({}), Not(HasSubstr("email_domain")));
}

}  // namespace
}  // namespace pm
