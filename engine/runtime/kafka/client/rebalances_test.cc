#include "engine/runtime/kafka/client/rebalances.h"

#include <gtest/gtest.h>

#include <vector>

namespace pm {
namespace {

class RebalancesTest : public testing::Test {
 protected:
  static std::set<TaskId> Of(Stage stage, std::initializer_list<uint32_t> partitions) {
    std::set<TaskId> tasks;
    for (const uint32_t partition : partitions) tasks.insert({stage, partition});
    return tasks;
  }
  std::vector<std::string> lines_;
  Rebalances rebalances_{[this](std::string_view line) { lines_.emplace_back(line); }};
};

TEST_F(RebalancesTest, SayWhatCameAndWentAndHowLongItTook) {
  std::set<TaskId> tasks = Of(Stage::kIdentity, {0, 1, 2, 5});
  tasks.merge(Of(Stage::kDesk, {3}));
  rebalances_.Begin(Milliseconds(1000));
  rebalances_.End(Milliseconds(1250), tasks);
  rebalances_.Begin(Milliseconds(5000));
  rebalances_.End(Milliseconds(5001), Of(Stage::kIdentity, {0, 1, 2}));
  EXPECT_EQ(lines_, (std::vector<std::string>{"rebalanced in 250 ms: 5 tasks are ours; came "
                                              "identity 0-2 5, desk 3; went nothing",
                                              "rebalanced in 1 ms: 3 tasks are ours; came nothing; "
                                              "went identity 5, desk 3"}));
  EXPECT_EQ(rebalances_.lost(), Milliseconds(251));
}

TEST_F(RebalancesTest, CountFromTheFirstThatInterrupts) {
  rebalances_.Begin(Milliseconds(1000));
  rebalances_.Begin(Milliseconds(2000));
  EXPECT_FALSE(rebalances_.has_ended());
  rebalances_.End(Milliseconds(3000), {});
  rebalances_.End(Milliseconds(9000), {});
  EXPECT_TRUE(rebalances_.has_ended());
  EXPECT_EQ(rebalances_.lost(), Seconds(2));
  EXPECT_EQ(lines_.size(), 1U);
}

}  // namespace
}  // namespace pm
