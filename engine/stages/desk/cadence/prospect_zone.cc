#include "engine/stages/desk/cadence/prospect_zone.h"

#include "base/time/country_zones.h"
#include "base/time/region_zones.h"

namespace pm::cadence {
namespace {

using Zones = std::vector<const Zone*>;

Zones Load(const std::vector<std::string_view>& names) {
  Zones zones;
  for (const std::string_view name : names) {
    if (const Result<const Zone*> zone = FindZone(name)) zones.push_back(*zone);
  }
  return zones;
}

Zones LoadOne(std::string_view name) {
  if (name.empty()) return {};
  const Result<const Zone*> zone = FindZone(name);
  return zone ? Zones{*zone} : Zones{};
}

// What a card says of where the prospect is.
struct Whereabouts {
  std::string_view zone, country, region, phone_country, account_country, account_region;
};

// One walk over the card: a look-up of each would begin at its front every time.
Whereabouts WhereaboutsIn(FieldBlock card) {
  Whereabouts where;
  for (BlockReader r(card); r.Next();) {
    const std::string_view text = r.value().text;
    switch (r.field().number) {
      case Field("lead.time_zone").number:
        where.zone = text;
        break;
      case Field("lead.country").number:
        where.country = text;
        break;
      case Field("lead.region").number:
        where.region = text;
        break;
      case Field("lead.phone_country").number:
        where.phone_country = text;
        break;
      case Field("account.country").number:
        where.account_country = text;
        break;
      case Field("account.region").number:
        where.account_region = text;
        break;
      default:
        break;
    }
  }
  return where;
}

Zones OfRegion(std::string_view country, std::string_view region) {
  return Load(ZonesOfRegion(country, region));
}

Zones OfCountry(std::string_view country) { return LoadOne(SingleZoneOfCountry(country)); }

Zones Safest(const Whereabouts& where) {
  for (const std::string_view country :
       {where.country, where.phone_country, where.account_country}) {
    Zones zones = Load(ZonesOfCountry(country));
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
  const Whereabouts where = WhereaboutsIn(FieldBlock(card.fields));
  ProspectZone found;
  const auto take = [&](Zones zones, std::string_view source) {
    if (zones.empty()) return false;
    found = {std::move(zones), source};
    return true;
  };
  if (take(LoadOne(where.zone), "explicit") ||
      take(OfRegion(where.country, where.region), "region") ||
      take(OfCountry(where.phone_country), "phone") || take(OfCountry(where.country), "country") ||
      take(OfRegion(where.account_country, where.account_region), "account") ||
      take(OfCountry(where.account_country), "account")) {
    return found;
  }
  if (unknown_zone == "safest") {
    if (take(Safest(where), "safest")) return found;
  } else if (unknown_zone != "rep" && take(LoadOne(unknown_zone), "unknown_zone")) {
    return found;
  }
  return {{&rep_zone}, "rep"};
}

}  // namespace pm::cadence
