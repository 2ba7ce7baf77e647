// The normalisers against real lists: ../shared/data seen from the source root, or below PM_SHARED.
// None of it is in this repository; without it these tests say so and pass.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "model/normalise/company.h"
#include "model/normalise/country.h"
#include "model/normalise/domain.h"
#include "model/normalise/free_mail.h"
#include "model/normalise/region.h"
#include "model/normalise/text.h"

namespace pm {
namespace {

using Row = std::vector<std::string>;

std::filesystem::path DataFolder() {
  if (const char* shared = std::getenv("PM_SHARED"); shared != nullptr) {
    const std::filesystem::path folder(shared);
    return std::filesystem::exists(folder / "data") ? folder / "data" : folder;
  }
  return "../shared/data";
}

// The fields of a line with `"` quotes; these files have no line breaks inside quotes.
Row Fields(std::string_view line) {
  Row fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else if (c != '\r') {
      fields.back().push_back(c);
    }
  }
  return fields;
}

// Without the header. Empty, and a line printed, when the file is absent.
std::vector<Row> Read(const std::filesystem::path& name) {
  const auto path = DataFolder() / name;
  std::ifstream file(path);
  if (!file) std::cout << "absent: " << path.string() << "\n";
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) rows.push_back(Fields(line));
  if (!rows.empty()) rows.erase(rows.begin());
  return rows;
}

TEST(SharedData, EveryCountryOfTheWorldNormalises) {
  size_t official = 0;
  const auto rows = Read("geo_time/countries.csv");
  for (const Row& row : rows) {
    EXPECT_EQ(NormaliseCountry(row[0]), row[0]);
    // This list's UNK for Kosovo is no ISO code, and people type it for "unknown".
    if (row[1] != "UNK") {
      EXPECT_EQ(NormaliseCountry(row[1]), row[0]) << row[1];
    }
    EXPECT_EQ(NormaliseCountry(row[3]), row[0]) << row[3];
    // `Virgin Islands` is the British ones' official name and everyone's name of the American ones.
    if (NormaliseCountry(row[4]) == row[0]) {
      ++official;
    } else {
      std::cout << "official name not known: " << row[4] << "\n";
    }
  }
  if (!rows.empty()) {
    std::cout << "official names known: " << official << " of " << rows.size() << "\n";
    EXPECT_GE(official, rows.size() - 1);
  }
}

TEST(SharedData, RegionsOfTheMainCountriesNormalise) {
  struct Hits {
    size_t rows = 0, codes = 0, names = 0, agreed = 0;
    std::string missed;
  };
  std::map<std::string, Hits> countries;
  for (const Row& row : Read("geo_time/subdivisions_iso3166_2.csv")) {
    if (!HasRegions(row[0])) continue;
    Hits& hits = countries[row[0]];
    const Region by_code = NormaliseRegion(row[0], row[2]);
    const Region by_name = NormaliseRegion(row[0], row[3]);
    ++hits.rows;
    hits.codes += by_code.known;
    hits.names += by_name.known;
    hits.agreed += by_code.known && by_name.known && by_code.text == by_name.text;
    if (!by_code.known || !by_name.known) hits.missed += " " + row[2] + "=" + row[3];
  }
  for (const auto& [country, hits] : countries) {
    std::cout << fmt::format("{}: {} rows, {} codes, {} names known, {} agree\n", country,
                             hits.rows, hits.codes, hits.names, hits.agreed);
    if (country == "GB") continue;  // Its 242 rows are councils; the table has the nations.
    std::cout << "  missed:" << hits.missed << "\n";
    EXPECT_GE(hits.names * 100, hits.rows * 80) << country;
  }
}

TEST(SharedData, NoFortune1000CompanyIsFreeMailOrDisposable) {
  size_t domains = 0;
  std::map<std::string, std::string> keys;
  for (const Row& row : Read("companies/fortune_1000_2022_with_website.csv")) {
    const std::string key = CompanyKey(row[1]);
    const auto [found, is_new] = keys.emplace(key, row[1]);
    if (!is_new) std::cout << "one key: " << row[1] << " and " << found->second << "\n";
    if (IsJunk(row[2], JunkList::kText)) continue;
    const auto domain = NormaliseDomain(row[2]);
    ASSERT_TRUE(domain.has_value()) << row[2] << ": " << domain.error().text;
    ++domains;
    EXPECT_FALSE(BuiltInFreeMail().Contains(*domain)) << row[2];
    EXPECT_FALSE(BuiltInDisposable().Contains(*domain)) << row[2];
  }
  std::cout << "companies with a domain: " << domains << ", keys: " << keys.size() << "\n";
}

TEST(SharedData, BuiltInFreeMailIsPartOfTheLongLists) {
  std::vector<Row> rows = Read("email_domains/free_email_domains.txt");
  for (Row& row : Read("email_domains/email_providers_all.txt")) rows.push_back(std::move(row));
  std::vector<std::string_view> listed;
  for (const Row& row : rows) listed.push_back(row[0]);
  const DomainSet known(listed);
  if (known.size() == 0) return;
  size_t missing = 0;
  for (const std::string_view domain : FreeMailDomains()) missing += !known.Contains(domain);
  std::cout << "built-in free-mail domains that no long list has: " << missing << " of "
            << FreeMailDomains().size() << "\n";
  EXPECT_LT(missing, FreeMailDomains().size() / 3);
}

}  // namespace
}  // namespace pm
