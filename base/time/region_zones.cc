#include "base/time/region_zones.h"

#include <algorithm>
#include <array>

namespace pm {
namespace {

struct RegionsOfZone {
  std::string_view country;
  std::string_view zone;
  std::string_view regions;  // separated by spaces
};

// Slivers of a few thousand people (West Wendover, Broken Hill, Blanc-Sablon) are left out.
// clang-format off
constexpr auto kRegions = std::to_array<RegionsOfZone>({
    {"US", "America/New_York", "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC TN VA VT WV"},
    {"US", "America/Chicago", "AL AR FL IA IL IN KS KY LA MI MN MO MS ND NE OK SD TN TX WI"},
    {"US", "America/Denver", "CO ID KS MT ND NE NM OR SD TX UT WY"},
    {"US", "America/Phoenix", "AZ"},
    {"US", "America/Los_Angeles", "CA ID NV OR WA"},
    {"US", "America/Anchorage", "AK"},
    {"US", "Pacific/Honolulu", "HI"},
    {"US", "America/Puerto_Rico", "PR VI"},
    {"US", "Pacific/Guam", "GU MP"},
    {"US", "Pacific/Pago_Pago", "AS"},
    {"CA", "America/St_Johns", "NL"},
    {"CA", "America/Halifax", "NB NL NS PE"},
    {"CA", "America/Toronto", "NU ON QC"},
    {"CA", "America/Winnipeg", "MB NU ON"},
    {"CA", "America/Regina", "SK"},
    {"CA", "America/Edmonton", "AB BC NT NU"},
    {"CA", "America/Vancouver", "BC"},
    {"CA", "America/Whitehorse", "YT"},
    {"MX", "America/Mexico_City", "AGU CAM CHH CHP CMX COA COL DUR GRO GUA HID JAL MEX MIC MOR NAY NLE OAX PUE QUE SLP TAB TAM TLA VER YUC ZAC"},
    {"MX", "America/Matamoros", "COA NLE TAM"},
    {"MX", "America/Ciudad_Juarez", "CHH"},
    {"MX", "America/Mazatlan", "BCS NAY SIN"},
    {"MX", "America/Hermosillo", "SON"},
    {"MX", "America/Tijuana", "BCN"},
    {"MX", "America/Cancun", "ROO"},
    {"BR", "America/Sao_Paulo", "AL AP BA CE DF ES GO MA MG PA PB PE PI PR RJ RN RS SC SE SP TO"},
    {"BR", "America/Manaus", "AM MS MT RO RR"},
    {"BR", "America/Rio_Branco", "AC"},
    {"AU", "Australia/Sydney", "ACT NSW"},
    {"AU", "Australia/Melbourne", "VIC"},
    {"AU", "Australia/Hobart", "TAS"},
    {"AU", "Australia/Brisbane", "QLD"},
    {"AU", "Australia/Adelaide", "SA"},
    {"AU", "Australia/Darwin", "NT"},
    {"AU", "Australia/Perth", "WA"},
    {"ES", "Europe/Madrid", "A AB AL AN AR AS AV B BA BI BU C CA CB CC CE CL CM CO CR CS CT CU EX GA GI GR GU H HU IB J L LE LO LU M MA MC MD ML MU NA NC O OR P PM PO PV RI S SA SE SG SO SS T TE TO V VA VC VI Z ZA"},
    {"ES", "Atlantic/Canary", "CN GC TF"},
});
// clang-format on

bool HasWord(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

}  // namespace

std::vector<std::string_view> ZonesOfRegion(std::string_view country, std::string_view region) {
  std::vector<std::string_view> zones;
  if (region.empty()) return zones;
  for (const RegionsOfZone& entry : kRegions) {
    if (entry.country == country && HasWord(entry.regions, region)) zones.push_back(entry.zone);
  }
  return zones;
}

}  // namespace pm
