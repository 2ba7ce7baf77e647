// Telephone numbers to E.164 by calling codes and trunk prefixes. Pure, no I/O; any thread. It
// knows how long the numbers of a country may be, not which ranges are in service: plausible, not
// proven.
#pragma once
#include <string>
#include <string_view>

namespace pm {

struct Phone {
  std::string text;       // E.164 (`+493012345`), or the cleaned input when unknown_form.
  std::string extension;  // Digits after `x`, `ext.`, `#` and the like; empty without one.
  std::string_view
      country;         // ISO 3166-1 alpha-2, valid for ever; empty where the number does not tell.
  bool valid = false;  // E.164 with 7 to 15 digits, and a length that country has.
  bool unknown_form = false;  // No calling code to be found: `text` is what was typed.

  std::string_view e164() const { return unknown_form ? std::string_view() : text; }
};

// Takes `+49 (0) 30 1234-56`, `0049...`, `tel:...`, digits of any script, and, when
// `default_country` (alpha-2, or empty) is given, national numbers and that country's own
// international prefix (`011`, `0011`, `810`). Without it a number that shows no calling code is
// unknown_form, as are letters (`1-800-FLOWERS`).
Phone NormalisePhone(std::string_view text, std::string_view default_country = {});

}  // namespace pm
