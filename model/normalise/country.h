// Countries as ISO 3166-1 alpha-2. Pure, no I/O; any thread. The table of names is made at first
// use (some 20 ms).
#pragma once
#include <optional>
#include <string_view>

namespace pm {

// Whether the text is an officially assigned code in capitals, or XK (Kosovo, which everyone uses).
// Codes that ISO reserves for users (QM, XA, ZZ) or withdrew (AN) are none.
bool IsCountryCode(std::string_view alpha2);

// Alpha-2 (any case; UK and EL are GB and GR), alpha-3, or a name in one of some twenty languages,
// in its short or ISO form or a common other one (`Holland`, `England`, `Korea, Republic of`),
// accents, case and punctuation aside -> the code, valid for ever. A name that means two countries
// in two languages is English first, then refused. Nothing is guessed: misspellings, cities and
// junk give nullopt; `NA` is Namibia, `N/A` is nothing.
std::optional<std::string_view> NormaliseCountry(std::string_view text);

}  // namespace pm
