#include "model/normalise/region.h"

#include "model/normalise/country.h"
#include "model/normalise/region_names.h"

namespace pm {
namespace {

TEST(NormaliseRegion, TakesCodesAndNames) {
  struct Case {
    std::string_view country, typed, code;
  };
  constexpr Case kCases[] = {{"US", "California", "CA"},
                             {"US", "CA", "CA"},
                             {"US", "us-ca", "CA"},
                             {"US", "State of Texas", "TX"},
                             {"US", "Washington State", "WA"},
                             {"US", "Washington, D.C.", "DC"},
                             {"CA", "Québec", "QC"},
                             {"CA", "Quebec", "QC"},
                             {"DE", "Bavaria", "BY"},
                             {"DE", "Baden-Wuerttemberg", "BW"},
                             {"DE", "NRW", "NW"},
                             {"GB", "Scotland", "SCT"},
                             {"AU", "N.S.W.", "NSW"},
                             {"IN", "Orissa", "OD"},
                             {"IN", "IN-OR", "OD"},
                             {"BR", "Sao Paulo", "SP"},
                             {"MX", "CDMX", "CMX"},
                             {"ES", "Madrid", "MD"},
                             {"ES", "ES-M", "MD"},
                             {"ES", "Barcelona", "B"},
                             {"FR", "75", "75C"},
                             {"FR", "1", "01"},
                             {"FR", "île de france", "IDF"},
                             {"IT", "MI", "MI"},
                             {"IT", "NA", "NA"},
                             {"IT", "Lombardy", "25"},
                             {"NL", "Noord Holland", "NH"},
                             {"CH", "Kanton Zürich", "ZH"},
                             {"CH", "Geneva", "GE"},
                             {"AT", "Vienna", "9"},
                             {"AT", "AT-9", "9"},
                             {"JP", "Aichi-ken", "23"},
                             {"JP", "東京都", "13"},
                             {"JP", "Tôkyô", "13"},
                             {"CN", "Guangdong Sheng", "GD"},
                             {"CN", "CN-11", "BJ"},
                             {"CN", "广东省", "GD"}};
  for (const Case& c : kCases) {
    const Region region = NormaliseRegion(c.country, c.typed);
    EXPECT_TRUE(region.known) << c.country << " " << c.typed;
    EXPECT_EQ(region.text, c.code) << c.country << " " << c.typed;
  }
}

TEST(NormaliseRegion, KeepsAndFlagsWhatItDoesNotKnow) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"US", "Bavaria"}, {"US", ""},   {"US", "DE-BY"}, {"ZZ", "CA"},
      {"", "CA"},        {"us", "CA"}, {"US", "-"}};
  for (const auto& [country, typed] : cases) {
    const Region region = NormaliseRegion(country, typed);
    EXPECT_FALSE(region.known) << country << " " << typed;
    EXPECT_EQ(region.text, typed);
  }
  EXPECT_EQ(NormaliseRegion("US", "  Upper \t State ").text, "Upper State");
  EXPECT_FALSE(NormaliseRegion("US", std::string(300, 'x')).known);
}

TEST(NormaliseRegion, EveryCodeAndFirstNameOfTheTableAnswersItself) {
  size_t seen = 0;
  for (const auto part :
       {AmericanRegions(), EuropeanRegions(), SouthEuropeanRegions(), AsianRegions()}) {
    for (const CountryRegions& country : part) {
      EXPECT_TRUE(IsCountryCode(country.country)) << country.country;
      EXPECT_TRUE(HasRegions(country.country));
      for (const std::string_view line : country.regions) {
        const std::string_view code = line.substr(0, line.find('|'));
        const std::string_view names = line.substr(code.size() + 1);
        EXPECT_EQ(NormaliseRegion(country.country, code).text, code) << country.country;
        EXPECT_EQ(NormaliseRegion(country.country, names.substr(0, names.find('|'))).text, code)
            << line;
        ++seen;
      }
    }
  }
  EXPECT_GT(seen, 500u);
  EXPECT_FALSE(HasRegions("TV"));
}

TEST(RegionWithCountry, IsKnownByCodeAndName) {
  for (const std::string_view text : {"US-CA", " us-ca ", "US-California"}) {
    const auto region = RegionWithCountry(text);
    ASSERT_TRUE(region.has_value()) << text;
    EXPECT_EQ(region->country, "US");
    EXPECT_EQ(region->code, "CA");
  }
  for (const std::string_view text :
       {"CA", "US-XX", "NA-1", "TV-FUN", "US CA", "US-", "", "La-Rioja"})
    EXPECT_FALSE(RegionWithCountry(text).has_value()) << text;
}

TEST(RegionsNamed, AreThoseOfAllCountriesThatHaveTheName) {
  const auto named = RegionsNamed("California");
  ASSERT_EQ(named.size(), 1u);
  EXPECT_EQ(named[0].country, "US");
  EXPECT_EQ(named[0].code, "CA");
  EXPECT_GT(RegionsNamed("CA").size(), 1u);
  EXPECT_TRUE(RegionsNamed("Atlantis").empty());
}

}  // namespace
}  // namespace pm
