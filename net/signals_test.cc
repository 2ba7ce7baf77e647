#include "net/signals.h"

#include <gtest/gtest.h>

#include <csignal>
#include <future>

#include "net/net_codes.h"

namespace pm {
namespace {

TEST(SignalWatchTest, CallsForEverySignalItWatches) {
  std::promise<int> first, second;
  bool again = false;
  const auto watch = SignalWatch::Start({SIGHUP, SIGTERM}, [&](int number) {
    (std::exchange(again, true) ? second : first).set_value(number);
  });
  ASSERT_TRUE(watch.has_value());
  ::raise(SIGHUP);
  EXPECT_EQ(first.get_future().get(), SIGHUP);
  ::raise(SIGTERM);
  EXPECT_EQ(second.get_future().get(), SIGTERM);
}

TEST(SignalWatchTest, CanWatchAgainAfterAnother) {
  for (int round = 0; round < 2; ++round) {
    std::promise<void> called;
    const auto watch = SignalWatch::Start({SIGHUP}, [&](int) { called.set_value(); });
    ASSERT_TRUE(watch.has_value());
    ::raise(SIGHUP);
    called.get_future().wait();
  }
}

TEST(SignalWatchTest, RefusesASignalThatCannotBeCaught) {
  const auto watch = SignalWatch::Start({SIGKILL}, [](int) {});
  ASSERT_FALSE(watch.has_value());
  EXPECT_EQ(watch.error().code, kSignalWaitFailed);
}

}  // namespace
}  // namespace pm
