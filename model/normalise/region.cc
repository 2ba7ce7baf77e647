#include "model/normalise/region.h"

#include "base/result.h"
#include "model/normalise/ascii.h"
#include "model/normalise/region_names.h"
#include "model/normalise/string_map.h"
#include "model/normalise/text.h"

namespace pm {
namespace {

// What a region is, before or after its name, as LooseKey leaves it.
constexpr std::string_view kBefore[] = {
    "stateof",      "provinceof",    "provincede",   "provincia", "provinciade", "provinciadi",
    "regione",      "cantonof",      "cantonde",     "canton",    "kanton",      "county",
    "countyof",     "land",          "freistaat",    "estadode",  "estadodo",    "estadoda",
    "estado",       "departement",   "comunidadde",  "provincie", "province",    "region",
    "regionde",     "wojewodztwo",   "bundesland",   "cantondu",  "the",         "provinciede",
    "prefectureof", "departementdu", "departementde"};
constexpr std::string_view kAfter[] = {
    "state",     "province", "prefecture", "county", "canton", "region",   "sheng",
    "shi",       "ken",      "fu",         "to",     "lan",    "district", "provincie",
    "territory", "省",       "市",         "县",     "県",     "府",       "都"};

class Table {
 public:
  Table() {
    for (const auto continent :
         {AmericanRegions(), EuropeanRegions(), SouthEuropeanRegions(), AsianRegions()}) {
      for (const CountryRegions& country : continent) {
        Add(country);
        countries_.push_back(country.country);
      }
    }
    std::ranges::sort(countries_);
  }

  bool Has(std::string_view country) const { return codes_.contains(country); }
  const std::vector<std::string_view>& countries() const { return countries_; }

  // The code, or empty.
  std::string_view Find(std::string_view country, std::string_view key) const {
    const auto names = codes_.find(country);
    if (names == codes_.end()) return {};
    const auto found = names->second.find(key);
    return found == names->second.end() ? std::string_view() : found->second;
  }

 private:
  using Names = StringMap<std::string_view>;

  // Codes before names: a name equal to another's code means the code.
  void Add(const CountryRegions& country) {
    Names& names = codes_[std::string(country.country)];
    for (const std::string_view region : country.regions) {
      names.try_emplace(LooseKey(Code(region)), Code(region));
    }
    for (std::string_view region : country.regions) {
      const std::string_view code = Code(region);
      for (size_t bar = region.find('|'); bar != region.npos; bar = region.find('|')) {
        region.remove_prefix(bar + 1);
        AddName(names, region.substr(0, region.find('|')), code);
      }
    }
  }

  static std::string_view Code(std::string_view region) {
    return region.substr(0, region.find('|'));
  }

  // With umlauts as two letters too.
  static void AddName(Names& names, std::string_view name, std::string_view code) {
    constexpr std::pair<std::string_view, std::string_view> kSpellings[] = {
        {"ä", "ae"}, {"ö", "oe"}, {"ü", "ue"}, {"Ö", "Oe"}};
    std::string spelt(name);
    names.try_emplace(LooseKey(spelt), code);
    for (const auto& [from, to] : kSpellings) {
      if (const size_t at = spelt.find(from); at != spelt.npos) spelt.replace(at, from.size(), to);
    }
    names.try_emplace(LooseKey(spelt), code);
  }

  StringMap<Names> codes_;
  std::vector<std::string_view> countries_;
};

const Table& Regions() {
  static const Table table;
  return table;
}

std::string_view WithoutKind(std::string_view country, std::string_view key) {
  constexpr size_t kShortestName = 3;
  const auto find = [&](std::string_view rest) {
    return rest.size() < kShortestName ? std::string_view() : Regions().Find(country, rest);
  };
  for (const std::string_view kind : kBefore) {
    if (!key.starts_with(kind)) continue;
    if (const auto code = find(key.substr(kind.size())); !code.empty()) return code;
  }
  for (const std::string_view kind : kAfter) {
    if (!key.ends_with(kind)) continue;
    if (const auto code = find(key.substr(0, key.size() - kind.size())); !code.empty()) return code;
  }
  return {};
}

// `US-CA`, `us ca`: the rest after the country, or the text.
std::string_view WithoutCountry(std::string_view country, std::string_view text) {
  const bool is_prefixed = text.size() > 3 && country.size() == 2 &&
                           AsciiUpper(text[0]) == country[0] && AsciiUpper(text[1]) == country[1] &&
                           text[2] == '-';
  return is_prefixed ? text.substr(3) : text;
}

}  // namespace

Region NormaliseRegion(std::string_view country, std::string_view text) {
  constexpr size_t kLongestName = 200;
  if (text.size() <= kLongestName && Regions().Has(country)) {
    std::string key = LooseKey(WithoutCountry(country, TrimAscii(text)));
    // Spreadsheets drop the zero of `01`.
    if (key.size() == 1 && IsAsciiDigit(key[0]) && Regions().Find(country, key).empty()) {
      key.insert(0, 1, '0');
    }
    std::string_view code = Regions().Find(country, key);
    if (code.empty()) code = WithoutKind(country, key);
    if (!code.empty()) return {std::string(code), true};
  }
  return {CleanText(text), false};
}

bool HasRegions(std::string_view country) { return Regions().Has(country); }

std::optional<NamedRegion> RegionWithCountry(std::string_view text) {
  text = TrimAscii(text);
  if (text.size() < 4 || text[2] != '-') return std::nullopt;
  const std::string country = {AsciiUpper(text[0]), AsciiUpper(text[1])};
  Region region = NormaliseRegion(country, text);
  if (!region.known) return std::nullopt;
  return NamedRegion{country, std::move(region.text)};
}

std::vector<NamedRegion> RegionsNamed(std::string_view text) {
  std::vector<NamedRegion> named;
  for (const std::string_view country : Regions().countries()) {
    Region region = NormaliseRegion(country, text);
    if (region.known) named.push_back({std::string(country), std::move(region.text)});
  }
  return named;
}

}  // namespace pm
