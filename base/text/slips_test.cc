#include "base/text/slips.h"

#include <gtest/gtest.h>

namespace pm {
namespace {

TEST(Slips, NumbersOfOtherSpellingsAreToldInPlainDigits) {
  constexpr std::pair<std::string_view, std::string_view> kNumbers[] = {
      {"1,000", "1000"}, {"1,000,000", "1000000"},
      {"1_000", "1000"}, {"1 000", "1000"},
      {"10k", "10000"},  {"2M", "2000000"},
      {"1e3", "1000"},   {"5.0", "5"},
      {"$500", "500"},   {"-1,000", "-1000"},
      {"+5", "5"},       {"007", "7"},
      {"0k", "0"},       {"000", "0"},
      {"1'000", "1000"}};
  for (const auto& [text, number] : kNumbers) EXPECT_EQ(PlainNumber(text), number) << text;
  for (const std::string_view text :
       {"", "5", "-5", "0", "many", "1,00", "1000,000", ",000", "1,000k,", "1.5", "k", "e3", ".nan",
        "12345678901234567k", "--5", "1,0000"}) {
    EXPECT_EQ(PlainNumber(text), std::nullopt) << text;
  }
  EXPECT_EQ(HintOfNumber("1,000"), "write 1000");
  EXPECT_EQ(HintOfNumber("few"), "");
}

TEST(Slips, WordsForTruthAreToldAsTrueAndFalse) {
  EXPECT_EQ(HintOfTruth("Yes"), "write true");
  EXPECT_EQ(HintOfTruth("OFF"), "write false");
  EXPECT_EQ(HintOfTruth("perhaps"), "");
  EXPECT_EQ(HintOfTruth(""), "");
}

TEST(Slips, HabitsAreFoundWhateverTheirCaseAndDashes) {
  constexpr Habit kHabits[] = {{"at_least", "gte"}, {">=", "gte"}};
  EXPECT_EQ(MeantBy(kHabits, "atLeast"), "gte");
  EXPECT_EQ(MeantBy(kHabits, "At-Least"), "gte");
  EXPECT_EQ(MeantBy(kHabits, ">="), "gte");
  EXPECT_EQ(MeantBy(kHabits, "at"), "");
  EXPECT_EQ(MeantBy(kHabits, "_"), "");
}

}  // namespace
}  // namespace pm
