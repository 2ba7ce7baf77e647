// Which time zones a country has. Zones of one country whose clocks agree from 2026 on count once
// (Büsingen is Berlin), so most countries have one. From zone.tab of tz database 2026f.
#pragma once
#include <string_view>
#include <vector>

namespace pm {

// IANA names for an ISO 3166-1 alpha-2 code in capitals; the largest zones first as the database
// has them. Empty for an unknown country. Pure; any thread.
std::vector<std::string_view> ZonesOfCountry(std::string_view country);

// The country's zone if it has just one, else empty.
std::string_view SingleZoneOfCountry(std::string_view country);

}  // namespace pm
