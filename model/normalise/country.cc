#include "model/normalise/country.h"

#include <unicode/locdspnm.h>
#include <unicode/uloc.h>

#include <array>

#include "base/result.h"
#include "model/normalise/ascii.h"
#include "model/normalise/country_aliases.h"
#include "model/normalise/string_map.h"
#include "model/normalise/text.h"

namespace pm {
namespace {

constexpr size_t kLetters = 26;
constexpr size_t kCodes = kLetters * kLetters;
using CodeIndex = uint16_t;
// A name that means different countries in different languages.
constexpr CodeIndex kAmbiguous = kCodes;

constexpr size_t IndexOf(char first, char second) {
  return static_cast<size_t>(first - 'A') * kLetters + static_cast<size_t>(second - 'A');
}

// "AAABAC...ZZ": answers point in here.
constexpr std::array<char, 2 * kCodes> kLetterPairs = [] {
  std::array<char, 2 * kCodes> pairs{};
  for (size_t i = 0; i < kCodes; ++i) {
    pairs[2 * i] = static_cast<char>('A' + i / kLetters);
    pairs[2 * i + 1] = static_cast<char>('A' + i % kLetters);
  }
  return pairs;
}();

std::string_view CodeAt(size_t index) { return {&kLetterPairs[2 * index], 2}; }

// English first, the rest in order of how often forms are filled in in them.
constexpr const char* kLanguages[] = {"en", "de",      "fr", "es", "it", "pt", "nl", "pl", "ja",
                                      "zh", "zh_Hant", "sv", "da", "nb", "fi", "cs", "ru", "uk",
                                      "tr", "ko",      "hu", "ro", "el", "ar", "he"};

class Table {
 public:
  Table() {
    AddCodes();
    AddAliases();
    for (const char* language : kLanguages) AddLanguage(language);
  }

  bool IsCode(size_t index) const { return is_code_[index]; }

  std::optional<std::string_view> Find(std::string_view key) const {
    const auto found = names_.find(key);
    if (found == names_.end() || found->second == kAmbiguous) return std::nullopt;
    return CodeAt(found->second);
  }

 private:
  void AddCodes() {
    for (const char* const* code = uloc_getISOCountries(); *code != nullptr; ++code) {
      AddCode(*code);
    }
    AddCode("XK");
  }

  void AddCode(std::string_view code) {
    const size_t index = IndexOf(code[0], code[1]);
    is_code_[index] = true;
    codes_.push_back(static_cast<CodeIndex>(index));
    const std::string locale = fmt::format("und_{}", code);
    AddKey(AsciiLowered(uloc_getISO3Country(locale.c_str())), static_cast<CodeIndex>(index));
  }

  void AddAliases() {
    for (std::string_view line : CountryAliases()) {
      const auto index = static_cast<CodeIndex>(IndexOf(line[0], line[1]));
      PM_CHECK(is_code_[index]);
      line.remove_prefix(3);
      for (size_t bar = 0; bar != line.npos; line.remove_prefix(bar == line.npos ? 0 : bar + 1)) {
        bar = line.find('|');
        AddName(line.substr(0, bar), index);
      }
    }
    fixed_ = true;
  }

  void AddLanguage(const char* language) {
    for (const UDisplayContext length : {UDISPCTX_LENGTH_FULL, UDISPCTX_LENGTH_SHORT}) {
      UDisplayContext contexts[] = {length};
      const std::unique_ptr<icu::LocaleDisplayNames> names(
          icu::LocaleDisplayNames::createInstance(icu::Locale(language), contexts, 1));
      for (const CodeIndex index : codes_) {
        icu::UnicodeString name;
        names->regionDisplayName(std::string(CodeAt(index)).c_str(), name);
        std::string utf8;
        name.toUTF8String(utf8);
        AddName(utf8, index);
      }
    }
    if (std::string_view(language) == "en") english_.insert(names_.begin(), names_.end());
  }

  // With `&` written out, `St.` written out, and umlauts as two letters.
  void AddName(std::string_view name, CodeIndex index) {
    constexpr std::pair<std::string_view, std::string_view> kSpellings[] = {
        {"&", "and"}, {"St. ", "Saint "}, {"ä", "ae"}, {"ö", "oe"},
        {"ü", "ue"},  {"Ö", "Oe"},        {"Ä", "Ae"}};
    std::string spelt(name);
    AddKey(LooseKey(spelt), index);
    for (const auto& [from, to] : kSpellings) {
      const size_t at = spelt.find(from);
      if (at == spelt.npos) continue;
      spelt.replace(at, from.size(), to);
      AddKey(LooseKey(spelt), index);
    }
  }

  void AddKey(const std::string& key, CodeIndex index) {
    // ICU answers the code itself where it has no name; two letters are for IsCode alone, save our
    // aliases.
    if (key.empty() || (fixed_ && key.size() == 2 && AllAscii(key))) return;
    const auto [found, is_new] = names_.try_emplace(key, index);
    if (is_new || found->second == index) return;
    if (fixed_ && !english_.empty() && !english_.contains(key)) found->second = kAmbiguous;
  }

  std::array<bool, kCodes> is_code_{};
  std::vector<CodeIndex> codes_;
  StringMap<CodeIndex> names_;
  StringMap<CodeIndex> english_;
  bool fixed_ = false;
};

const Table& Countries() {
  static const Table table;
  return table;
}

std::optional<std::string_view> FromTwoLetters(char first, char second) {
  const size_t index = IndexOf(AsciiUpper(first), AsciiUpper(second));
  if (Countries().IsCode(index)) return CodeAt(index);
  if (index == IndexOf('U', 'K')) return CodeAt(IndexOf('G', 'B'));
  if (index == IndexOf('E', 'L')) return CodeAt(IndexOf('G', 'R'));
  return std::nullopt;
}

// Forms of state before a name, as LooseKey leaves them. Not `state of`: the State of Georgia is
// none.
constexpr std::string_view kForms[] = {"the",
                                       "republicof",
                                       "kingdomof",
                                       "federalrepublicof",
                                       "islamicrepublicof",
                                       "commonwealthof",
                                       "principalityof",
                                       "peoplesrepublicof",
                                       "federativerepublicof",
                                       "democraticrepublicof",
                                       "federaldemocraticrepublicof",
                                       "unitedrepublicof",
                                       "arabrepublicof",
                                       "hashemitekingdomof",
                                       "departmentof"};

std::optional<std::string_view> WithoutForms(std::string_view key) {
  for (int stripped = 0; stripped < 3; ++stripped) {
    const auto form = std::ranges::find_if(
        kForms, [&](std::string_view candidate) { return key.starts_with(candidate); });
    if (form == std::end(kForms)) return std::nullopt;
    key.remove_prefix(form->size());
    if (const auto found = Countries().Find(key); found && key.size() > 3) return found;
  }
  return std::nullopt;
}

}  // namespace

bool IsCountryCode(std::string_view alpha2) {
  return alpha2.size() == 2 && IsAsciiUpper(alpha2[0]) && IsAsciiUpper(alpha2[1]) &&
         Countries().IsCode(IndexOf(alpha2[0], alpha2[1]));
}

std::optional<std::string_view> NormaliseCountry(std::string_view text) {
  constexpr size_t kLongestName = 200;
  text = TrimAscii(text);
  if (text.size() == 2 && IsAsciiLetter(text[0]) && IsAsciiLetter(text[1])) {
    return FromTwoLetters(text[0], text[1]);
  }
  if (text.size() > kLongestName || IsJunk(text, JunkList::kCode)) return std::nullopt;
  const std::string key = LooseKey(text);
  if (const auto found = Countries().Find(key)) return found;
  return WithoutForms(key);
}

}  // namespace pm
