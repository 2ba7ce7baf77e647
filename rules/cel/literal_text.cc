#include "rules/cel/literal_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace pm::cel {
namespace {

constexpr std::string_view kEscapes = R"(abfnrtv\?"'`)";
constexpr std::string_view kEscaped = "\a\b\f\n\r\t\v\\?\"'`";
static_assert(kEscapes.size() == kEscaped.size());

bool IsSurrogate(uint32_t c) { return c >= 0xD800 && c <= 0xDFFF; }

// Takes apart what stands between the quotes.
class Unescape {
 public:
  Unescape(std::string_view token, LiteralProblem* problem) : problem_(*problem) {
    size_t at = 0;
    if (token[at] == 'b' || token[at] == 'B') bytes_ = ++at > 0;
    if (token[at] == 'r' || token[at] == 'R') raw_ = ++at > 0;
    const bool triple =
        token.size() >= at + 6 && token[at + 1] == token[at] && token[at + 2] == token[at];
    const size_t quotes = triple ? 3 : 1;
    begin_ = at + quotes;
    text_ = token.substr(begin_, token.size() - begin_ - quotes);
  }

  std::optional<std::string> Run() {
    if (raw_) return std::string(text_);
    while (at_ < text_.size()) {
      if (text_[at_] != '\\') {
        out_ += text_[at_++];
      } else if (!Escape()) {
        return std::nullopt;
      }
    }
    return std::move(out_);
  }

 private:
  bool Escape() {
    const size_t from = at_++;
    const char c = at_ < text_.size() ? text_[at_++] : '\0';
    if (const size_t found = kEscapes.find(c); found != std::string_view::npos) {
      out_ += kEscaped[found];
      return true;
    }
    if (c == 'x' || c == 'X') return Number(from, 2, 16);
    if (c >= '0' && c <= '3') return --at_, Number(from, 3, 8);
    if (c == 'u' && !bytes_) return Number(from, 4, 16);
    if (c == 'U' && !bytes_) return Number(from, 8, 16);
    return Bad(from,
               "this escape is none of \\n \\t \\\\ \\\" \\' \\x41 \\u00e4 and their like; "
               "in patterns write r'...'");
  }

  bool Number(size_t from, size_t digits, int base) {
    uint32_t code = 0;
    if (!Digits(digits, base, &code)) return Bad(from, "this escape lacks digits");
    if (bytes_) {
      out_ += static_cast<char>(code);
      return true;
    }
    if (code >= 0xD800 && code <= 0xDBFF && text_.substr(at_).starts_with("\\u")) {
      uint32_t low = 0;
      at_ += 2;
      if (!Digits(4, 16, &low) || low < 0xDC00 || low > 0xDFFF) {
        return Bad(from, "half a surrogate pair is no character");
      }
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    if (code > 0x10FFFF || IsSurrogate(code)) return Bad(from, "there is no such character");
    AppendCodePoint(&out_, code);
    return true;
  }

  bool Digits(size_t count, int base, uint32_t* value) {
    if (text_.size() - at_ < count) return false;
    const char* first = text_.data() + at_;
    const auto read = std::from_chars(first, first + count, *value, base);
    at_ += count;
    return read.ec == std::errc() && read.ptr == first + count;
  }

  bool Bad(size_t at, std::string message) {
    problem_ = {static_cast<uint32_t>(begin_ + at), std::move(message)};
    return false;
  }

  std::string_view text_;
  LiteralProblem& problem_;
  bool raw_ = false, bytes_ = false;
  size_t begin_ = 0, at_ = 0;
  std::string out_;
};

template <class T>
std::optional<T> DecodeWhole(std::string_view token) {
  const bool negative = token.starts_with('-');
  token.remove_prefix(negative ? 1 : 0);
  if (token.ends_with('u') || token.ends_with('U')) token.remove_suffix(1);
  const bool hex = token.starts_with("0x") || token.starts_with("0X");
  if (hex) token.remove_prefix(2);
  uint64_t magnitude = 0;
  const char* end = token.data() + token.size();
  const auto read = std::from_chars(token.data(), end, magnitude, hex ? 16 : 10);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  const auto most = static_cast<uint64_t>(std::numeric_limits<T>::max());
  const bool lowest = negative && std::is_signed_v<T> && magnitude == most + 1;
  if ((magnitude > most && !lowest) || (negative && !std::is_signed_v<T>)) return std::nullopt;
  return negative ? static_cast<T>(0 - magnitude) : static_cast<T>(magnitude);
}

void AppendEscaped(std::string* out, std::string_view text, bool bytes) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const size_t found = std::string_view("\a\b\f\n\r\t\v\\\"").find(c);
    if (found != std::string_view::npos) {
      *out += '\\';
      *out += std::string_view("abfnrtv\\\"")[found];
    } else if (byte < 0x20 || byte == 0x7F || (bytes && byte >= 0x80)) {
      *out += fmt::format("\\x{:02x}", byte);
    } else {
      *out += c;
    }
  }
}

}  // namespace

std::optional<std::string> DecodeQuoted(std::string_view token, LiteralProblem* problem) {
  return Unescape(token, problem).Run();
}

std::optional<int64_t> DecodeInt(std::string_view token) { return DecodeWhole<int64_t>(token); }
std::optional<uint64_t> DecodeUint(std::string_view token) { return DecodeWhole<uint64_t>(token); }

std::optional<double> DecodeDouble(std::string_view token) {
  const bool negative = token.starts_with('-');
  if (negative || token.starts_with('+')) token.remove_prefix(1);
  if (token.empty() || token.front() == '-' || token.front() == '+') return std::nullopt;
  double value = 0;
  const char* end = token.data() + token.size();
  const auto read = std::from_chars(token.data(), end, value);
  if (read.ptr != end || read.ec == std::errc::invalid_argument) return std::nullopt;
  if (read.ec == std::errc::result_out_of_range) {
    // Which end it fell off is told by the sign of the exponent, or of its absence: digits only.
    const size_t exponent = token.find_first_of("eE");
    const bool small = exponent == std::string_view::npos
                           ? token.starts_with("0.") || token.starts_with('.')
                           : token.substr(exponent + 1).starts_with('-');
    value = small ? 0.0 : std::numeric_limits<double>::infinity();
  }
  return negative ? -value : value;
}

std::string EncodeString(std::string_view text) {
  std::string out = "\"";
  AppendEscaped(&out, text, false);
  return out + '"';
}

std::string EncodeBytes(std::string_view bytes) {
  std::string out = "b\"";
  AppendEscaped(&out, bytes, true);
  return out + '"';
}

std::string EncodeDouble(double value) {
  if (std::isinf(value)) return value < 0 ? "-1e999" : "1e999";
  std::string text = DoubleText(value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string DoubleText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  std::array<char, 32> buffer{};
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr};
}

std::string FixedText(double value) {
  if (!std::isfinite(value)) return DoubleText(value);
  std::array<char, 400> buffer{};  // 309 digits before the point, or 17 after 323 zeros
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                       std::chars_format::fixed)
                             .ptr};
}

void AppendCodePoint(std::string* out, uint32_t code_point) {
  const auto put = [&](uint32_t byte) { *out += static_cast<char>(byte); };
  if (code_point < 0x80) return put(code_point);
  if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
  } else {
    if (code_point < 0x10000) {
      put(0xE0 | code_point >> 12);
    } else {
      put(0xF0 | code_point >> 18);
      put(0x80 | (code_point >> 12 & 0x3F));
    }
    put(0x80 | (code_point >> 6 & 0x3F));
  }
  put(0x80 | (code_point & 0x3F));
}

}  // namespace pm::cel
