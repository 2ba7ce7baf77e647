// Regions of the main countries, read once by region.cc.
#pragma once
#include <span>
#include <string_view>

namespace pm {

// `regions`: each `CODE|name|name`. Of two with one name the first is meant (Madrid: the
// community).
struct CountryRegions {
  std::string_view country;
  std::span<const std::string_view> regions;
};

std::span<const CountryRegions> AmericanRegions();       // Both Americas.
std::span<const CountryRegions> EuropeanRegions();       // Without the next.
std::span<const CountryRegions> SouthEuropeanRegions();  // France, Italy, Spain.
std::span<const CountryRegions> AsianRegions();          // With Australia.

}  // namespace pm
