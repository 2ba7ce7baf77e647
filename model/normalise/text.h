// Text as people typed it, made comparable. Pure and deterministic: no locale, no I/O; any thread.
// Every function takes any bytes (invalid UTF-8 is replaced by U+FFFD) below 1 GiB, and answers
// valid UTF-8.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace pm {

bool IsValidUtf8(std::string_view text);

// What is stored: white space of every kind trimmed and collapsed to one space, control and
// invisible characters dropped, NFC. The case is the writer's. CleanText(CleanText(x)) ==
// CleanText(x).
std::string CleanText(std::string_view text);

// What is compared: Unicode case fold and compatibility forms (NFKC_Casefold), then white space as
// above. `Google` and `google`, `ＡＣＭＥ` and `acme` are one. Never shown, and idempotent like
// CleanText.
std::string FoldText(std::string_view text);

// What closed lists of words are looked up by: FoldText with `_` for blanks and hyphens:
// `Opted-out` and `opted out` are `opted_out`.
std::string WordKey(std::string_view text);

// What tables are looked up by: FoldText without anything but letters and digits, without Latin,
// Greek and Cyrillic accents: `Côte d'Ivoire` -> `cotedivoire`. Empty when nothing is left.
std::string LooseKey(std::string_view text);

// Which words mean "nothing was entered" depends on the field: `NA` is Namibia, and people are
// called Null, Na and Blank. Each list holds those below it:
//   kText  na, none, null, nil, nan, blank, empty, tbd, tba
//   kCode  (country, region) none, null, blank, empty, tbd, tba, but not na
//   kName  (first, last name) only what cannot be a name: see kAlways
//   kAlways  nothing but punctuation; n/a and its kind; select, select one, please select, choose,
//   choose one,
//            please choose, not available, not applicable, not provided, not specified, not set,
//            undefined, unknown, no value, `(null)`, `<none>` and such words in brackets
// `test`, `xxx`, `other`, `0`, `no` are values: a rule may want to see them.
enum class JunkList : uint8_t { kName, kCode, kText };
bool IsJunk(std::string_view text, JunkList list);

}  // namespace pm
