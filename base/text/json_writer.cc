#include "base/text/json_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/result.h"
#include "base/text/utf8.h"

namespace pm {
namespace {

// Bytes that stand in a string as they are: ASCII but for controls, the quote and the backslash.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

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

// Runs of plain bytes, which is nearly all there is, go over as a whole.
void AppendString(std::string_view text, std::string* out) {
  *out += '"';
  while (!text.empty()) {
    const auto* stop =
        std::ranges::find_if(text, [](char c) { return !kPlain[static_cast<unsigned char>(c)]; });
    const auto plain = static_cast<size_t>(stop - text.begin());
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

void JsonWriter::Key(std::string_view key) {
  PM_CHECK(!closers_.empty() && closers_.back() == '}' && !after_key_);
  if (!empty_) *out_ += ',';
  AppendString(key, out_);
  *out_ += ':';
  empty_ = false;
  after_key_ = true;
}

void JsonWriter::String(std::string_view text) {
  BeforeValue();
  AppendString(text, out_);
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

void JsonWriter::BeforeValue() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  PM_CHECK(closers_.empty() ? empty_ : closers_.back() == ']');
  if (!empty_) *out_ += ',';
  empty_ = false;
}

void JsonWriter::Open(char opener, char closer) {
  BeforeValue();
  *out_ += opener;
  closers_.push_back(closer);
  empty_ = true;
}

void JsonWriter::Close(char closer) {
  PM_CHECK(!closers_.empty() && closers_.back() == closer && !after_key_);
  *out_ += closer;
  closers_.pop_back();
  empty_ = false;
}

std::string JsonString(std::string_view text) {
  std::string out;
  AppendString(text, &out);
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
