// Which time zones a state or province has, in countries with several zones: US, CA, MX, BR, AU,
// ES.
#pragma once
#include <string_view>
#include <vector>

namespace pm {

// `region` is ISO 3166-2 without the country. Where a region lies in two zones both are given.
// Empty: not known. Pure; any thread.
std::vector<std::string_view> ZonesOfRegion(std::string_view country, std::string_view region);

}  // namespace pm
