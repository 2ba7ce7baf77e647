#include "base/time/country_zones.h"

#include <gmock/gmock.h>

#include "base/time/zone.h"

namespace pm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CountryZones, ZonesWhoseClocksAgreeCountOnce) {
  EXPECT_THAT(ZonesOfCountry("DE"), ElementsAre("Europe/Berlin"));
  EXPECT_EQ(SingleZoneOfCountry("DE"), "Europe/Berlin");
}

TEST(CountryZones, SeveralZonesAreListedAndNoneIsTheSingleOne) {
  EXPECT_THAT(ZonesOfCountry("ES"), ElementsAre("Europe/Madrid", "Atlantic/Canary"));
  EXPECT_EQ(SingleZoneOfCountry("ES"), "");
}

TEST(CountryZones, AnUnknownCountryHasNone) {
  EXPECT_THAT(ZonesOfCountry("XX"), IsEmpty());
  EXPECT_EQ(SingleZoneOfCountry(""), "");
}

TEST(CountryZones, EveryNameIsAZoneOfTheDatabase) {
  int countries = 0;
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) {
      const std::vector<std::string_view> zones = ZonesOfCountry(std::string{a, b});
      countries += zones.empty() ? 0 : 1;
      for (const std::string_view zone : zones) {
        EXPECT_TRUE(FindZone(zone).has_value()) << zone;
      }
    }
  }
  EXPECT_EQ(countries, 247);
}

}  // namespace
}  // namespace pm
