#include "rules/compile/checks/prospect_places.h"

#include <fmt/format.h>

#include "base/time/country_zones.h"
#include "base/time/region_zones.h"
#include "rules/compile/checks/takers.h"
#include "rules/prove/find_text.h"

namespace pm {
namespace {

constexpr std::string_view kZone = "lead.time_zone";
constexpr std::string_view kCountries[] = {"lead.country", "lead.phone_country", "account.country"};
// What tells of the zone when a lead does not say it.
constexpr std::string_view kTelling[] = {"lead.time_zone",     "lead.country",    "lead.region",
                                         "lead.phone_country", "account.country", "account.region"};

std::vector<const Zone*> Load(const std::vector<std::string_view>& names) {
  std::vector<const Zone*> zones;
  for (const std::string_view name : names) {
    if (const auto zone = FindZone(name)) zones.push_back(*zone);
  }
  return zones;
}

void CollectTexts(const ConditionNode& node, FieldNumber field, std::set<std::string>* texts) {
  for (const auto& child : node.children) CollectTexts(*child, field, texts);
  if (node.kind != NodeKind::kTest || node.field != field) return;
  for (const Operand& operand : node.operands) {
    if (!operand.text.empty()) texts->insert(operand.text);
  }
  if (node.list != nullptr) texts->insert(node.list->items.begin(), node.list->items.end());
}

class PlaceFinder {
 public:
  PlaceFinder(Prover& prover, const Condition& whole, std::string_view unknown_zone)
      : prover_(prover), whole_(whole), unknown_zone_(unknown_zone) {}

  std::vector<ProspectPlace> Find() {
    if (AsksFor(whole_, {kZone})) {
      for (const std::string& zone : TextsOf(kZone)) AddSaid({}, zone);
      if (!places_.empty()) return std::move(places_);
    }
    for (const std::string_view field : kCountries) {
      if (!AsksFor(whole_, {field})) continue;
      for (const std::string& country : CountriesOf(field)) AddCountry(field, country);
      return std::move(places_);
    }
    if (AsksFor(whole_, kCountries)) {  // for one of them
      for (const std::string_view field : kCountries) {
        for (const std::string& country : TextsOf(field)) AddCountry(field, country);
      }
      return std::move(places_);
    }
    Add({}, NothingElse({}), "whose zone nothing tells");
    return std::move(places_);
  }

 private:
  // No lead without all of them meets the condition. Where that can only be tried out, what the
  // condition names is taken for what it asks for.
  bool AsksFor(const Condition& condition, std::span<const std::string_view> fields) {
    LeadQuery query{.must = {condition}, .must_not = {}, .least = false};
    for (const std::string_view field : fields) {
      query.must.push_back(Test(field, TestOp::kMissing));
    }
    const LeadAnswer without = prover_.Find(std::move(query));
    return without.none() || (!without.found() && std::ranges::any_of(fields, [&](auto field) {
             return !TextsOf(field).empty();
           }));
  }
  bool AsksFor(const Condition& condition, std::initializer_list<std::string_view> fields) {
    return AsksFor(condition, std::span(fields.begin(), fields.size()));
  }

  const FieldDecl& DeclOf(std::string_view field) const { return *prover_.fields().Find(field); }

  Condition Test(std::string_view field, TestOp op, std::vector<std::string> texts = {}) {
    return prover_.context().builder.When(field, op, std::move(texts));
  }
  Condition Is(std::string_view field, const std::string& text) {
    return Test(field, TestOp::kEq, {text});
  }
  // Nothing but these fields tells of the zone.
  Condition NothingElse(std::initializer_list<std::string_view> but) {
    std::vector<Condition> parts;
    for (const std::string_view field : kTelling) {
      if (std::ranges::find(but, field) == but.end())
        parts.push_back(Test(field, TestOp::kMissing));
    }
    return AllOf(parts);
  }

  std::vector<std::string> TextsOf(std::string_view field) const {
    std::set<std::string> texts;
    if (whole_.shared_root()) CollectTexts(*whole_.shared_root(), {DeclOf(field).number}, &texts);
    return {texts.begin(), texts.end()};
  }

  // Those that the condition names, if no other meets it; else all there are.
  std::vector<std::string> CountriesOf(std::string_view field) {
    std::vector<std::string> named = TextsOf(field);
    LeadQuery others{.must = {whole_}, .must_not = {}, .least = false};
    for (const std::string& country : named) others.must_not.push_back(Is(field, country));
    if (!named.empty() && !prover_.Find(std::move(others)).found()) return named;
    const std::vector<std::string>* all = WordsOf(DeclOf(field));
    return all == nullptr ? named : *all;
  }

  void Add(std::vector<const Zone*> zones, Condition known, std::string where) {
    places_.push_back({std::move(zones), std::move(known), std::move(where)});
  }
  // The lead says its zone.
  void AddSaid(const Condition& known, std::string_view name) {
    const auto zone = FindZone(name);
    if (!zone) return;
    const std::string text = (*zone)->name();
    Add({*zone}, Both(known, Is(kZone, text)), fmt::format("in {}", text));
  }

  void AddCountry(std::string_view field, const std::string& country) {
    const Condition there = Is(field, country);
    if (AddRegions(field, country, Both(there, whole_))) return;
    const std::vector<const Zone*> zones = Load(ZonesOfCountry(country));
    if (zones.size() == 1) {
      Add(zones, Both(there, NothingElse({field})), fmt::format("in {}", zones.front()->name()));
    }
    for (const Zone* zone : zones) AddSaid(there, zone->name());
    if (zones.size() < 2) return;
    Add(unknown_zone_ == "safest" ? zones : std::vector<const Zone*>(),
        Both(there, NothingElse({field})), fmt::format("in {} whose zone is not known", country));
  }

  // False when the regions that are asked for do not tell the zones.
  bool AddRegions(std::string_view field, const std::string& country, const Condition& there) {
    if (field == "lead.phone_country") return false;
    const std::string_view region = field == "lead.country" ? "lead.region" : "account.region";
    const std::vector<std::string> named = TextsOf(region);
    if (named.empty() || !AsksFor(there, {region})) return false;
    LeadQuery others{.must = {there}, .must_not = {}, .least = false};
    for (const std::string& one : named) others.must_not.push_back(Is(region, one));
    if (prover_.Find(std::move(others)).found()) return false;
    std::vector<ProspectPlace> before = places_;
    for (const std::string& one : named) {
      const std::vector<const Zone*> zones = Load(ZonesOfRegion(country, one));
      if (zones.empty()) {
        places_ = std::move(before);
        return false;
      }
      const Condition known = Both(Is(field, country), Is(region, one));
      Add(zones, Both(known, NothingElse({field, region})), fmt::format("in {}-{}", country, one));
      for (const Zone* zone : zones) AddSaid(known, zone->name());
    }
    return true;
  }

  Prover& prover_;
  const Condition& whole_;
  std::string_view unknown_zone_;
  std::vector<ProspectPlace> places_;
};

}  // namespace

std::vector<ProspectPlace> ProspectPlacesOf(Prover& prover, const Condition& whole,
                                            std::string_view unknown_zone) {
  return PlaceFinder(prover, whole, unknown_zone).Find();
}

}  // namespace pm
