// Texts, bytes and numbers as they are written in an expression, both ways. Pure; any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pm::cel {

// Where a literal is malformed, from its first byte, and why.
struct LiteralProblem {
  uint32_t at = 0;
  std::string message;
};

// The content of a quoted token with its prefix and quotes. Strings come out as valid UTF-8;
// escapes of bytes are octets. Nothing if a LiteralProblem was set.
std::optional<std::string> DecodeQuoted(std::string_view token, LiteralProblem* problem);

// `-?` digits or `0x` hex digits, `u` at the end of a uint. Nothing when it does not fit.
std::optional<int64_t> DecodeInt(std::string_view token);
std::optional<uint64_t> DecodeUint(std::string_view token);
// Correctly rounded. What is too large is infinite, too small is zero, as everywhere in CEL.
std::optional<double> DecodeDouble(std::string_view token);

// A literal that reads back as the same value.
std::string EncodeString(std::string_view text);
std::string EncodeBytes(std::string_view bytes);
std::string EncodeDouble(double value);  // not for NaN, which has no literal

// The shortest text that reads back as the same number: `0.1`, `1e+06`, `-Infinity`, `NaN`.
std::string DoubleText(double value);
// The same without an exponent.
std::string FixedText(double value);

// Appends a code point in UTF-8.
void AppendCodePoint(std::string* out, uint32_t code_point);

}  // namespace pm::cel
