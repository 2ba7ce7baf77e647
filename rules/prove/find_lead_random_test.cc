// What the solver answers, against trying out every lead there is.
#include <gmock/gmock.h>

#include "base/random.h"
#include "rules/book_builder.h"
#include "rules/prove/find_lead.h"

namespace pm {
namespace {

// Conditions at random, over so few values that all leads there are can be tried.
class RandomConditions {
 public:
  explicit RandomConditions(uint64_t seed) : random_(seed) {
    const auto add = [&](std::string name, Type type, int64_t max) {
      EXPECT_TRUE(
          builder_.fields().Add(std::move(name), type, 0, max, Normaliser::kTrim, false, ""));
    };
    add("lead.seats", Type::kInt, 4);
    add("lead.flag", Type::kBool, 1);
    add("lead.code", Type::kText, 100);
    add("lead.tags", Type::kTextList, 8);
  }

  Condition Make(int depth) {
    if (depth == 0 || random_.OneIn(3)) return Test();
    std::vector<Condition> parts;
    for (int i = random_.Below(3); i >= 0; --i) parts.push_back(Make(depth - 1));
    const uint32_t kind = random_.Below(3u);
    if (kind == 2) return NotOf(parts.front());
    return kind == 0 ? AllOf(parts) : AnyOf(parts);
  }

  LeadAnswer Find(const LeadQuery& query) {
    return FindLead({builder_.fields(), builder_.slots(), nullptr}, query);
  }

  // Every lead that the tests can tell apart.
  bool Exists(const LeadQuery& query) {
    FactSheet sheet(builder_.slots());
    return ExistsFrom(0, query, &sheet);
  }

 private:
  Condition Test() {
    const OnMissing missing =
        random_.Of({OnMissing::kUnknown, OnMissing::kMatch, OnMissing::kNoMatch});
    const OnMissing said = random_.OneIn(2) ? OnMissing::kMatch : OnMissing::kNoMatch;
    switch (random_.Below(7)) {
      case 0:
        return builder_.When("lead.seats", random_.Of({TestOp::kGte, TestOp::kLt, TestOp::kEq}),
                             {std::to_string(random_.Below(5))}, missing);
      case 1:
        return builder_.When("lead.flag", TestOp::kEq, {random_.OneIn(2) ? "true" : "false"},
                             missing);
      case 2:
        return builder_.When("lead.code", random_.Of({TestOp::kNe, TestOp::kNotIn}), {Code()},
                             said);
      case 3:
        return builder_.When(
            "lead.code",
            random_.Of({TestOp::kStartsWith, TestOp::kEndsWith, TestOp::kContains, TestOp::kEq}),
            {Code()}, missing);
      case 4:
        return builder_.When("lead.tags", random_.Of({TestOp::kContains, TestOp::kStartsWith}),
                             {Code()}, missing);
      case 5:
        return builder_.When("lead.tags", TestOp::kNotIn, {Code()}, said);
      default:
        return builder_.When(random_.Of({"lead.seats", "lead.code", "lead.tags", "lead.flag"}),
                             random_.Of({TestOp::kPresent, TestOp::kMissing}));
    }
  }
  std::string Code() { return random_.Of({"a", "b", "ab"}); }

  bool ExistsFrom(size_t slot, const LeadQuery& query, FactSheet* sheet) {
    if (slot == builder_.slots().size()) {
      const auto holds = [&](const Condition& one) { return one.Holds(sheet->facts()); };
      return std::ranges::all_of(query.must, holds) && std::ranges::none_of(query.must_not, holds);
    }
    const FieldNumber field = builder_.slots().fields()[slot];
    const auto with = [&](const Value& value) {
      sheet->Set(field, value);
      return ExistsFrom(slot + 1, query, sheet);
    };
    if (with({})) return true;
    static const std::vector<std::string> codes = {
        "z",   "a",   "b",   "ab",  "ba",  "az",   "za",   "bz",   "zb",    "abz",  "zab",  "zbz",
        "zaz", "aza", "bzb", "azb", "bza", "zabz", "azba", "abza", "abzab", "bzab", "azab", "abzb"};
    const Type type = builder_.fields().Find(field)->type;
    if (type == Type::kTextList) return ExistsList(with);
    if (type == Type::kBool) return with(Value::Bool(true)) || with(Value::Bool(false));
    if (type == Type::kText) {
      return std::ranges::any_of(codes, [&](const auto& code) { return with(Value::Text(code)); });
    }
    for (int64_t n = 0; n <= 4; ++n) {
      if (with(Value::Int(n))) return true;
    }
    return false;
  }

  template <class F>
  static bool ExistsList(const F& with) {
    static const std::vector<std::string> items = {"z", "a", "b", "ab", "az", "bz", "abz"};
    for (uint32_t set = 1; set < 1u << items.size(); ++set) {
      std::string encoded;
      for (size_t i = 0; i < items.size(); ++i) {
        if ((set >> i & 1u) != 0) AppendListItem(&encoded, items[i]);
      }
      if (with(Value::List(encoded))) return true;
    }
    return false;
  }

  Random random_;
  RuleBookBuilder builder_;
};

TEST(FindLead, AgreesWithTryingOutEveryLead) {
  int found = 0;
  for (uint64_t seed = 1; seed <= 1500; ++seed) {
    RandomConditions conditions(seed);
    LeadQuery query;
    query.must.push_back(conditions.Make(3));
    query.must_not = {conditions.Make(2), conditions.Make(2)};
    const LeadAnswer answer = conditions.Find(query);
    ASSERT_NE(answer.kind, LeadAnswer::Kind::kNotProved) << seed << ": " << answer.why;
    ASSERT_EQ(answer.found(), conditions.Exists(query)) << seed << query.must[0].Text();
    found += answer.found() ? 1 : 0;
  }
  EXPECT_GT(found, 300);
  EXPECT_LT(found, 1400);
}

}  // namespace
}  // namespace pm
