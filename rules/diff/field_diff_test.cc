#include <gmock/gmock.h>

#include "rules/diff/rule_diff_testing.h"

namespace pm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using FieldDiffTest = RuleDiffTesting;

TEST_F(FieldDiffTest, AFieldThatIsDeclaredOtherwiseIsADifference) {
  const auto rules = [](std::string_view field) {
    return Routing("", fmt::format("kind: fields\nlead.other: {{ type: int }}\n{}---\n", field));
  };
  const auto told = [&](std::string_view before, std::string_view after) {
    const auto line = [](std::string_view is) { return fmt::format("lead.seats: {{ {} }}\n", is); };
    const RuleDiff diff = Diff(rules(line(before)), rules(line(after)));
    EXPECT_EQ(diff.same(), diff.definitions.empty());
    return diff.definitions;
  };
  EXPECT_THAT(told("type: int, max: 50", "type: int, max: 500"),
              ElementsAre("field lead.seats: max: 500 (before: 50)"));
  EXPECT_THAT(told("type: decimal, min: 2", "type: decimal"),
              ElementsAre("field lead.seats: min: none (before: 2)"));
  EXPECT_THAT(told("type: text, max: 512", "type: text"), IsEmpty());
  EXPECT_THAT(told("type: text, normalise: symbol", "type: text, normalise: none"),
              ElementsAre("field lead.seats: normalise: none (before: symbol)"));
  EXPECT_THAT(told("type: text", "type: text, personal: true"),
              ElementsAre("field lead.seats: personal: true (before: false)"));
  EXPECT_THAT(told("type: int", "type: int, meaning: Seats"), IsEmpty());
  const std::string with = rules("lead.seats: { type: int, min: 0 }\n"), without = rules("");
  EXPECT_THAT(Diff(with, without).definitions, ElementsAre("field lead.seats is gone"));
  EXPECT_THAT(Diff(without, with).definitions,
              ElementsAre("field lead.seats is new: type int, min 0, personal false"));
  EXPECT_THAT(Diff(with, rules("lead.places: { type: int, min: 0 }\n")).definitions,
              ElementsAre("field lead.seats is gone", HasSubstr("field lead.places is new")));
}

}  // namespace
}  // namespace pm
