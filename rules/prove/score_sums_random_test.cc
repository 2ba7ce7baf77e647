// What the solver says of scores, against trying out every lead, and every short course of signals.
#include <gmock/gmock.h>

#include <set>

#include "base/random.h"
#include "rules/book_builder.h"
#include "rules/prove/find_lead.h"
#include "rules/prove/score_sums.h"

namespace pm {
namespace {

// Fit rules and questions at random, over so few values that all leads there are can be tried.
class RandomScoring {
 public:
  explicit RandomScoring(uint64_t seed) : random_(seed) {
    const auto add = [&](std::string name, Type type, int64_t max) {
      EXPECT_TRUE(
          builder_.fields().Add(std::move(name), type, 0, max, Normaliser::kTrim, false, ""));
    };
    add("lead.seats", Type::kInt, 4);
    add("lead.flag", Type::kBool, 1);
    add("lead.code", Type::kText, 100);
    add("lead.plan", Type::kText, 100);
    ScoringRules& scoring = builder_->scoring;
    scoring.fit_cap = random_.Of({100, 25});
    for (int i = random_.Below(6); i >= 0; --i) scoring.fit.push_back(Rule());
    if (random_.OneIn(2)) scoring.fit_grades = {{"A", 40}, {"B", 15}, {"C", random_.Of({0, -50})}};
  }

  LeadQuery Question() {
    LeadQuery query;
    query.must.push_back(Score());
    if (random_.OneIn(2)) query.must.push_back(Test());
    if (random_.OneIn(3)) query.must_not.push_back(Test());
    if (random_.OneIn(4)) {
      const Condition parts[] = {Score(), Test()};
      query.must.push_back(AnyOf(parts));
    }
    if (random_.OneIn(4)) query.must_not.push_back(Score());
    return query;
  }

  LeadAnswer Find(const LeadQuery& query) {
    const LeadSpace space{builder_.fields(), builder_.slots()};
    uint64_t work = 0;
    const ScoreSums sums{.fit = FitSums(space, builder_->scoring, budget_, &work),
                         .engagement = SumsOfEngagement(space, builder_->scoring, &work)};
    return FindLead({builder_.fields(), builder_.slots(), &builder_->scoring, &sums}, query);
  }
  void SpareWork() { budget_ = 1; }

  bool Exists(const LeadQuery& query) {
    FactSheet sheet(builder_.slots());
    return ExistsFrom(0, query, &sheet);
  }

 private:
  std::string Points() { return std::to_string(random_.Of({-20, -5, 0, 5, 10, 15, 20, 30, 50})); }

  ScoringRule Rule() {
    ScoringRule rule{.name = "R", .when = {}};
    const Condition parts[] = {Test(), Test()};
    rule.when = random_.OneIn(8)   ? Condition()
                : random_.OneIn(3) ? (random_.OneIn(2) ? AllOf(parts) : AnyOf(parts))
                                   : parts[0];
    rule.points = std::stoll(Points());
    if (!random_.OneIn(4)) return rule;
    rule.banded_field = FieldNumber{builder_.fields().Find("lead.seats")->number};
    builder_.slots().Add(*rule.banded_field);
    for (int64_t from = random_.Below(3); from < 5; from += 1 + random_.Below(3)) {
      rule.bands.push_back({from, std::stoll(Points())});
    }
    return rule;
  }

  Condition Score() {
    if (!builder_->scoring.fit_grades.empty() && random_.OneIn(3)) {
      return builder_.When("score.fit_grade", TestOp::kEq, {random_.Of({"A", "B", "C"})});
    }
    const int64_t from = random_.Of({-15, 0, 5, 10, 25, 30, 35, 45, 60, 80});
    if (random_.OneIn(3)) {
      return builder_.When("score.total", TestOp::kEq, {std::to_string(from)});
    }
    if (random_.OneIn(2)) {
      return builder_.When("score.fit", TestOp::kBetween,
                           {std::to_string(from), std::to_string(from + random_.Below(8))});
    }
    return builder_.When("score.fit", random_.Of({TestOp::kGte, TestOp::kLt}),
                         {std::to_string(from)});
  }

  Condition Test() {
    const OnMissing missing = random_.Of({OnMissing::kUnknown, OnMissing::kMatch});
    switch (random_.Below(5)) {
      case 0:
        return builder_.When("lead.seats", random_.Of({TestOp::kGte, TestOp::kLt, TestOp::kEq}),
                             {std::to_string(random_.Below(5))}, missing);
      case 1:
        return builder_.When("lead.flag", TestOp::kEq, {random_.OneIn(2) ? "true" : "false"},
                             missing);
      case 2:
        return builder_.When(random_.Of({"lead.code", "lead.plan"}), TestOp::kNe, {Code()},
                             OnMissing::kMatch);
      case 3:
        return builder_.When(random_.Of({"lead.code", "lead.plan"}),
                             random_.Of({TestOp::kEq, TestOp::kStartsWith}), {Code()}, missing);
      default:
        return builder_.When(random_.Of({"lead.seats", "lead.code", "lead.flag"}),
                             random_.Of({TestOp::kPresent, TestOp::kMissing}));
    }
  }
  std::string Code() { return random_.Of({"a", "b", "ab"}); }

  bool ExistsFrom(size_t slot, const LeadQuery& query, FactSheet* sheet) {
    if (slot == builder_.slots().size()) return Holds(query, sheet);
    const FieldNumber field = builder_.slots().fields()[slot];
    const FieldDecl& decl = *builder_.fields().Find(field);
    if (decl.name.starts_with("score.")) return ExistsFrom(slot + 1, query, sheet);
    const auto with = [&](const Value& value) {
      sheet->Set(field, value);
      return ExistsFrom(slot + 1, query, sheet);
    };
    if (with({})) return true;
    if (decl.type == Type::kBool) return with(Value::Bool(true)) || with(Value::Bool(false));
    if (decl.type == Type::kText) {
      return with(Value::Text("a")) || with(Value::Text("b")) || with(Value::Text("ab")) ||
             with(Value::Text("abz")) || with(Value::Text("az")) || with(Value::Text("bz")) ||
             with(Value::Text("z"));
    }
    for (int64_t n = 0; n <= 4; ++n) {
      if (with(Value::Int(n))) return true;
    }
    return false;
  }

  bool Holds(const LeadQuery& query, FactSheet* sheet) {
    const ScoringRules& scoring = builder_->scoring;
    const int64_t fit = FitOf(scoring, sheet->facts(), builder_.slots());
    sheet->Set(Field("score.fit"), Value::Int(fit));
    sheet->Set(Field("score.total"), Value::Int(fit));
    const auto grade =
        std::ranges::find_if(scoring.fit_grades, [&](const Grade& one) { return fit >= one.from; });
    const auto last = scoring.fit_grades.empty() ? grade : scoring.fit_grades.end() - 1;
    if (!scoring.fit_grades.empty()) {
      const std::string& name = (grade == scoring.fit_grades.end() ? last : grade)->name;
      sheet->Set(Field("score.fit_grade"), Value::Text(name));
    }
    const auto holds = [&](const Condition& one) { return one.Holds(sheet->facts()); };
    return std::ranges::all_of(query.must, holds) && std::ranges::none_of(query.must_not, holds);
  }

  Random random_;
  RuleBookBuilder builder_;
  uint64_t budget_ = 100'000;
};

TEST(ScoreSums, AgreeWithTryingOutEveryLead) {
  int found = 0;
  for (uint64_t seed = 1; seed <= 4000; ++seed) {
    RandomScoring scoring(seed);
    const LeadQuery query = scoring.Question();
    const LeadAnswer answer = scoring.Find(query);
    ASSERT_NE(answer.kind, LeadAnswer::Kind::kNotProved) << seed << ": " << answer.why;
    ASSERT_EQ(answer.found(), scoring.Exists(query)) << seed << query.must[0].Text();
    found += answer.found() ? 1 : 0;
  }
  EXPECT_GT(found, 800);
  EXPECT_LT(found, 3200);
}

TEST(ScoreSums, ThatAreOnlyRoughlyKnownRuleNothingOutThatExists) {
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    RandomScoring scoring(seed);
    scoring.SpareWork();
    LeadQuery query = scoring.Question();
    query.budget = seed % 40;
    const LeadAnswer answer = scoring.Find(query);
    if (answer.none()) {
      ASSERT_FALSE(scoring.Exists(query)) << seed << query.must[0].Text();
    } else if (answer.found()) {
      ASSERT_TRUE(scoring.Exists(query)) << seed << query.must[0].Text();
    }
  }
}

// A person's points for signals, as the account stage counts them. Of fading points only times that
// are whole half-lives apart: there nothing is rounded before the end.
class Visits {
 public:
  explicit Visits(const ScoringRules& scoring) : scoring_(scoring), rules_(scoring.engagement) {}

  // A signal at `at`, not before the last, that counts for the rules of these bits.
  void Count(int64_t at, uint32_t rules) {
    for (size_t i = 0; i < rules_.size(); ++i) {
      if ((rules >> i & 1u) == 0) continue;
      int64_t points = rules_[i].points;
      if (rules_[i].at_most.points > 0 && points > 0) {
        int64_t given = 0;
        for (const auto& [rule, when, one] : counted_) {
          if (rule == i && at - when < rules_[i].at_most.per.ms) given += one;
        }
        points = std::min(points, std::max<int64_t>(0, rules_[i].at_most.points - given));
      }
      counted_.push_back({i, at, points});
    }
  }
  int64_t At(int64_t now) const {
    int64_t sum = 0;
    for (const auto& [rule, when, points] : counted_) {
      if (scoring_.window.ms > 0) {
        sum += now - when < scoring_.window.ms ? points * 4096 : 0;
      } else {
        sum += (points * 4096) >> ((now - when) / scoring_.half_life.ms);
      }
    }
    return std::min((sum + 2048) >> 12, scoring_.engagement_cap);
  }

 private:
  struct Counted {
    size_t rule;
    int64_t at, points;
  };
  const ScoringRules& scoring_;
  const std::vector<ScoringRule>& rules_;
  std::vector<Counted> counted_;
};

// Rules for one signal that depend on a number from 0 to 4.
class RandomEngagement {
 public:
  RandomEngagement(uint64_t seed, bool fading) : random_(seed) {
    EXPECT_TRUE(
        builder_.fields().Add("lead.seats", Type::kInt, 0, 4, Normaliser::kNone, false, ""));
    ScoringRules& scoring = builder_->scoring;
    (fading ? scoring.half_life : scoring.window) = Hours(fading ? 5 : random_.Of({4, 7, 10}));
    scoring.engagement_cap = random_.Of({100, 30});
    for (int i = random_.Below(3); i >= 0; --i) scoring.engagement.push_back(Rule());
  }

  const ScoringRules& rules() { return builder_->scoring; }
  EngagementSums Sums() {
    uint64_t work = 0;
    return SumsOfEngagement({builder_.fields(), builder_.slots()}, rules(), &work);
  }

  // Scores that some courses lead to.
  Intervals Reached() {
    const std::vector<uint32_t> signals = Signals();
    Intervals reached = {OneNumber(0)};
    for (const uint32_t first : signals) {
      for (const uint32_t second : signals) {
        for (int count = 0; count < 15; ++count) {
          Visits visits(rules());
          for (int i = 0; i < count; ++i) visits.Count(0, first);
          for (int i = 0; i < 15; ++i) {
            visits.Count(0, second);
            reached.push_back(OneNumber(visits.At(0)));
          }
        }
      }
    }
    for (int course = 0; course < 1000; ++course) {
      Visits visits(rules());
      int64_t now = 0;
      for (int i = random_.Below(12); i >= 0; --i) {
        visits.Count(now, signals[random_.Below(signals.size())]);
        reached.push_back(OneNumber(visits.At(now)));
        now += Hours(rules().window.ms > 0 ? random_.Of({0, 0, 0, 1, 2, 5})
                                           : random_.Of({0, 0, 5, 10}))
                   .ms;
        reached.push_back(OneNumber(visits.At(now)));
      }
    }
    return Normalised(std::move(reached));
  }

 private:
  ScoringRule Rule() {
    ScoringRule rule{.name = "R", .when = {}};
    rule.signal = EventType::kSiteVisited;
    rule.points = random_.OneIn(8) ? -5 : random_.Of({3, 5, 10, 15});
    if (random_.OneIn(2)) rule.at_most = {random_.Of({10, 12, 30}), Hours(random_.Of({2, 5, 12}))};
    rule.when = builder_.When("lead.seats", random_.Of({TestOp::kGte, TestOp::kEq, TestOp::kLt}),
                              {std::to_string(random_.Below(5))});
    return rule;
  }

  // Each as the bits of the rules it counts for.
  std::vector<uint32_t> Signals() {
    std::set<uint32_t> kinds;
    for (int64_t seats = 0; seats <= 4; ++seats) {
      FactSheet sheet(builder_.slots());
      sheet.Set(FieldNumber{builder_.fields().Find("lead.seats")->number}, Value::Int(seats));
      uint32_t counts = 0;
      for (size_t i = 0; i < rules().engagement.size(); ++i) {
        if (rules().engagement[i].when.Holds(sheet.facts())) counts |= 1u << i;
      }
      kinds.insert(counts);
    }
    return {kinds.begin(), kinds.end()};
  }

  Random random_;
  RuleBookBuilder builder_;
};

TEST(EngagementSums, HoldEveryScoreThatSomeCourseOfSignalsLeadsTo) {
  size_t exact = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    RandomEngagement engagement(seed, false);
    const EngagementSums sums = engagement.Sums();
    const Intervals reached = engagement.Reached();
    ASSERT_TRUE(Covers(sums.possible, sums.sure)) << seed;
    ASSERT_TRUE(Covers(sums.possible, reached)) << seed;
    ASSERT_TRUE(Covers(reached, Intersection(sums.sure, Intervals{{-5, 20}}))) << seed;
    exact += sums.possible == sums.sure ? 1u : 0u;
  }
  EXPECT_GT(exact, 50u);
}

TEST(EngagementSums, HoldEveryScoreThatFadingPointsComeTo) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    RandomEngagement engagement(seed, true);
    const EngagementSums sums = engagement.Sums();
    ASSERT_TRUE(Covers(sums.possible, sums.sure)) << seed;
    ASSERT_TRUE(Covers(sums.possible, engagement.Reached())) << seed;
    ASSERT_TRUE(Covers(sums.sure, Intervals{{0, 1}})) << seed;
  }
}

}  // namespace
}  // namespace pm
