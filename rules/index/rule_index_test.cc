#include "rules/index/rule_index.h"

#include <gmock/gmock.h>

#include "rules/condition_make.h"

namespace pm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Rule {
  Condition when;
};

class RuleIndexTest : public testing::Test {
 protected:
  Condition When(std::string_view field, TestOp op, std::vector<std::string> literals = {},
                 OnMissing on_missing = OnMissing::kUnknown) {
    return MakeTest({fields_.Find(field), op, std::move(literals), nullptr, on_missing}, &slots_)
        .value();
  }
  void Add(std::vector<Condition> parts) { rules_.push_back({AllOf(parts)}); }
  void AddCountries(int count) {
    static constexpr std::string_view kCodes[] = {"DE", "AT", "CH", "FR", "ES", "IT"};
    for (int i = 0; i < count; ++i) {
      Add({When("lead.country", TestOp::kEq, {std::string(kCodes[i % 6])}),
           When("account.employees", TestOp::kGte, {std::to_string(i)})});
    }
  }

  // Candidates for a lead of that country and so many employees; below 0: missing.
  std::vector<uint32_t> Candidates(std::string_view country, int64_t employees) {
    const RuleIndex index = IndexOf(rules_, 0);
    FactSheet sheet(slots_);
    if (!country.empty()) sheet.Set(Field("lead.country"), Value::Text(country));
    if (employees >= 0) sheet.Set(Field("account.employees"), Value::Int(employees));
    std::vector<uint32_t> found;
    RuleIndex::Cursor cursor = index.Find(sheet.facts());
    for (uint32_t i = cursor.Next(0); i < rules_.size(); i = cursor.Next(i + 1)) {
      found.push_back(i);
    }
    return found;
  }
  std::string Plan() {
    const RuleIndex index = IndexOf(rules_, 0);
    return index.PlanText(
        rules_.size(),
        {.field =
             [&](uint32_t slot) { return std::string(fields_.Find(slots_.fields()[slot])->name); },
         .rule = [](uint32_t rule) { return "rule " + std::to_string(rule); }});
  }

  FieldTable fields_;
  Slots slots_;
  std::vector<Rule> rules_;
};

TEST_F(RuleIndexTest, NamesOnlyRulesWhoseValuesAndRangesFit) {
  AddCountries(12);
  EXPECT_THAT(Candidates("AT", 100), ElementsAre(1, 7));
  EXPECT_THAT(Candidates("AT", 6), ElementsAre(1));
  EXPECT_THAT(Candidates("AT", -1), IsEmpty());
  EXPECT_THAT(Candidates("NO", 100), IsEmpty());
  EXPECT_THAT(Candidates("", 100), IsEmpty());
}

TEST_F(RuleIndexTest, AMissingValueFindsRulesThatSayItMatches) {
  AddCountries(6);
  Add({When("lead.country", TestOp::kEq, {"NO"}, OnMissing::kMatch)});
  Add({When("lead.country", TestOp::kMissing)});
  EXPECT_THAT(Candidates("", 100), ElementsAre(6, 7));
  EXPECT_THAT(Candidates("NO", 100), ElementsAre(6));
}

TEST_F(RuleIndexTest, PrefixesAreFoundByTheirLength) {
  for (const char* prefix : {"10", "101", "94", "9"}) {
    Add({When("lead.postcode", TestOp::kStartsWith, {prefix})});
  }
  FactSheet sheet(slots_);
  sheet.Set(Field("lead.postcode"), Value::Text("1010"));
  const RuleIndex index = IndexOf(rules_, 0);
  RuleIndex::Cursor cursor = index.Find(sheet.facts());
  EXPECT_EQ(cursor.Next(0), 0u);
  EXPECT_EQ(cursor.Next(1), 1u);
  EXPECT_EQ(cursor.Next(2), UINT32_MAX);
  EXPECT_THAT(Plan(), HasSubstr("2 by lead.postcode (first 2 bytes): 2 keys"));
}

TEST_F(RuleIndexTest, RangesThatManyAskForAreFoundByBitmaps) {
  for (int i = 0; i < 100; ++i) {
    Add({When("account.employees", TestOp::kBetween,
              {std::to_string(i * 10), std::to_string(i * 10 + 14)})});
  }
  EXPECT_THAT(Candidates("", 503), ElementsAre(49, 50));
  EXPECT_THAT(Candidates("", -1), IsEmpty());
  EXPECT_THAT(Candidates("", 100'000), IsEmpty());
  EXPECT_THAT(Plan(), HasSubstr("100 by bitmaps: account.employees in 202 classes"));
}

TEST_F(RuleIndexTest, MoreRangesThanClassesLoseNoRule) {
  for (int i = 0; i < 1000; ++i) {
    Add({When("account.employees", TestOp::kEq, {std::to_string(i)}),
         When("account.employees", TestOp::kGte, {"0"})});
    Add({When("account.employees", TestOp::kGte, {std::to_string(i)}),
         When("account.employees", TestOp::kLte, {std::to_string(i + 1)})});
  }
  EXPECT_THAT(Candidates("", 500), testing::IsSupersetOf({999u, 1000u, 1001u}));
  EXPECT_LT(Candidates("", 500).size(), 40u);
}

TEST_F(RuleIndexTest, ValuesThatManyShareAreFoundByBitmapsToo) {
  for (int i = 0; i < 2000; ++i) {
    Add({When("lead.country", TestOp::kEq, {"DE"}), When("account.employees", TestOp::kEq,
                                                         {
                                                             std::to_string(i),
                                                         })});
    Add({When("lead.country", TestOp::kEq, {"DE"}),
         When("account.employees", TestOp::kGte, {std::to_string(i * 100)})});
  }
  EXPECT_THAT(Plan(), HasSubstr("2000 by bitmaps"));
  EXPECT_THAT(Plan(), HasSubstr("2000 by lead.country and account.employees: 2000 keys"));
  EXPECT_THAT(Candidates("FR", 1), testing::SizeIs(testing::Lt(10)));
}

TEST_F(RuleIndexTest, ThePlanTellsWhatIsLookedAtAlwaysAndWhy) {
  AddCountries(4);
  Add({});
  Add({When("lead.title", TestOp::kContains, {"chief"})});
  rules_.push_back({AnyOf({})});
  const std::string plan = Plan();
  EXPECT_THAT(plan, HasSubstr("4 by lead.country: 4 keys, at most 1 share one"));
  EXPECT_THAT(plan, HasSubstr("2 looked at always\n"
                              "  rule 4: asks for nothing\n"
                              "  rule 5: asks for no single value\n"));
  EXPECT_THAT(plan, HasSubstr("1 never match\n"));
  EXPECT_THAT(plan, HasSubstr("bytes of index for 7 rules: "));
}

TEST_F(RuleIndexTest, FewRulesAreSimplyLookedAt) {
  AddCountries(15);
  EXPECT_TRUE(IndexOf(rules_).scans());
  EXPECT_EQ(IndexOf(rules_).Find({}).Next(3), 3u);
  EXPECT_EQ(IndexOf(rules_).PlanText(15, {}), "15 rules, each looked at: so few\n");
  AddCountries(1);
  EXPECT_FALSE(IndexOf(rules_).scans());
}

}  // namespace
}  // namespace pm
