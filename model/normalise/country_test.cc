#include "model/normalise/country.h"

namespace pm {
namespace {

TEST(NormaliseCountry, TakesCodes) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"DE", "DE"},  {"de", "DE"},  {" us ", "US"}, {"NO", "NO"}, {"NA", "NA"},
      {"na", "NA"},  {"AX", "AX"},  {"XK", "XK"},   {"UK", "GB"}, {"EL", "GR"},
      {"DEU", "DE"}, {"usa", "US"}, {"GBR", "GB"}};
  for (const auto& [typed, code] : cases) EXPECT_EQ(NormaliseCountry(typed), code) << typed;
}

TEST(NormaliseCountry, TakesNamesInManyLanguages) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"Germany", "DE"},       {"DEUTSCHLAND", "DE"},   {"Allemagne", "DE"},  {"Alemania", "DE"},
      {"Germania", "DE"},      {"Alemanha", "DE"},      {"Duitsland", "DE"},  {"Niemcy", "DE"},
      {"ドイツ", "DE"},        {"德国", "DE"},          {"Österreich", "AT"}, {"Osterreich", "AT"},
      {"Oesterreich", "AT"},   {"España", "ES"},        {"Espana", "ES"},     {"Türkiye", "TR"},
      {"Turkey", "TR"},        {"Norge", "NO"},         {"Россия", "RU"},     {"대한민국", "KR"},
      {"Côte d’Ivoire", "CI"}, {"Cote d'Ivoire", "CI"}, {"Brasil", "BR"},     {"México", "MX"}};
  for (const auto& [typed, code] : cases) EXPECT_EQ(NormaliseCountry(typed), code) << typed;
}

TEST(NormaliseCountry, TakesCommonOtherNames) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"U.S.", "US"},
      {"U.S.A.", "US"},
      {"United States of America", "US"},
      {"the United States", "US"},
      {"UAE", "AE"},
      {"England", "GB"},
      {"Great Britain", "GB"},
      {"Holland", "NL"},
      {"The Netherlands", "NL"},
      {"Korea", "KR"},
      {"Korea, Republic of", "KR"},
      {"Viet Nam", "VN"},
      {"Czech Republic", "CZ"},
      {"Republic of China", "TW"},
      {"People's Republic of China", "CN"},
      {"Hong Kong", "HK"},
      {"St. Lucia", "LC"},
      {"Trinidad & Tobago", "TT"},
      {"Kingdom of Sweden", "SE"},
      {"Congo", "CG"},
      {"Russian Federation", "RU"}};
  for (const auto& [typed, code] : cases) EXPECT_EQ(NormaliseCountry(typed), code) << typed;
}

TEST(NormaliseCountry, GuessesNothing) {
  for (const std::string_view typed :
       {"",        "N/A",    "n.a.",        "N.A.",    "-",    "none",
        "unknown", "Select", "Germny",      "Berlin",  "ZZ",   "QM",
        "XA",      "AN",     "EU",          "Europe",  "D.E.", "State of Georgia",
        "12",      "the",    "republic of", "\xFF\xFF"}) {
    EXPECT_EQ(NormaliseCountry(typed), std::nullopt) << typed;
  }
  EXPECT_EQ(NormaliseCountry(std::string(10000, 'a')), std::nullopt);
}

TEST(IsCountryCode, TakesCapitalsOnly) {
  EXPECT_TRUE(IsCountryCode("DE"));
  EXPECT_FALSE(IsCountryCode("de"));
  EXPECT_FALSE(IsCountryCode("UK"));
  EXPECT_FALSE(IsCountryCode("D"));
  EXPECT_FALSE(IsCountryCode("\xC3\x84"));
}

}  // namespace
}  // namespace pm
