// The numbering plans phone.cc works by. Constant data; any thread.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace pm {

struct CallingCode {
  std::string_view country;  // ISO 3166-1 alpha-2; empty for codes of no country (+800).
  uint16_t code = 0;
  std::string_view trunk;  // Prefixes dialled within the country, `|` between; `=`: a leading 0
                           // belongs to the number.
  uint8_t min_digits = 0;  // Of the national number, without trunk prefix.
  uint8_t max_digits = 0;
  std::string_view abroad = "00";  // International prefixes, `|` between.
};

// Rows of one calling code stand together, the main country first.
std::span<const CallingCode> CallingCodes();

// All rows whose code the digits begin with (no code begins with another); empty when none does.
std::span<const CallingCode> FindCallingCode(std::string_view digits);

// Null when the country has no row.
const CallingCode* FindCountryCallingCode(std::string_view country);

// The country of a national number, where codes are shared: +1, +7, +44, +590 and the like.
std::string_view CountryOfNumber(const CallingCode& main, std::string_view national);

}  // namespace pm
