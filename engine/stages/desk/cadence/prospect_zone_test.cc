#include "engine/stages/desk/cadence/prospect_zone.h"

#include <gmock/gmock.h>

#include "base/time/country_zones.h"
#include "base/time/region_zones.h"
#include "model/normalise/region.h"

namespace pm::cadence {
namespace {

LeadCard CardWith(const std::vector<std::pair<FieldNumber, std::string_view>>& texts) {
  BlockBuilder fields;
  for (const auto& [field, text] : texts) fields.Set(field, Value::Text(text));
  LeadCard card;
  card.fields.bytes = fields.Build();
  return card;
}

std::string Describe(const LeadCard& card, std::string_view unknown_zone = "safest") {
  const ProspectZone zone = ZoneOfProspect(card, unknown_zone, **FindZone("Asia/Tokyo"));
  return std::string(zone.source) + ": " + zone.Text();
}

TEST(ProspectZone, TakesTheFirstSourceThatTells) {
  EXPECT_EQ(Describe(CardWith({{Field("lead.time_zone"), "Europe/Paris"},
                               {Field("lead.country"), "US"},
                               {Field("lead.region"), "CA"}})),
            "explicit: Europe/Paris");
  EXPECT_EQ(Describe(CardWith({{Field("lead.country"), "US"},
                               {Field("lead.region"), "CA"},
                               {Field("lead.phone_country"), "DE"}})),
            "region: America/Los_Angeles");
  EXPECT_EQ(
      Describe(CardWith({{Field("lead.country"), "US"}, {Field("lead.phone_country"), "DE"}})),
      "phone: Europe/Berlin");
  EXPECT_EQ(
      Describe(CardWith({{Field("lead.country"), "FR"}, {Field("lead.phone_country"), "US"}})),
      "country: Europe/Paris");
  EXPECT_EQ(Describe(CardWith({{Field("account.country"), "BR"}, {Field("account.region"), "AC"}})),
            "account: America/Rio_Branco");
  EXPECT_EQ(Describe(CardWith({{Field("account.country"), "IT"}})), "account: Europe/Rome");
}

TEST(ProspectZone, PassesOverZonesNobodyKnows) {
  EXPECT_EQ(Describe(CardWith(
                {{Field("lead.time_zone"), "Mars/Olympus"}, {Field("lead.country"), "DE"}})),
            "country: Europe/Berlin");
}

TEST(ProspectZone, TakesBothZonesOfADividedRegion) {
  EXPECT_EQ(Describe(CardWith({{Field("lead.country"), "US"}, {Field("lead.region"), "TX"}})),
            "region: America/Chicago,America/Denver");
}

TEST(ProspectZone, TakesAllZonesOfTheCountryWhenOnlyThatIsKnown) {
  const ProspectZone zone =
      ZoneOfProspect(CardWith({{Field("lead.country"), "NZ"}}), "safest", **FindZone("Asia/Tokyo"));
  EXPECT_EQ(zone.Text(), "Pacific/Auckland,Pacific/Chatham");
  EXPECT_EQ(zone.source, "safest");
}

TEST(ProspectZone, FallsBackToTheCadencesZoneOrTheReps) {
  const LeadCard nothing = CardWith({});
  const LeadCard american = CardWith({{Field("lead.country"), "US"}});
  EXPECT_EQ(Describe(nothing), "rep: Asia/Tokyo");
  EXPECT_EQ(Describe(american, "rep"), "rep: Asia/Tokyo");
  EXPECT_EQ(Describe(american, "America/Chicago"), "unknown_zone: America/Chicago");
}

TEST(ProspectZone, KnowsEveryStateAndProvinceThatIntakeKnows) {
  const auto expect_known = [](std::string_view country, std::string_view codes) {
    while (!codes.empty()) {
      const size_t end = std::min(codes.find(' '), codes.size());
      const std::string_view code = codes.substr(0, end);
      EXPECT_TRUE(NormaliseRegion(country, code).known) << country << "-" << code;
      const auto zones = ZonesOfRegion(country, code);
      EXPECT_FALSE(zones.empty()) << country << "-" << code;
      for (const std::string_view zone : zones) EXPECT_TRUE(FindZone(zone).has_value()) << zone;
      codes.remove_prefix(std::min(end + 1, codes.size()));
    }
  };
  expect_known("US",
               "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT "
               "NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP "
               "PR VI");
  expect_known("CA", "AB BC MB NB NL NS NT NU ON PE QC SK YT");
  expect_known("MX",
               "AGU BCN BCS CAM CHH CHP CMX COA COL DUR GRO GUA HID JAL MEX MIC MOR NAY NLE OAX "
               "PUE QUE ROO SIN SLP SON TAB TAM TLA VER YUC ZAC");
  expect_known("BR",
               "AC AL AP AM BA CE DF ES GO MA MT MS MG PA PB PR PE PI RJ RN RS RO RR SC SP "
               "SE TO");
  expect_known("AU", "NSW QLD SA TAS VIC WA ACT NT");
  expect_known("ES", "AN AR AS CB CE CL CM CN CT EX GA IB MC MD ML NC PV RI VC");
}

}  // namespace
}  // namespace pm::cadence
