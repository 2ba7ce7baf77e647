// Whatever comes in, the normalisers answer, answer valid UTF-8, and stay with their answer.
#include <random>

#include "model/normalise/company.h"
#include "model/normalise/country.h"
#include "model/normalise/domain.h"
#include "model/normalise/email.h"
#include "model/normalise/phone.h"
#include "model/normalise/region.h"
#include "model/normalise/text.h"

namespace pm {
namespace {

constexpr int kTexts = 20'000;

// Pieces that the normalisers branch on, mixed with random bytes and code points.
std::string RandomText(std::mt19937& random) {
  constexpr std::string_view kPieces[] = {"@",         ".",        "..",
                                          "+",         "00",       "+49",
                                          "(0)",       "ext",      "x12",
                                          "www.",      "https://", "xn--",
                                          "gmail.com", "acme",     "-",
                                          "<",         ">",        " ",
                                          "\t",        "co.uk",    "Inc",
                                          "S.A.",      "&",        "and",
                                          "US-",       "CA",       "Republic of ",
                                          "the ",      "N/A",      "(",
                                          ")",         "/",        "ü",
                                          "ß",         "株式会社", "\u0301",
                                          "\u00A8",    "\u200D",   "\u3000",
                                          "٣",         "Ａ",       "\uFE6B",
                                          "#",         "mailto:",  "de",
                                          "%",         ":80",      "?q=",
                                          "0",         "8",        "12345"};
  const auto below = [&](size_t bound) { return random() % bound; };
  std::string text;
  for (size_t pieces = below(8); pieces > 0; --pieces) {
    if (below(4) == 0) {
      for (size_t bytes = below(6); bytes > 0; --bytes)
        text.push_back(static_cast<char>(below(256)));
    } else {
      text.append(kPieces[below(std::size(kPieces))]);
    }
  }
  return text;
}

TEST(RandomBytes, TextFunctionsAnswerValidUtf8AndAreIdempotent) {
  std::mt19937 random(20261122);
  for (int i = 0; i < kTexts; ++i) {
    const std::string text = RandomText(random);
    SCOPED_TRACE(testing::PrintToString(text));
    const std::string clean = CleanText(text);
    ASSERT_TRUE(IsValidUtf8(clean));
    ASSERT_EQ(CleanText(clean), clean);
    const std::string folded = FoldText(text);
    ASSERT_TRUE(IsValidUtf8(folded));
    ASSERT_EQ(FoldText(folded), folded);
    ASSERT_EQ(LooseKey(LooseKey(text)), LooseKey(text));
    ASSERT_EQ(CompanyKey(text).empty(), folded.empty());
    ASSERT_EQ(CompanyKey(CompanyKey(text)), CompanyKey(text));
    for (const JunkList list : {JunkList::kName, JunkList::kCode, JunkList::kText}) {
      ASSERT_TRUE(IsJunk(text, list) || !clean.empty());
    }
  }
}

TEST(RandomBytes, EmailsAndDomainsAnswerThemselvesAgain) {
  std::mt19937 random(20261123);
  int emails = 0;
  int domains = 0;
  for (int i = 0; i < kTexts; ++i) {
    const std::string text = RandomText(random) + (i % 2 == 0 ? "@acme.com" : "");
    SCOPED_TRACE(testing::PrintToString(text));
    if (const auto email = NormaliseEmail(text)) {
      ++emails;
      const auto again = NormaliseEmail(email->address);
      ASSERT_TRUE(again.has_value());
      ASSERT_EQ(again->address, email->address);
      ASSERT_TRUE(email->domain.ends_with(email->registrable_domain));
      ASSERT_EQ(NormaliseEmail(email->deliver_to)->address, email->address);
    }
    if (const auto domain = NormaliseDomain(text)) {
      ++domains;
      ASSERT_EQ(NormaliseDomain(*domain), *domain);
    }
  }
  EXPECT_GT(emails, kTexts / 100);
  EXPECT_GT(domains, kTexts / 100);
}

TEST(RandomBytes, PhonesAnswerThemselvesAgain) {
  std::mt19937 random(20261124);
  constexpr std::string_view kHomes[] = {"", "DE", "US", "IT", "RU", "HU", "MX", "JP", "ZZ"};
  int known = 0;
  for (int i = 0; i < kTexts; ++i) {
    std::string text = RandomText(random);
    for (int digits = i % 14; digits > 0; --digits)
      text.push_back(static_cast<char>('0' + random() % 10));
    SCOPED_TRACE(testing::PrintToString(text));
    const Phone phone = NormalisePhone(text, kHomes[random() % std::size(kHomes)]);
    ASSERT_TRUE(IsValidUtf8(phone.text));
    if (phone.unknown_form) continue;
    ++known;
    if (!phone.valid) continue;
    const Phone again = NormalisePhone(phone.text);
    ASSERT_EQ(again.text, phone.text);
    ASSERT_EQ(again.country, phone.country);
  }
  EXPECT_GT(known, kTexts / 100);
}

TEST(RandomBytes, CountriesAndRegionsAnswerThemselvesAgain) {
  std::mt19937 random(20261125);
  constexpr std::string_view kCountries[] = {"US", "DE", "JP", "FR", "", "Q"};
  for (int i = 0; i < kTexts; ++i) {
    const std::string text = RandomText(random);
    SCOPED_TRACE(testing::PrintToString(text));
    if (const auto country = NormaliseCountry(text)) {
      ASSERT_TRUE(IsCountryCode(*country));
    }
    const std::string_view country = kCountries[random() % std::size(kCountries)];
    const Region region = NormaliseRegion(country, text);
    ASSERT_TRUE(IsValidUtf8(region.text));
    if (region.known) {
      ASSERT_EQ(NormaliseRegion(country, region.text).text, region.text);
    }
  }
}

}  // namespace
}  // namespace pm
