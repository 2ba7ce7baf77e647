#include "base/time/zone_names.h"
#include "model/event_types.h"
#include "model/normalise/country.h"
#include "rules/prove/find_text.h"
#include "rules/stage_names.h"

namespace pm {
namespace {

// Those that many leads come from are first, and all hours of the Earth among them: whoever is
// shown a lead believes one from there before one in Antarctica.
std::vector<std::string> Countries() {
  std::vector<std::string> codes = {"US", "DE", "GB", "FR", "ES", "IN", "JP", "BR", "CA", "AU",
                                    "CN", "NL", "IT", "MX", "SE", "CH", "PL", "IE", "SG", "IL",
                                    "AE", "KR", "ZA", "NZ", "AR", "CL", "CO", "TR", "BE", "AT",
                                    "DK", "NO", "FI", "PT", "CZ", "RO", "HU", "GR", "UA", "SA",
                                    "EG", "NG", "KE", "ID", "PH", "VN", "TH", "MY", "PK", "BD"};
  for (char first = 'A'; first <= 'Z'; ++first) {
    for (char second = 'A'; second <= 'Z'; ++second) {
      const std::string code = {first, second};
      if (IsCountryCode(code) && std::ranges::find(codes, code) == codes.end()) {
        codes.push_back(code);
      }
    }
  }
  return codes;
}

std::vector<std::string> EventTypes() {
  std::vector<std::string> names;
  for (const EventTypeDecl& type : kEventTypes) names.emplace_back(type.name);
  return names;
}

std::vector<std::string> Zones() {
  std::vector<std::string> names = {
      "Europe/Berlin",    "America/New_York",  "Europe/London",  "America/Los_Angeles",
      "America/Chicago",  "Asia/Kolkata",      "Asia/Tokyo",     "Australia/Sydney",
      "Asia/Shanghai",    "America/Sao_Paulo", "Asia/Singapore", "Asia/Dubai",
      "Pacific/Auckland", "America/Denver",    "Europe/Paris",   "America/Mexico_City"};
  for (const std::string_view name : ZoneNames()) {
    if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
  }
  return names;
}

}  // namespace

const std::vector<std::string>* WordsOf(const FieldDecl& field) {
  static const std::vector<std::string> countries = Countries();
  static const std::vector<std::string> stages(kStageNames.begin(), kStageNames.end());
  static const std::vector<std::string> event_types = EventTypes();
  static const std::vector<std::string> zones = Zones();
  if (field.normalise == Normaliser::kCountry) return &countries;
  if (field.number == Field("lead.time_zone").number) return &zones;
  if (field.number == Field("lead.stage").number) return &stages;
  if (field.number == Field("event.type").number) return &event_types;
  return nullptr;
}

}  // namespace pm
