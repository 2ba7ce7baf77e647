#include "engine/runtime/kafka/logs/failing_transactions.h"

#include <gtest/gtest.h>

#include <vector>

namespace pm {
namespace {

class FailingTransactionsTest : public testing::Test {
 protected:
  ManualClock clock_{Instant{1'000'000}};
  std::vector<std::string> lines_;
  FailingTransactions failing_{[this](std::string_view line) { lines_.emplace_back(line); },
                               clock_};
};

TEST_F(FailingTransactionsTest, TheFirstIsSaidAtOnceAndThenSeldom) {
  for (int i = 0; i < 25; ++i, clock_.Advance(Milliseconds(500))) failing_.Failed("x: too large");
  EXPECT_EQ(lines_, (std::vector<std::string>{"to be tried again: x: too large",
                                              "tried again for 10 s, 21 times: x: too large"}));
  failing_.Succeeded();
  failing_.Failed("x: too large");
  EXPECT_EQ(lines_.back(), "to be tried again: x: too large");
}

TEST_F(FailingTransactionsTest, TheRestGrowsUpToABoundAndEndsWithSuccess) {
  std::vector<int64_t> rests_ms;
  for (int i = 0; i < 12; ++i) {
    failing_.Failed("x");
    rests_ms.push_back(failing_.rest().ms);
  }
  EXPECT_EQ(rests_ms,
            (std::vector<int64_t>{0, 0, 20, 40, 80, 160, 320, 640, 1280, 1280, 1280, 1280}));
  clock_.Advance(Milliseconds(1000));
  EXPECT_EQ(failing_.rest(), Milliseconds(280));
  clock_.Advance(Milliseconds(1000));
  EXPECT_EQ(failing_.rest(), Duration{});
  failing_.Failed("x");
  failing_.Succeeded();
  EXPECT_EQ(failing_.rest(), Duration{});
}

}  // namespace
}  // namespace pm
