#include "base/text/base64.h"

#include <array>
#include <cstdint>

namespace pm {
namespace {

constexpr int kBadBase64 = 2;
constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string Base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; ++k) {
      bits = bits << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (size_t k = 0; k < 4; ++k) {
      text += i + k <= bytes.size() ? kDigits[bits >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

Result<std::string> ParseBase64(std::string_view text) {
  const auto bad = [] { return Fail(kBadBase64, "this is not base64"); };
  if (text.size() % 4 != 0) return bad();
  std::string bytes;
  for (size_t i = 0; i < text.size(); i += 4) {
    uint32_t bits = 0;
    size_t padding = 0;
    for (size_t k = 0; k < 4; ++k) {
      const size_t digit = kDigits.find(text[i + k]);
      const bool pad = text[i + k] == '=' && i + 4 == text.size() && k >= 2;
      if ((digit == std::string_view::npos && !pad) || (padding > 0 && !pad)) return bad();
      padding += pad ? 1 : 0;
      bits = bits << 6 | static_cast<uint32_t>(pad ? 0 : digit);
    }
    for (size_t k = 0; k + padding < 3; ++k) bytes += static_cast<char>(bits >> (16 - 8 * k) & 255);
  }
  return bytes;
}

}  // namespace pm
