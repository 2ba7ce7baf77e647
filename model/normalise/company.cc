#include "model/normalise/company.h"

#include <span>
#include <unordered_set>
#include <vector>

#include "model/normalise/ascii.h"
#include "model/normalise/text.h"

namespace pm {
namespace {

using Words = std::span<const std::string>;

constexpr size_t kMaxBytes = 1000;

// As words of a key.
constexpr std::string_view kForms[] = {"sa de cv",
                                       "s de rl de cv",
                                       "sapi de cv",
                                       "sab de cv",
                                       "gesellschaft mbh",
                                       "gmbh and co",
                                       "sp z oo",
                                       "sp zoo",
                                       "spolka z oo",
                                       "sdn bhd",
                                       "pty limited",
                                       "pty ltd",
                                       "pvt ltd",
                                       "private limited",
                                       "co ltd",
                                       "and co",
                                       "and company",
                                       "and cie",
                                       "et cie",
                                       "und co",
                                       "public limited company",
                                       "limited liability company",
                                       "inc",
                                       "incorporated",
                                       "llc",
                                       "ltd",
                                       "limited",
                                       "corp",
                                       "corporation",
                                       "co",
                                       "company",
                                       "plc",
                                       "llp",
                                       "lp",
                                       "lllp",
                                       "pllc",
                                       "pc",
                                       "gmbh",
                                       "mbh",
                                       "ag",
                                       "kg",
                                       "kgaa",
                                       "ohg",
                                       "ug",
                                       "ev",
                                       "eg",
                                       "gbr",
                                       "se",
                                       "sa",
                                       "sas",
                                       "sasu",
                                       "sarl",
                                       "eurl",
                                       "sca",
                                       "sl",
                                       "slu",
                                       "srl",
                                       "srls",
                                       "spa",
                                       "snc",
                                       "bv",
                                       "nv",
                                       "bvba",
                                       "vof",
                                       "oy",
                                       "oyj",
                                       "ab",
                                       "as",
                                       "asa",
                                       "aps",
                                       "kft",
                                       "zrt",
                                       "nyrt",
                                       "sro",
                                       "spol",
                                       "doo",
                                       "eood",
                                       "ood",
                                       "ltda",
                                       "eireli",
                                       "lda",
                                       "pty",
                                       "pte",
                                       "pvt",
                                       "bhd",
                                       "kk",
                                       "gk",
                                       "jsc",
                                       "pjsc",
                                       "ooo",
                                       "oao",
                                       "zao",
                                       "pao",
                                       "tbk",
                                       "dac",
                                       "gesmbh",
                                       "ik",
                                       "hf",
                                       "ehf",
                                       "sia",
                                       "uab",
                                       "ou",
                                       "株式会社",
                                       "有限会社",
                                       "合同会社",
                                       "株",
                                       "有限公司",
                                       "股份有限公司",
                                       "有限责任公司",
                                       "ооо",
                                       "оао",
                                       "ао"};

// Forms that stand before the name or without a space after it.
constexpr std::string_view kBefore[] = {"the",      "pt", "株式会社", "有限会社",
                                        "合同会社", "株", "ооо",      "ао"};
constexpr std::string_view kAttached[] = {"株式会社",     "有限会社",     "合同会社",
                                          "股份有限公司", "有限责任公司", "有限公司"};

std::string WithAsciiDashes(std::string text) {
  for (const std::string_view dash : {"\u2010", "\u2011", "\u2013", "\u2014"}) {
    for (size_t at = text.find(dash); at != text.npos; at = text.find(dash, at)) {
      text.replace(at, dash.size(), "-");
    }
  }
  return text;
}

std::string WithoutAttached(std::string key) {
  if (AllAscii(key)) return key;
  for (size_t before = 0; before != key.size();) {
    before = key.size();
    for (const std::string_view form : kAttached) {
      if (key.size() > form.size() && key.ends_with(form)) key.resize(key.size() - form.size());
      if (key.size() > form.size() && key.starts_with(form)) key.erase(0, form.size());
    }
  }
  return key;
}

// `S.A.` and `A/S` are one word; other punctuation parts words; apostrophes vanish.
std::vector<std::string> SplitWords(std::string_view text) {
  constexpr std::string_view kParting = " ,;:-_()[]{}|\"+!?*\t";
  std::vector<std::string> words;
  std::string word;
  const auto finish = [&] {
    if (std::string key = WithoutAttached(LooseKey(word)); !key.empty()) {
      words.push_back(std::move(key));
    }
    word.clear();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_abbreviation =
        word.size() == 1 && (i + 2 >= text.size() || kParting.contains(text[i + 2]));
    if (c == '&') {
      finish();
      words.emplace_back("and");
    } else if (kParting.contains(c) || (c == '/' && !is_abbreviation)) {
      finish();
    } else {
      word.push_back(c);
    }
  }
  finish();
  return words;
}

std::string Join(Words words) {
  std::string joined;
  for (const std::string& word : words) {
    if (!joined.empty()) joined.push_back(' ');
    joined.append(word);
  }
  return joined;
}

bool IsForm(const std::string& words) {
  static const std::unordered_set<std::string_view> forms(std::begin(kForms), std::end(kForms));
  return forms.contains(words);
}

// How many words at the end are a legal form; never all of them.
size_t FormWords(Words words) {
  constexpr size_t kLongestForm = 5;
  for (size_t n = std::min(kLongestForm, words.size() - 1); n > 0; --n) {
    if (IsForm(Join(words.last(n)))) return n;
  }
  return 0;
}

Words WithoutForms(Words words) {
  while (const size_t form_words = FormWords(words)) {
    words = words.first(words.size() - form_words);
    while (words.size() > 1 && words.back() == "and") words = words.first(words.size() - 1);
  }
  while (words.size() > 1 && std::ranges::find(kBefore, words.front()) != std::end(kBefore)) {
    words = words.subspan(1);
  }
  return words;
}

}  // namespace

std::string CompanyKey(std::string_view text) {
  const std::string folded = FoldText(text);
  if (folded.size() > kMaxBytes) return folded;
  const std::vector<std::string> words = SplitWords(WithAsciiDashes(folded));
  if (words.empty()) return folded;
  return Join(WithoutForms(words));
}

}  // namespace pm
