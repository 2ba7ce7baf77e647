#include "model/normalise/phone.h"

#include "model/normalise/calling_codes.h"
#include "model/normalise/country.h"

namespace pm {
namespace {

struct Case {
  std::string_view typed;
  std::string_view home;
  std::string_view e164;
  std::string_view country;
};

void ExpectAll(std::span<const Case> cases) {
  for (const Case& c : cases) {
    const Phone phone = NormalisePhone(c.typed, c.home);
    EXPECT_EQ(phone.e164(), c.e164) << c.typed << " in " << c.home;
    EXPECT_EQ(phone.country, c.country) << c.typed << " in " << c.home;
    EXPECT_TRUE(phone.valid) << c.typed << " in " << c.home;
  }
}

TEST(NormalisePhone, ReadsInternationalNumbers) {
  constexpr Case kCases[] = {{"+49 (0) 30 1234-56", "", "+4930123456", "DE"},
                             {"+493012345678", "", "+493012345678", "DE"},
                             {"0049 30 123456", "", "+4930123456", "DE"},
                             {"0049 (0)30 123456", "US", "+4930123456", "DE"},
                             {"+0049 30 123456", "", "+4930123456", "DE"},
                             {"(+44) 020 7946 0018", "", "+442079460018", "GB"},
                             {"tel:+1-415-555-0100", "", "+14155550100", "US"},
                             {"Phone: +1.415.555.0100", "", "+14155550100", "US"},
                             {"＋４９ ３０ １２３４５６", "", "+4930123456", "DE"},
                             {"+٤٩ ٣٠ ١٢٣٤٥٦", "", "+4930123456", "DE"},
                             {"+33\u00A01\u201142 68 53 00", "", "+33142685300", "FR"},
                             {"+34 (0) 912 345 678", "", "+34912345678", "ES"},
                             {"+1 1 415 555 0100", "", "+14155550100", "US"}};
  ExpectAll(kCases);
}

TEST(NormalisePhone, ReadsNationalNumbersOfTheDefaultCountry) {
  constexpr Case kCases[] = {{"030 123456", "DE", "+4930123456", "DE"},
                             {"(030) 1234/56", "DE", "+4930123456", "DE"},
                             {"4930123456789", "DE", "+4930123456789", "DE"},
                             {"30 123456", "DE", "+4930123456", "DE"},
                             {"9198765432", "IN", "+919198765432", "IN"},
                             {"442079460018", "GB", "+442079460018", "GB"},
                             {"(415) 555-0100", "US", "+14155550100", "US"},
                             {"1-416-555-0100", "US", "+14165550100", "CA"},
                             {"4155550100", "CA", "+14155550100", "US"},
                             {"020 7946 0018", "GB", "+442079460018", "GB"},
                             {"01534 123456", "JE", "+441534123456", "JE"},
                             {"06 1234 5678", "IT", "+390612345678", "IT"},
                             {"8 (495) 123-45-67", "RU", "+74951234567", "RU"},
                             {"8 727 123 45 67", "KZ", "+77271234567", "KZ"},
                             {"06 1 234 5678", "HU", "+3612345678", "HU"},
                             {"8 029 123 45 67", "BY", "+375291234567", "BY"},
                             {"912 345 678", "ES", "+34912345678", "ES"},
                             {"044 55 1234 5678", "MX", "+525512345678", "MX"},
                             {"0612345678", "FR", "+33612345678", "FR"},
                             {"03-1234-5678", "JP", "+81312345678", "JP"},
                             {"098765 43210", "IN", "+919876543210", "IN"},
                             {"010 1234 5678", "CN", "+861012345678", "CN"}};
  ExpectAll(kCases);
}

TEST(NormalisePhone, KnowsTheDefaultCountrysWayAbroad) {
  constexpr Case kCases[] = {{"011 49 30 123456", "US", "+4930123456", "DE"},
                             {"0011 49 30 123456", "AU", "+4930123456", "DE"},
                             {"810 49 30 123456", "RU", "+4930123456", "DE"},
                             {"010 49 30 123456", "JP", "+4930123456", "DE"}};
  ExpectAll(kCases);
}

TEST(NormalisePhone, DropsTrunkPrefixesAfterTheCallingCode) {
  constexpr Case kCases[] = {{"+39 (0)6 1234 5678", "", "+390612345678", "IT"},
                             {"+7 8 495 123 45 67", "", "+74951234567", "RU"},
                             {"+36 06 1 234 5678", "", "+3612345678", "HU"},
                             {"+52 1 55 1234 5678", "", "+525512345678", "MX"},
                             {"+225 07 12 34 56 78", "", "+2250712345678", "CI"}};
  ExpectAll(kCases);
}

TEST(NormalisePhone, TellsCountriesThatShareACodeApart) {
  constexpr Case kCases[] = {{"+1 604 555 0100", "", "+16045550100", "CA"},
                             {"+1 876 555 0100", "", "+18765550100", "JM"},
                             {"+1 787 555 0100", "", "+17875550100", "PR"},
                             {"+1 800 555 0100", "US", "+18005550100", ""},
                             {"+7 701 123 45 67", "", "+77011234567", "KZ"},
                             {"+44 7624 123456", "", "+447624123456", "IM"},
                             {"+590 590 12 34 56", "", "+590590123456", ""},
                             {"+800 1234 5678", "", "+80012345678", ""},
                             {"+247 12345", "", "+24712345", "SH"}};
  ExpectAll(kCases);
}

TEST(NormalisePhone, TakesTheExtensionOff) {
  for (const std::string_view typed :
       {"+1 415 555 0100 x123", "+1 415 555 0100x123", "+1 415 555 0100 ext. 123",
        "+1 415 555 0100, Extension 123", "+1 415 555 0100 #123", "tel:+14155550100;ext=123",
        "+1 415 555 0100 (ext 123)"}) {
    const Phone phone = NormalisePhone(typed);
    EXPECT_EQ(phone.e164(), "+14155550100") << typed;
    EXPECT_EQ(phone.extension, "123") << typed;
  }
  EXPECT_EQ(NormalisePhone("+14155550100").extension, "");
}

TEST(NormalisePhone, KeepsUnknownFormsAsText) {
  for (const std::string_view typed :
       {"030 123456", "1-800-FLOWERS", "call me", "", "+999 123456789", "+49 1", "12345",
        "+1 415 555 0100, +1 415 555 0101", "+49 30 123456789012345", "0000000000"}) {
    const Phone phone = NormalisePhone(typed);
    EXPECT_TRUE(phone.unknown_form) << typed;
    EXPECT_FALSE(phone.valid) << typed;
    EXPECT_EQ(phone.text, typed);
    EXPECT_EQ(phone.e164(), "") << typed;
  }
  EXPECT_TRUE(NormalisePhone("030 123456", "ZZ").unknown_form);
  EXPECT_TRUE(NormalisePhone("00094647528", "DE").unknown_form);
  EXPECT_EQ(NormalisePhone("  ask \t Jane ").text, "ask Jane");
  EXPECT_TRUE(NormalisePhone(std::string(300, '1'), "DE").unknown_form);
}

TEST(NormalisePhone, FlagsLengthsThatTheCountryDoesNotHave) {
  for (const std::string_view typed :
       {"+1 415 555 010", "+33 1 42 68", "+1 123 555 0100", "+1 415 155 0100"}) {
    const Phone phone = NormalisePhone(typed);
    EXPECT_FALSE(phone.unknown_form) << typed;
    EXPECT_FALSE(phone.valid) << typed;
  }
}

TEST(CallingCodes, AreUnambiguousAndOfRealCountries) {
  for (const CallingCode& row : CallingCodes()) {
    const auto rows = FindCallingCode(fmt::format("{}5", row.code));
    ASSERT_FALSE(rows.empty()) << row.code;
    EXPECT_EQ(rows.front().code, row.code);
    EXPECT_LE(row.min_digits, row.max_digits) << row.code;
    if (!row.country.empty()) {
      EXPECT_TRUE(IsCountryCode(row.country)) << row.country;
    }
  }
  EXPECT_TRUE(FindCallingCode("0").empty());
  EXPECT_TRUE(FindCallingCode("").empty());
  EXPECT_EQ(FindCountryCallingCode("QQ"), nullptr);
}

}  // namespace
}  // namespace pm
