#include "base/text/encoding.h"

#include <algorithm>
#include <array>
#include <utility>

namespace pm {
namespace {

constexpr int kEncoding = 101, kLineEnds = 102;
constexpr size_t kLookedAt = 4096;  // bytes at the front

struct Beginning {
  std::string_view bytes;
  std::string_view what, hint;
};
using std::string_view_literals::operator""sv;
constexpr std::string_view kSaveAsUtf8 = "save the file as UTF-8",
                           kSaveAsText = "save it as text in UTF-8; a sheet as CSV UTF-8";
// The mark of UTF-32 begins with that of UTF-16.
constexpr auto kBeginnings = std::to_array<Beginning>({
    {"\xFF\xFE\0\0"sv, "UTF-32, not UTF-8", kSaveAsUtf8},
    {"\0\0\xFE\xFF"sv, "UTF-32, not UTF-8", kSaveAsUtf8},
    {"\xFF\xFE"sv, "UTF-16, not UTF-8", kSaveAsUtf8},
    {"\xFE\xFF"sv, "UTF-16, not UTF-8", kSaveAsUtf8},
    {"PK\x03\x04"sv, "an archive (zip, or a sheet of Excel or Numbers), not text", kSaveAsText},
    {"\xD0\xCF\x11\xE0"sv, "a document of an old Office, not text", kSaveAsText},
    {"\x1F\x8B"sv, "packed by gzip, not text", "unpack it"},
    {"%PDF-"sv, "a PDF, not text", kSaveAsText},
});

// How many bytes are zero in each place of four.
std::array<size_t, 4> Zeros(std::string_view text) {
  std::array<size_t, 4> zeros{};
  for (size_t i = 0; i < text.size(); ++i) zeros[i % 4] += text[i] == '\0' ? 1 : 0;
  return zeros;
}

// Mostly letters of Europe, in which all bytes but one of a character are zero.
std::string_view UnmarkedEncoding(std::string_view text) {
  const size_t units = text.size() / 4;
  if (units < 2) return {};
  const auto zeros = Zeros(text.substr(0, units * 4));
  const auto mostly = [&](size_t at) { return zeros[at] * 10 >= units * 9; };
  const auto hardly = [&](size_t at) { return zeros[at] * 10 <= units; };
  const bool middle = mostly(1) && mostly(2);
  if (middle && ((mostly(3) && hardly(0)) || (mostly(0) && hardly(3)))) return "UTF-32";
  const bool odd = mostly(1) && mostly(3) && hardly(0) && hardly(2);
  const bool even = mostly(0) && mostly(2) && hardly(1) && hardly(3);
  return odd || even ? "UTF-16" : std::string_view();
}

bool IsControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

// A text may hold a few that came in by mistake.
bool IsFullOfControls(std::string_view text) {
  constexpr ptrdiff_t kSome = 16;
  const ptrdiff_t controls = std::ranges::count_if(text, IsControl);
  return controls > kSome && controls * 10 > static_cast<ptrdiff_t>(text.size());
}

// Nearly all lines end with a carriage return alone.
bool HasLoneReturns(std::string_view text) {
  size_t alone = 0, feeds = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') ++feeds;
    if (text[i] == '\r' && !text.substr(i + 1).starts_with('\n')) ++alone;
  }
  return alone > 1 && alone > feeds * 10;
}

}  // namespace

std::optional<OtherText> FindOtherText(std::string_view text) {
  const auto is = [](std::string_view what, std::string_view hint) {
    return OtherText{kEncoding, fmt::format("this file is {}", what), std::string(hint)};
  };
  for (const Beginning& one : kBeginnings) {
    if (text.starts_with(one.bytes)) return is(one.what, one.hint);
  }
  const std::string_view front = text.substr(0, kLookedAt);
  if (const std::string_view encoding = UnmarkedEncoding(front); !encoding.empty())
    return is(fmt::format("{}, not UTF-8", encoding), kSaveAsUtf8);
  if (IsFullOfControls(front)) return is("no text: it is full of control characters", kSaveAsText);
  if (!HasLoneReturns(front)) return std::nullopt;
  return OtherText{kLineEnds, "the lines of this file end with a carriage return alone",
                   "save the file with line ends of Unix or Windows"};
}

bool ExpectText(const Source& source, Diagnostics& out) {
  auto other = FindOtherText(source.text());
  if (!other) return true;
  std::string cause = source.path() + other->message;  // a table may be read for several routes
  out.ErrorOf(std::move(cause), other->code, {&source, {}}, std::move(other->message),
              std::move(other->hint));
  return false;
}

}  // namespace pm
