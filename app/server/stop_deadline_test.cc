#include "app/server/stop_deadline.h"

#include <gtest/gtest.h>

#include <future>

namespace pm {
namespace {

TEST(StopDeadlineTest, ActsOnceItsTimeIsOver) {
  std::promise<void> acted;
  const StopDeadline deadline(Milliseconds(1), [&] { acted.set_value(); });
  acted.get_future().wait();
}

TEST(StopDeadlineTest, WhatEndsInTimeIsLeftAlone) {
  bool acted = false;
  {
    const StopDeadline deadline(Hours(1), [&] { acted = true; });
  }
  EXPECT_FALSE(acted);
}

}  // namespace
}  // namespace pm
