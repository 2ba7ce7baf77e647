#include "engine/stages/desk/cadence/prospect_zone.h"

#include "base/time/country_zones.h"
#include "base/time/region_zones.h"

namespace pm::cadence {
namespace {

std::vector<const Zone*> Load(const std::vector<std::string_view>& names) {
  std::vector<const Zone*> zones;
  for (const std::string_view name : names) {
    if (const Result<const Zone*> zone = FindZone(name)) zones.push_back(*zone);
  }
  return zones;
}

std::vector<const Zone*> LoadOne(std::string_view name) {
  if (name.empty()) return {};
  return Load({name});
}

std::vector<const Zone*> OfRegion(FieldBlock fields, FieldNumber country, FieldNumber region) {
  return Load(ZonesOfRegion(fields.Text(country), fields.Text(region)));
}

std::vector<const Zone*> OfCountry(FieldBlock fields, FieldNumber country) {
  return LoadOne(SingleZoneOfCountry(fields.Text(country)));
}

std::vector<const Zone*> Safest(FieldBlock fields) {
  for (const FieldNumber field :
       {Field("lead.country"), Field("lead.phone_country"), Field("account.country")}) {
    std::vector<const Zone*> zones = Load(ZonesOfCountry(fields.Text(field)));
    if (!zones.empty()) return zones;
  }
  return {};
}

}  // namespace

std::string ProspectZone::Text() const {
  std::string text;
  for (const Zone* zone : zones) {
    if (!text.empty()) text += ',';
    text += zone->name();
  }
  return text;
}

ProspectZone ZoneOfProspect(const LeadCard& card, std::string_view unknown_zone,
                            const Zone& rep_zone) {
  const FieldBlock fields(card.fields);
  ProspectZone found;
  const auto take = [&](std::vector<const Zone*> zones, std::string_view source) {
    if (zones.empty()) return false;
    found = {std::move(zones), std::string(source)};
    return true;
  };
  if (take(LoadOne(fields.Text(Field("lead.time_zone"))), "explicit") ||
      take(OfRegion(fields, Field("lead.country"), Field("lead.region")), "region") ||
      take(OfCountry(fields, Field("lead.phone_country")), "phone") ||
      take(OfCountry(fields, Field("lead.country")), "country") ||
      take(OfRegion(fields, Field("account.country"), Field("account.region")), "account") ||
      take(OfCountry(fields, Field("account.country")), "account")) {
    return found;
  }
  if (unknown_zone == "safest") {
    if (take(Safest(fields), "safest")) return found;
  } else if (unknown_zone != "rep" && take(LoadOne(unknown_zone), "unknown_zone")) {
    return found;
  }
  return {{&rep_zone}, "rep"};
}

}  // namespace pm::cadence
