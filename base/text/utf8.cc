#include "base/text/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace pm {
namespace {

constexpr size_t kQuotedCodePoints = 60;

bool Continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// How many of eight bytes continue a character: each such leaves a one in its own byte, and the
// multiplication adds these up in the highest.
size_t ContinuingOf8(const char* bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return static_cast<size_t>((((word >> 7) & ~(word >> 6) & kOnes) * kOnes) >> 56);
}

}  // namespace

size_t Utf8SequenceLength(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  unsigned char low = 0x80, high = 0xBF;
  if (first == 0xE0) low = 0xA0;
  if (first == 0xED) high = 0x9F;
  if (first == 0xF0) low = 0x90;
  if (first == 0xF4) high = 0x8F;
  if (byte(1) < low || byte(1) > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if (!Continues(text[i])) return 0;
  }
  return length;
}

size_t ValidUtf8Prefix(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t length = Utf8SequenceLength(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return at;
}

size_t CodePoints(std::string_view text) {
  size_t points = text.size();
  for (; text.size() >= 8; text.remove_prefix(8)) points -= ContinuingOf8(text.data());
  for (const char c : text) points -= Continues(c) ? 1 : 0;
  return points;
}

std::string Printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t length = Utf8SequenceLength(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (first == '\t') {
      out += ' ';
    } else if (first < 0x20 || first == 0x7F ||
               (first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0)) {
      out += '?';
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

std::string Quoted(std::string_view text) {
  size_t end = 0;
  for (size_t points = 0; end < text.size(); ++end) {
    if (!Continues(text[end]) && ++points > kQuotedCodePoints) break;
  }
  return "'" + Printable(text.substr(0, end)) + (end < text.size() ? "...'" : "'");
}

}  // namespace pm
