#include "model/normalise/text.h"

#include <simdjson.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "base/result.h"
#include "model/normalise/ascii.h"

namespace pm {
namespace {

constexpr size_t kMaxBytes = size_t{1} << 30;

using Form = const icu::Normalizer2* (*)(UErrorCode&);

const icu::Normalizer2& Instance(Form form) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = form(status);
  PM_CHECK(U_SUCCESS(status));
  return *normalizer;
}

icu::UnicodeString Normalised(Form form, const icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString result = Instance(form).normalize(text, status);
  PM_CHECK(U_SUCCESS(status));
  return result;
}

icu::UnicodeString Wide(std::string_view text) {
  PM_CHECK(text.size() < kMaxBytes);
  return icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

std::string Narrow(const icu::UnicodeString& text) {
  std::string result;
  text.toUTF8String(result);
  return result;
}

bool IsInvisible(UChar32 c) {
  return c == 0x200B || c == 0x200E || c == 0x200F || c == 0x2060 || c == 0xFEFF ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
         u_charType(c) == U_CONTROL_CHAR;
}

icu::UnicodeString Collapsed(const icu::UnicodeString& text) {
  icu::UnicodeString result;
  bool space_due = false;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (u_isUWhiteSpace(c)) {
      space_due = true;
    } else if (!IsInvisible(c)) {
      if (space_due && !result.isEmpty()) result.append(u' ');
      space_due = false;
      result.append(c);
    }
  }
  return result;
}

// The usual case, worth its own path: printable ASCII with single spaces inside.
bool IsCleanAscii(std::string_view text) {
  char before = ' ';
  for (const char c : text) {
    if (c < ' ' || c > '~' || (c == ' ' && before == ' ')) return false;
    before = c;
  }
  return text.empty() || before != ' ';
}

// Letters that carry their stroke inside and so do not decompose.
UChar32 WithoutStroke(UChar32 c) {
  switch (c) {
    case 0x00F8:
      return 'o';
    case 0x0142:
      return 'l';
    case 0x0111:
      return 'd';
    case 0x0131:
      return 'i';
    default:
      return c;
  }
}

bool IsKeyCharacter(UChar32 c) {
  if (c >= 0x0300 && c <= 0x036F) return false;
  const auto type = u_charType(c);
  return u_isalnum(c) || type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK;
}

std::string_view WithoutBrackets(std::string_view text) {
  constexpr std::string_view kAround = "()[]<>{}-_*# .";
  while (!text.empty() && kAround.contains(text.front())) text.remove_prefix(1);
  while (!text.empty() && kAround.contains(text.back())) text.remove_suffix(1);
  return text;
}

constexpr std::string_view kAlwaysJunk[] = {
    "n/a",           "n.a",           "n\\a",           "n/d",        "select",
    "select one",    "please select", "choose",         "choose one", "please choose",
    "not available", "not provided",  "not applicable", "not set",    "not specified",
    "undefined",     "unknown",       "no value",       "select...",  "select an option"};
constexpr std::string_view kBracketedJunk[] = {"null", "none", "na", "nil", "blank", "empty"};
constexpr std::string_view kCodeJunk[] = {"none", "null", "blank", "empty", "tbd", "tba"};
constexpr std::string_view kTextJunk[] = {"na", "nil", "nan"};

bool IsIn(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

bool HasContent(std::string_view text) {
  const auto is_alphanumeric = [](char c) { return IsAsciiLetter(c) || IsAsciiDigit(c); };
  if (std::ranges::any_of(text, is_alphanumeric)) return true;
  const icu::UnicodeString wide = Wide(text);
  for (int32_t i = 0; i < wide.length(); i = wide.moveIndex32(i, 1)) {
    const UChar32 c = wide.char32At(i);
    // A replacement character may stand for a letter, and symbols such as an emoji are content.
    const auto type = u_charType(c);
    if (u_isalnum(c) || type == U_OTHER_SYMBOL || type == U_UNASSIGNED) return true;
  }
  return false;
}

}  // namespace

bool IsValidUtf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

std::string CleanText(std::string_view text) {
  if (IsCleanAscii(text)) return std::string(text);
  return Narrow(Normalised(icu::Normalizer2::getNFCInstance, Collapsed(Wide(text))));
}

std::string FoldText(std::string_view text) {
  if (IsCleanAscii(text)) return AsciiLowered(text);
  // Folding may make white space (U+00A8 becomes space and a mark), dropping it may let characters
  // compose.
  const icu::UnicodeString folded =
      Collapsed(Normalised(icu::Normalizer2::getNFKCCasefoldInstance, Wide(text)));
  return Narrow(Normalised(icu::Normalizer2::getNFKCCasefoldInstance, folded));
}

std::string WordKey(std::string_view text) {
  std::string key = FoldText(text);
  std::ranges::replace_if(key, [](char c) { return c == ' ' || c == '-'; }, '_');
  return key;
}

std::string LooseKey(std::string_view text) {
  if (AllAscii(text)) {
    std::string key;
    for (const char c : text) {
      if (IsAsciiLetter(c) || IsAsciiDigit(c)) key.push_back(AsciiLower(c));
    }
    return key;
  }
  const icu::UnicodeString open =
      Normalised(icu::Normalizer2::getNFDInstance,
                 Normalised(icu::Normalizer2::getNFKCCasefoldInstance, Wide(text)));
  icu::UnicodeString key;
  for (int32_t i = 0; i < open.length(); i = open.moveIndex32(i, 1)) {
    const UChar32 c = WithoutStroke(open.char32At(i));
    if (IsKeyCharacter(c)) key.append(c);
  }
  return Narrow(Normalised(icu::Normalizer2::getNFCInstance, key));
}

bool IsJunk(std::string_view text, JunkList list) {
  constexpr size_t kLongestJunk = 40;
  if (!HasContent(text)) return true;
  if (text.size() > kLongestJunk) return false;
  const std::string folded = FoldText(text);
  const std::string_view bare = WithoutBrackets(folded);
  if (IsIn(kAlwaysJunk, bare)) return true;
  if (bare.size() < folded.size() && IsIn(kBracketedJunk, bare)) {
    const char first = folded.front();
    if (first == '(' || first == '[' || first == '<' || first == '{' || first == '#') return true;
  }
  if (list == JunkList::kName) return false;
  if (IsIn(kCodeJunk, bare)) return true;
  return list == JunkList::kText && IsIn(kTextJunk, bare);
}

}  // namespace pm
