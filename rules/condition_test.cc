#include "rules/condition.h"

#include <gmock/gmock.h>

#include "rules/condition_make.h"

namespace pm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ConditionTest : public testing::Test {
 protected:
  std::expected<Condition, TestError> Make(std::string_view field, TestOp op,
                                           std::vector<std::string> literals,
                                           OnMissing on_missing = OnMissing::kUnknown) {
    return MakeTest({fields_.Find(field), op, std::move(literals), nullptr, on_missing}, &slots_);
  }
  Condition When(std::string_view field, TestOp op, std::vector<std::string> literals = {},
                 OnMissing on_missing = OnMissing::kUnknown) {
    auto made = Make(field, op, std::move(literals), on_missing);
    if (!made) throw std::runtime_error(made.error().error.text);
    return *made;
  }
  int Code(std::string_view field, TestOp op, std::vector<std::string> literals,
           OnMissing on_missing = OnMissing::kUnknown) {
    auto made = Make(field, op, std::move(literals), on_missing);
    return made ? 0 : made.error().error.code;
  }
  // The verdict over one field's value; the rest is missing.
  Tri With(const Condition& condition, std::string_view field, const Value& value) {
    FactSheet sheet(slots_);
    sheet.Set({fields_.Find(field)->number}, value);
    return condition.Eval(sheet.facts());
  }
  Tri Empty(const Condition& condition) { return condition.Eval(FactSheet(slots_).facts()); }

  FieldTable fields_;
  Slots slots_;
};

TEST_F(ConditionTest, ComparesNumbersInTheFieldsUnit) {
  const Condition big = When("account.employees", TestOp::kGte, {"200"});
  EXPECT_EQ(With(big, "account.employees", Value::Int(200)), Tri::kTrue);
  EXPECT_EQ(With(big, "account.employees", Value::Int(199)), Tri::kFalse);
  const Condition rich = When("account.revenue", TestOp::kGt, {"1.5"});
  EXPECT_EQ(With(rich, "account.revenue", Value::Decimal(1'500'001)), Tri::kTrue);
  EXPECT_EQ(With(rich, "account.revenue", Value::Decimal(1'500'000)), Tri::kFalse);
  const Condition mid = When("account.employees", TestOp::kBetween, {"10", "20"});
  EXPECT_EQ(With(mid, "account.employees", Value::Int(10)), Tri::kTrue);
  EXPECT_EQ(With(mid, "account.employees", Value::Int(20)), Tri::kTrue);
  EXPECT_EQ(With(mid, "account.employees", Value::Int(21)), Tri::kFalse);
  const Condition less = When("account.employees", TestOp::kLt, {"10"});
  EXPECT_EQ(With(less, "account.employees", Value::Int(10)), Tri::kFalse);
  const Condition most = When("account.employees", TestOp::kLte, {"10"});
  EXPECT_EQ(With(most, "account.employees", Value::Int(10)), Tri::kTrue);
  const Condition some = When("account.employees", TestOp::kIn, {"30", "10"});
  EXPECT_EQ(With(some, "account.employees", Value::Int(10)), Tri::kTrue);
  EXPECT_EQ(With(some, "account.employees", Value::Int(20)), Tri::kFalse);
}

TEST_F(ConditionTest, SymbolsAreComparedWithoutCase) {
  const Condition source = When("lead.source", TestOp::kEq, {"Google"});
  EXPECT_EQ(With(source, "lead.source", Value::Text("google")), Tri::kTrue);
  const Condition part = When("lead.source", TestOp::kStartsWith, {"GOO"});
  EXPECT_EQ(With(part, "lead.source", Value::Text("google")), Tri::kTrue);
  const Condition title = When("lead.title", TestOp::kEq, {"VP"});
  EXPECT_EQ(With(title, "lead.title", Value::Text("vp")), Tri::kFalse);
}

TEST_F(ConditionTest, CountriesAreCodesAndNamesAreRefusedWithTheCode) {
  const Condition norway = When("lead.country", TestOp::kEq, {"no"});
  EXPECT_EQ(With(norway, "lead.country", Value::Text("NO")), Tri::kTrue);
  const auto named = Make("lead.country", TestOp::kEq, {"Germany"});
  ASSERT_FALSE(named.has_value());
  EXPECT_EQ(named.error().error.code, 210);
  EXPECT_THAT(named.error().error.text, HasSubstr("write DE"));
}

TEST_F(ConditionTest, TextPartsAndExpressions) {
  const Condition begins = When("event.path", TestOp::kStartsWith, {"/pricing"});
  EXPECT_EQ(With(begins, "event.path", Value::Text("/pricing/team")), Tri::kTrue);
  EXPECT_EQ(With(begins, "event.path", Value::Text("/blog/pricing")), Tri::kFalse);
  const Condition ends = When("event.path", TestOp::kEndsWith, {".pdf"});
  EXPECT_EQ(With(ends, "event.path", Value::Text("/a.pdf")), Tri::kTrue);
  const Condition holds = When("lead.title", TestOp::kContains, {"Sales"});
  EXPECT_EQ(With(holds, "lead.title", Value::Text("VP Sales")), Tri::kTrue);
  const Condition matches = When("lead.title", TestOp::kMatches, {"(?i)\\b(vp|chief)\\b"});
  EXPECT_EQ(With(matches, "lead.title", Value::Text("Chief of staff")), Tri::kTrue);
  EXPECT_EQ(With(matches, "lead.title", Value::Text("Chieftain")), Tri::kFalse);
}

TEST_F(ConditionTest, AListHoldsWhenOneOfItsItemsDoes) {
  std::string items;
  AppendListItem(&items, "hubspot");
  AppendListItem(&items, "kafka");
  const Value list = Value::List(items);
  EXPECT_EQ(With(When("account.technologies", TestOp::kIn, {"Kafka", "nats"}),
                 "account.technologies", list),
            Tri::kTrue);
  EXPECT_EQ(
      With(When("account.technologies", TestOp::kContains, {"kafk"}), "account.technologies", list),
      Tri::kFalse);
  EXPECT_EQ(With(When("account.technologies", TestOp::kNotIn, {"nats"}, OnMissing::kMatch),
                 "account.technologies", list),
            Tri::kTrue);
}

TEST_F(ConditionTest, AMissingFieldIsUnknownUnlessTheTestSaysOtherwise) {
  const Condition big = When("account.employees", TestOp::kGte, {"200"});
  EXPECT_EQ(Empty(big), Tri::kUnknown);
  EXPECT_FALSE(big.Holds(FactSheet(slots_).facts()));
  EXPECT_EQ(Empty(When("account.industry", TestOp::kNe, {"gov"}, OnMissing::kMatch)), Tri::kTrue);
  EXPECT_EQ(Empty(When("account.industry", TestOp::kNe, {"gov"}, OnMissing::kNoMatch)),
            Tri::kFalse);
  EXPECT_EQ(Empty(When("account.industry", TestOp::kPresent)), Tri::kFalse);
  EXPECT_EQ(Empty(When("account.industry", TestOp::kMissing)), Tri::kTrue);
}

TEST_F(ConditionTest, AValueOfAnotherTypeThanDeclaredIsMissing) {
  const Condition big = When("account.employees", TestOp::kGte, {"200"});
  EXPECT_EQ(With(big, "account.employees", Value::Text("many")), Tri::kUnknown);
}

TEST_F(ConditionTest, KleeneLogic) {
  const Condition unknown = When("account.employees", TestOp::kGte, {"200"});
  const Condition yes = When("account.industry", TestOp::kMissing);
  const Condition no = When("account.industry", TestOp::kPresent);
  const auto all = [&](std::vector<Condition> parts) { return Empty(AllOf(parts)); };
  const auto any = [&](std::vector<Condition> parts) { return Empty(AnyOf(parts)); };
  EXPECT_EQ(all({unknown, yes}), Tri::kUnknown);
  EXPECT_EQ(all({unknown, no}), Tri::kFalse);
  EXPECT_EQ(any({unknown, yes}), Tri::kTrue);
  EXPECT_EQ(any({unknown, no}), Tri::kUnknown);
  EXPECT_EQ(Empty(NotOf(unknown)), Tri::kUnknown);
  EXPECT_EQ(Empty(NotOf(no)), Tri::kTrue);
  EXPECT_EQ(all({}), Tri::kTrue);
  EXPECT_EQ(any({}), Tri::kFalse);
  EXPECT_EQ(Empty(NotOf(Condition())), Tri::kFalse);
  EXPECT_EQ(any({no, Condition()}), Tri::kTrue);
}

TEST_F(ConditionTest, TheTraceNamesEachTestTheValueAndWhatWasMissing) {
  const std::vector<Condition> parts = {When("account.employees", TestOp::kGte, {"200"}),
                                        When("lead.country", TestOp::kIn, {"DE", "AT"})};
  const Condition both = AllOf(parts);
  FactSheet sheet(slots_);
  sheet.Set(Field("lead.country"), Value::Text("FR"));
  const auto trace = both.Trace(sheet.facts(), slots_, fields_);
  ASSERT_EQ(trace.size(), 2u);
  EXPECT_EQ(trace[0].text, "account.employees gte 200");
  EXPECT_EQ(trace[0].saw, "missing");
  EXPECT_TRUE(trace[0].missing);
  EXPECT_EQ(trace[1].text, "lead.country in [DE, AT]");
  EXPECT_EQ(trace[1].saw, "FR");
  EXPECT_EQ(trace[1].verdict, Tri::kFalse);
  EXPECT_EQ(both.Text(), "all(account.employees gte 200; lead.country in [DE, AT])");
}

TEST_F(ConditionTest, ReboundConditionsReadTheOtherSlots) {
  When("lead.city", TestOp::kPresent);
  const Condition here = When("lead.country", TestOp::kEq, {"DE"});
  Slots other;
  const Condition there = here.Rebound(&other);
  FactSheet sheet(other);
  sheet.Set(Field("lead.country"), Value::Text("DE"));
  EXPECT_EQ(other.size(), 1u);
  EXPECT_EQ(there.Eval(sheet.facts()), Tri::kTrue);
  std::vector<FieldNumber> read;
  there.CollectFields(other, &read);
  EXPECT_THAT(read, ElementsAre(Field("lead.country")));
}

TEST_F(ConditionTest, RefusesWhatCannotBeMeant) {
  EXPECT_EQ(Code("account.employees", TestOp::kGte, {"many"}), 210);
  EXPECT_EQ(Code("lead.free_mail", TestOp::kEq, {"yes"}), 210);
  EXPECT_EQ(Code("lead.title", TestOp::kContains, {""}), 210);
  EXPECT_EQ(Code("lead.title", TestOp::kGt, {"a"}), 211);
  EXPECT_EQ(Code("account.employees", TestOp::kMatches, {"1"}), 211);
  EXPECT_EQ(Code("account.employees", TestOp::kBetween, {"1"}), 211);
  EXPECT_EQ(Code("account.employees", TestOp::kBetween, {"2", "1"}), 211);
  EXPECT_EQ(Code("account.employees", TestOp::kPresent, {"1"}), 211);
  EXPECT_EQ(Code("lead.title", TestOp::kMatches, {"(vp"}), 212);
  EXPECT_EQ(Code("lead.title", TestOp::kMatches, {"\bvp"}), 212);
  EXPECT_EQ(Code("account.industry", TestOp::kNotIn, {"gov"}), 213);
  EXPECT_EQ(Code("account.industry", TestOp::kMissing, {}, OnMissing::kMatch), 213);
  EXPECT_EQ(Code("lead.stage", TestOp::kNe, {"mql"}), 0);
}

}  // namespace
}  // namespace pm
