#include "engine/runtime/rules_history.h"

#include <gtest/gtest.h>

namespace pm {
namespace {

TEST(RulesHistoryTest, ForgetsTheOldestBeyondItsBound) {
  RulesHistory history;
  for (uint64_t n = 1; n <= RulesHistory::kMostKept + 2; ++n)
    AddSwitch({Instant{0}, ContentHash{0, n}, "folder", "", ""}, &history);
  EXPECT_EQ(history.switches.size(), RulesHistory::kMostKept);
  EXPECT_EQ(history.switches.front().rules, (ContentHash{0, 3}));
}

}  // namespace
}  // namespace pm
