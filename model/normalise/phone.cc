#include "model/normalise/phone.h"

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "model/normalise/ascii.h"
#include "model/normalise/calling_codes.h"
#include "model/normalise/text.h"

namespace pm {
namespace {

constexpr size_t kMinDigits = 7;
constexpr size_t kMaxDigits = 15;
constexpr size_t kMaxTypedBytes = 200;
constexpr std::string_view kKeepsZero = "=";

// Digits and dashes of other scripts as ASCII, letters in lower case; `?` for what no number has.
std::string AsciiForm(std::string_view text) {
  if (AllAscii(text)) return AsciiLowered(TrimAscii(text));
  std::string ascii;
  const icu::UnicodeString wide = icu::UnicodeString::fromUTF8(FoldText(text));
  for (int32_t i = 0; i < wide.length(); i = wide.moveIndex32(i, 1)) {
    const UChar32 c = wide.char32At(i);
    const int32_t digit = u_charDigitValue(c);
    const bool is_dash = u_charType(c) == U_DASH_PUNCTUATION || c == 0x2212;
    if (c < 0x80) {
      ascii.push_back(static_cast<char>(c));
    } else if (digit >= 0) {
      ascii.push_back(static_cast<char>('0' + digit));
    } else {
      ascii.push_back(is_dash ? '-' : '?');
    }
  }
  return ascii;
}

// `tel:`, `Phone: ` and the like in front.
std::string_view WithoutLabel(std::string_view text) {
  constexpr size_t kLongestLabel = 12;
  size_t size = 0;
  while (size < text.size() && (IsAsciiLower(text[size]) || text[size] == '.')) ++size;
  if (size == 0 || size > kLongestLabel || size == text.size()) return text;
  if (text[size] == ':') ++size;
  return TrimAscii(text.substr(size));
}

struct Split {
  std::string_view number;
  std::string_view extension;
};

Split SplitExtension(std::string_view text) {
  constexpr std::string_view kMarkers[] = {"x",  "ext",   "extn", "extension", "durchwahl",
                                           "dw", "poste", "int",  "interno",   "anexo",
                                           "#",  "ramal", "xt",   "toestel",   "wew"};
  constexpr size_t kLongestExtension = 7;
  const auto back = [&](size_t at, auto keep) {
    while (at > 0 && keep(text[at - 1])) --at;
    return at;
  };
  const size_t end = back(text.size(), [](char c) { return c == ' ' || c == ')' || c == ']'; });
  const size_t digits = back(end, IsAsciiDigit);
  const size_t marker_end =
      back(digits, [](char c) { return c == ' ' || c == '.' || c == ':' || c == '='; });
  const size_t marker = back(marker_end, [](char c) { return IsAsciiLower(c) || c == '#'; });
  const std::string_view word = text.substr(marker, marker_end - marker);
  const bool is_marked = std::ranges::find(kMarkers, word) != std::end(kMarkers);
  if (!is_marked || digits == end || end - digits > kLongestExtension) return {text, {}};
  const size_t number_end =
      back(marker, [](char c) { return std::string_view(" ;,([-/").contains(c); });
  return {text.substr(0, number_end), text.substr(digits, end - digits)};
}

struct Dialled {
  std::string digits;
  bool plus = false;
  size_t optional_zero = std::string::npos;  // Where in `digits` a zero stood alone in brackets.
};

std::optional<Dialled> ReadDigits(std::string_view text) {
  Dialled dialled;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (IsAsciiDigit(c)) {
      if (c == '0' && i > 0 && text[i - 1] == '(' && text.substr(i + 1).starts_with(')')) {
        dialled.optional_zero = dialled.digits.size();
      }
      dialled.digits.push_back(c);
    } else if (c == '+' && !dialled.plus && dialled.digits.empty()) {
      dialled.plus = true;
    } else if (!std::string_view(" -./()[]'\t").contains(c)) {
      return std::nullopt;
    }
  }
  if (dialled.plus && dialled.digits.starts_with("00")) {
    dialled.digits.erase(0, 2);
    dialled.optional_zero -= dialled.optional_zero == std::string::npos ? 0 : 2;
  }
  return dialled;
}

bool Fits(const CallingCode& row, std::string_view national) {
  return national.size() >= row.min_digits && national.size() <= row.max_digits;
}

// Calls `take` with each of the prefixes that `digits` begins with until it answers true.
template <class Take>
bool AnyPrefix(std::string_view prefixes, std::string_view digits, Take take) {
  while (!prefixes.empty()) {
    const std::string_view prefix = prefixes.substr(0, prefixes.find('|'));
    if (digits.starts_with(prefix) && take(digits.substr(prefix.size()))) return true;
    prefixes.remove_prefix(std::min(prefixes.size(), prefix.size() + 1));
  }
  return false;
}

std::string_view WithoutTrunk(const CallingCode& row, std::string_view national) {
  // No number of a country with trunk prefix 0 begins with 0, whatever its length.
  if (row.trunk == "0") return national.substr(national.starts_with('0') ? 1 : 0);
  if (row.trunk == kKeepsZero || Fits(row, national)) return national;
  std::string_view found = national;
  AnyPrefix(row.trunk, national, [&](std::string_view rest) {
    if (!Fits(row, rest)) return false;
    found = rest;
    return true;
  });
  return found;
}

bool IsNorthAmerican(std::string_view national) {
  return national.size() == 10 && national[0] >= '2' && national[3] >= '2' && national[1] != '9';
}

// False, and `phone` untouched, when the length or a leading zero is no telephone number's.
bool Compose(const CallingCode& main, std::string_view national, Phone& phone) {
  const std::string code = fmt::format_int(main.code).str();
  const size_t digits = code.size() + national.size();
  if (digits < kMinDigits || digits > kMaxDigits) return false;
  if (main.trunk == "0" && national.starts_with('0')) return false;
  phone.text = "+";
  phone.text.append(code).append(national);
  phone.country = CountryOfNumber(main, national);
  phone.valid = Fits(main, national) && (main.code != 1 || IsNorthAmerican(national));
  phone.unknown_form = false;
  return true;
}

bool ComposeInternational(std::string digits, size_t optional_zero, Phone& phone) {
  const auto rows = FindCallingCode(digits);
  if (rows.empty()) return false;
  const CallingCode& main = rows.front();
  const size_t code_digits = main.code < 10 ? 1 : main.code < 100 ? 2 : 3;
  if (optional_zero == code_digits && main.trunk != kKeepsZero) digits.erase(optional_zero, 1);
  return Compose(main, WithoutTrunk(main, std::string_view(digits).substr(code_digits)), phone);
}

bool ComposeNational(const CallingCode& home, std::string_view digits, Phone& phone) {
  const std::string code = fmt::format_int(home.code).str();
  const CallingCode& main = FindCallingCode(code).front();
  // `49 30 123456`: the calling code without its plus. Where people dial a 0 first, its absence
  // says that this is meant, even if the whole would fit.
  std::string_view after_code;
  if (digits.starts_with(code)) after_code = WithoutTrunk(home, digits.substr(code.size()));
  const bool has_code = !after_code.empty() && Fits(home, after_code);
  if (has_code && home.trunk == "0") return Compose(main, after_code, phone);
  const std::string_view national = WithoutTrunk(home, digits);
  if (Fits(home, national)) return Compose(main, national, phone);
  return has_code && Compose(main, after_code, phone);
}

bool ComposeAny(const Dialled& dialled, std::string_view default_country, Phone& phone) {
  const std::string& digits = dialled.digits;
  const auto shifted = [&](std::string_view rest) {
    const size_t dropped = digits.size() - rest.size();
    return dialled.optional_zero == std::string::npos ? dialled.optional_zero
                                                      : dialled.optional_zero - dropped;
  };
  const auto international = [&](std::string_view rest) {
    return ComposeInternational(std::string(rest), shifted(rest), phone);
  };
  if (dialled.plus) return international(digits);
  const CallingCode* home = FindCountryCallingCode(default_country);
  if (home != nullptr && AnyPrefix(home->abroad, digits, international)) return true;
  if (digits.starts_with("00") && international(std::string_view(digits).substr(2))) return true;
  return home != nullptr && ComposeNational(*home, digits, phone);
}

}  // namespace

Phone NormalisePhone(std::string_view text, std::string_view default_country) {
  Phone phone;
  phone.unknown_form = true;
  if (text.size() <= kMaxTypedBytes) {
    const std::string ascii = AsciiForm(text);
    const Split split = SplitExtension(WithoutLabel(ascii));
    const auto dialled = ReadDigits(split.number);
    if (dialled && ComposeAny(*dialled, default_country, phone)) {
      phone.extension = split.extension;
      return phone;
    }
  }
  phone.text = CleanText(text);
  return phone;
}

}  // namespace pm
