#include "base/result.h"

#include <gmock/gmock.h>

namespace pm {
namespace {

TEST(Check, NamesItsPlaceWhereverTheProgramWasBuilt) {
  std::string what;
  try {
    PM_CHECK(what.size() == 1);
  } catch (const BrokenInvariant& broken) {
    what = broken.what();
  }
  EXPECT_THAT(what, testing::MatchesRegex("base/result_test.cc:[0-9]+: must hold: "
                                          "what.size\\(\\) == 1"));
}

TEST(Check, LeavesAPlaceOutsideOfTheTreeAsItIs) {
  EXPECT_THAT([] { CheckFailed("x", "/elsewhere/y.cc", 3); },
              testing::ThrowsMessage<BrokenInvariant>("/elsewhere/y.cc:3: must hold: x"));
}

}  // namespace
}  // namespace pm
