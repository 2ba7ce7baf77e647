// States, provinces, cantons and the like as ISO 3166-2. Pure, no I/O; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pm {

struct Region {
  // The code after the country's (`CA` of US-CA), or the cleaned input when not known.
  std::string text;
  bool known = false;
};

// `country` is alpha-2 in capitals. Takes the code with or without the country (`CA`, `us-ca`), the
// name in the country's language and in English, usual abbreviations, with or without what it is
// (`State of`, `-ken`, ` Province`), accents and case aside; codes that ISO has withdrawn (IN-OR,
// CN-11, FR-75) give today's, and the province that is all of a Spanish community (ES-M) gives the
// community. Known for the countries of HasRegions(); for others every text is
// kept as it is.
Region NormaliseRegion(std::string_view country, std::string_view text);

bool HasRegions(std::string_view country);

struct NamedRegion {
  std::string country, code;
};
// `US-CA`, `us-california`: of a text that begins with a country, the region if that country knows
// it.
std::optional<NamedRegion> RegionWithCountry(std::string_view text);
// The countries that know the text as one of their regions, each with its code there; by country.
std::vector<NamedRegion> RegionsNamed(std::string_view text);

}  // namespace pm
