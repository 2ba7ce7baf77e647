#include "base/text/json_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/text/utf8.h"

namespace pm {
namespace {

// Bytes that stand in a string as they are: ASCII but for controls, the quote and the backslash.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

// The same of eight bytes at once. A byte that is not plain sets its upper bit in one of the four
// terms; what a borrow may set beside it only makes the answer no where it is no already.
inline bool AllPlain(uint64_t bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101, kUpper = 0x80 * kOnes;
  const uint64_t quote = bytes ^ ('"' * kOnes), backslash = bytes ^ ('\\' * kOnes);
  return ((bytes | (bytes - 0x20 * kOnes) | (quote - kOnes) | (backslash - kOnes)) & kUpper) == 0;
}

template <class N>
inline N Load(const char* from) {
  N number = 0;
  std::memcpy(&number, from, sizeof number);
  return number;
}

// How many bytes at the front are plain. The last bytes of a text are looked at together with some
// that were looked at before.
size_t PlainBytes(std::string_view text) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  size_t n = 0;
  if (text.size() >= 8) {
    while (n + 8 <= text.size() && AllPlain(Load<uint64_t>(begin + n))) n += 8;
    if (n + 8 > text.size() && AllPlain(Load<uint64_t>(end - 8))) return text.size();
  } else if (text.size() >= 4) {
    const uint64_t both = Load<uint32_t>(begin) | uint64_t{Load<uint32_t>(end - 4)} << 32;
    if (AllPlain(both)) return text.size();
  }
  while (n < text.size() && kPlain[static_cast<unsigned char>(text[n])]) ++n;
  return n;
}

void AppendQuoted(std::string_view text, std::string* out) {
  AppendWritten(out, text.size() + 2, [&](char* to) {
    *to++ = '"';
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    to[text.size()] = '"';
  });
}

void AppendEscaped(char c, std::string* out) {
  switch (c) {
    case '"':
      *out += "\\\"";
      break;
    case '\\':
      *out += "\\\\";
      break;
    case '\b':
      *out += "\\b";
      break;
    case '\f':
      *out += "\\f";
      break;
    case '\n':
      *out += "\\n";
      break;
    case '\r':
      *out += "\\r";
      break;
    case '\t':
      *out += "\\t";
      break;
    default:
      *out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
  }
}

void AppendUnplain(std::string_view text, std::string* out) {
  *out += '"';
  for (;;) {
    const size_t plain = PlainBytes(text);
    out->append(text.data(), plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    if (static_cast<unsigned char>(text[0]) < 0x80) {
      AppendEscaped(text[0], out);
      text.remove_prefix(1);
    } else if (const size_t length = Utf8SequenceLength(text); length > 0) {
      out->append(text.data(), length);
      text.remove_prefix(length);
    } else {
      *out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
    }
  }
  *out += '"';
}

}  // namespace

// What is plain throughout, which is nearly all there is, goes over as a whole.
void AppendJsonString(std::string_view text, std::string* out) {
  if (PlainBytes(text) != text.size()) return AppendUnplain(text, out);
  AppendQuoted(text, out);
}

void JsonWriter::Key(std::string_view key) {
  if (PlainBytes(key) == key.size()) return PlainKey(key);
  BeforeKey();
  if (!std::exchange(empty_, false)) *out_ += ',';
  AppendUnplain(key, out_);
  *out_ += ':';
}

void JsonWriter::PlainKey(std::string_view key) {
  BeforeKey();
  const size_t comma = std::exchange(empty_, false) ? 0 : 1;
  AppendWritten(out_, comma + key.size() + 3, [&](char* to) {
    *to = ',';
    to += comma;
    *to++ = '"';
    std::memcpy(to, key.data(), key.size());
    to += key.size();
    *to++ = '"';
    *to = ':';
  });
}

void JsonWriter::String(std::string_view text) {
  BeforeValue();
  AppendJsonString(text, out_);
}

void JsonWriter::Plain(std::string_view text) {
  BeforeValue();
  AppendQuoted(text, out_);
}

void JsonWriter::Int(int64_t value) {
  BeforeValue();
  const fmt::format_int digits(value);
  out_->append(digits.data(), digits.size());
}

void JsonWriter::Bool(bool value) {
  BeforeValue();
  *out_ += value ? "true" : "false";
}

void JsonWriter::Null() {
  BeforeValue();
  *out_ += "null";
}

void JsonWriter::Micros(int64_t micros) {
  BeforeValue();
  *out_ += MicrosText(micros);
}

void JsonWriter::Raw(std::string_view json) {
  BeforeValue();
  *out_ += json;
}

std::string JsonString(std::string_view text) {
  std::string out;
  AppendJsonString(text, &out);
  return out;
}

std::string MicrosText(int64_t micros) {
  const bool negative = micros < 0;
  const uint64_t size =
      negative ? 0 - static_cast<uint64_t>(micros) : static_cast<uint64_t>(micros);
  std::string text =
      fmt::format("{}{}.{:06}", negative ? "-" : "", size / 1'000'000, size % 1'000'000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace pm
