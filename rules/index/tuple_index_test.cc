#include "rules/index/tuple_index.h"

#include <gmock/gmock.h>

#include <random>

namespace pm {
namespace {

using testing::ElementsAre;
using Key = TupleIndex::Key;

TupleIndex::Rule Rule(std::vector<std::vector<int64_t>> values) {
  TupleIndex::Rule rule;
  for (const auto& column : values) {
    auto& keys = rule.emplace_back();
    for (const int64_t value : column) keys.push_back(TupleIndex::KeyOf(value));
  }
  return rule;
}

std::vector<uint32_t> Candidates(const TupleIndex& index,
                                 std::vector<std::optional<int64_t>> facts) {
  std::vector<std::optional<Key>> keys;
  for (const auto& fact : facts) {
    keys.push_back(fact ? std::optional(TupleIndex::KeyOf(*fact)) : std::nullopt);
  }
  TupleIndex::Cursor cursor = index.Find(keys);
  std::vector<uint32_t> found;
  for (uint32_t at = cursor.Next(0); at != UINT32_MAX; at = cursor.Next(at + 1)) {
    found.push_back(at);
  }
  return found;
}

TEST(TupleIndex, GivesWhatMayMatchInRisingOrder) {
  const std::vector<TupleIndex::Rule> rules = {Rule({{1}, {}}), Rule({{1}, {5}}), Rule({{}, {}}),
                                               Rule({{1, 2}, {5, 6}}), Rule({{}, {6}})};
  const TupleIndex index(2, rules);
  EXPECT_THAT(Candidates(index, {1, 5}), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(Candidates(index, {2, 6}), ElementsAre(2, 3, 4));
  EXPECT_THAT(Candidates(index, {std::nullopt, 6}), ElementsAre(2, 4));
  EXPECT_THAT(Candidates(index, {7, 7}), ElementsAre(2));
  EXPECT_THAT(Candidates(TupleIndex(), {1}), ElementsAre());
}

TEST(TupleIndex, GoesByFewerColumnsWhereValuesMultiply) {
  std::vector<int64_t> many;
  for (int64_t i = 0; i < 40; ++i) many.push_back(i);
  const TupleIndex index(2, std::vector<TupleIndex::Rule>{Rule({many, {1, 2}})});
  ASSERT_EQ(index.Statistics().size(), 1u);
  EXPECT_THAT(index.Statistics()[0].columns, ElementsAre(1));
  EXPECT_THAT(Candidates(index, {99, 1}), ElementsAre(0));
  EXPECT_THAT(Candidates(index, {99, 3}), ElementsAre());
}

// More shapes than there may be: no rule is ever left out.
TEST(TupleIndex, NeverLeavesOutARuleThatMatches) {
  constexpr size_t kColumns = 8;
  std::mt19937 random(11);
  std::vector<TupleIndex::Rule> rules;
  std::vector<std::vector<std::vector<int64_t>>> plain;
  for (int i = 0; i < 2000; ++i) {
    auto& values = plain.emplace_back(kColumns);
    for (auto& column : values) {
      for (size_t left = random() % 3; left > 0; --left) {
        column.push_back(static_cast<int64_t>(random() % 3));
      }
    }
    rules.push_back(Rule(values));
  }
  const TupleIndex index(kColumns, rules);
  EXPECT_EQ(index.Statistics().size(), TupleIndex::kMaxShapes);
  size_t matches = 0;
  for (int i = 0; i < 300; ++i) {
    std::vector<std::optional<int64_t>> facts(kColumns);
    for (auto& fact : facts) {
      if (random() % 5 > 0) fact = static_cast<int64_t>(random() % 3);
    }
    const std::vector<uint32_t> found = Candidates(index, facts);
    EXPECT_TRUE(std::ranges::is_sorted(found));
    for (uint32_t rule = 0; rule < plain.size(); ++rule) {
      bool holds = true;
      for (size_t column = 0; column < kColumns; ++column) {
        const auto& allowed = plain[rule][column];
        holds = holds &&
                (allowed.empty() ||
                 (facts[column] && std::ranges::find(allowed, *facts[column]) != allowed.end()));
      }
      if (!holds) continue;
      ++matches;
      EXPECT_TRUE(std::ranges::binary_search(found, rule)) << rule;
    }
  }
  EXPECT_GT(matches, 1000u);
}

}  // namespace
}  // namespace pm
