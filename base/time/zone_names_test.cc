#include "base/time/zone_names.h"

#include <gtest/gtest.h>

#include "base/time/zone.h"

namespace pm {
namespace {

TEST(ZoneNames, CaseDoesNotMatter) {
  EXPECT_EQ(FindZoneName("america/new_york"), "America/New_York");
  EXPECT_EQ(FindZoneName("EUROPE/BERLIN"), "Europe/Berlin");
  EXPECT_EQ(FindZoneName("utc"), "UTC");
}

TEST(ZoneNames, AnAliasIsAName) {
  ASSERT_EQ(FindZoneName("us/eastern"), "US/Eastern");
  EXPECT_EQ((*FindZone("US/Eastern"))->name(), "America/New_York");
}

TEST(ZoneNames, WhatIsNoZoneHasNone) {
  for (const char* name : {"", "Mars/Olympus", "+05:30", "Pacific Standard Time", "Europe"})
    EXPECT_EQ(FindZoneName(name), std::nullopt) << name;
}

TEST(ZoneNames, AreSortedAndKnown) {
  const std::vector<std::string_view> names = ZoneNames();
  EXPECT_GT(names.size(), 400u);
  EXPECT_TRUE(std::ranges::is_sorted(names));
  for (const std::string_view name : names) EXPECT_EQ(FindZoneName(name), name);
}

}  // namespace
}  // namespace pm
