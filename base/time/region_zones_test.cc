#include "base/time/region_zones.h"

#include <gmock/gmock.h>

namespace pm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(RegionZones, AreOneOrTwo) {
  EXPECT_THAT(ZonesOfRegion("US", "CA"), ElementsAre("America/Los_Angeles"));
  EXPECT_THAT(ZonesOfRegion("US", "TX"), ElementsAre("America/Chicago", "America/Denver"));
  EXPECT_THAT(ZonesOfRegion("ES", "TF"), ElementsAre("Atlantic/Canary"));
}

TEST(RegionZones, AreNotKnownElsewhere) {
  EXPECT_THAT(ZonesOfRegion("US", "ZZ"), IsEmpty());
  EXPECT_THAT(ZonesOfRegion("US", ""), IsEmpty());
  EXPECT_THAT(ZonesOfRegion("RU", "Moscow"), IsEmpty());
}

}  // namespace
}  // namespace pm
