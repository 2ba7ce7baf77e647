// Writes JSON (RFC 8259) straight into a string: compact, in the order of the calls, the same bytes
// for the same calls. It does not look for double keys. One thread at a time.
#pragma once
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/wire.h"

namespace pm {

class JsonWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit JsonWriter(std::string* out) : out_(out) {}

  void BeginObject() { Open('{', true); }
  void EndObject() { Close('}', true); }
  void BeginArray() { Open('[', false); }
  void EndArray() { Close(']', false); }
  // Inside an object, before each value.
  void Key(std::string_view key);
  // The same of a key that is known to be plain, as all names are that we declare.
  void PlainKey(std::string_view key);

  // Invalid UTF-8 becomes U+FFFD, byte by byte.
  void String(std::string_view text);
  // The same of a text that is known to be plain: ids, times.
  void Plain(std::string_view text);
  void Int(int64_t value);
  void Bool(bool value);
  void Null();
  // A decimal held in millionths, exact and shortest: 12'500'000 is written 12.5.
  void Micros(int64_t micros);
  // One whole JSON value, trusted as it stands.
  void Raw(std::string_view json);

  void Field(std::string_view key, std::string_view text) { Key(key), String(text); }
  void Field(std::string_view key, const char* text) { Key(key), String(text); }
  template <std::same_as<bool> B>
  void Field(std::string_view key, B value) {
    Key(key), Bool(value);
  }
  template <std::integral N>
    requires(!std::same_as<N, bool> && !std::same_as<N, uint64_t>)
  void Field(std::string_view key, N value) {
    Key(key), Int(static_cast<int64_t>(value));
  }

  // Plain key and value, the value by `write`; neither when it wrote an empty object.
  template <class F>
  void FieldUnlessEmpty(std::string_view key, F write) {
    const size_t before = out_->size();
    const bool was_empty = empty_;
    PlainKey(key);
    const size_t value = out_->size();
    write(*this);
    if (std::string_view(*out_).substr(value) != "{}") return;
    out_->resize(before);
    empty_ = was_empty;
  }

  // Every bracket is closed and a value was written.
  bool complete() const { return depth_ == 0 && !empty_; }

 private:
  static constexpr uint32_t kMaxDepth = 64;
  void BeforeValue() {
    if (after_key_) {
      after_key_ = false;
      return;
    }
    PM_CHECK(depth_ == 0 ? empty_ : !is_object());
    if (!empty_) *out_ += ',';
    empty_ = false;
  }
  void BeforeKey() {
    PM_CHECK(is_object() && !after_key_);
    after_key_ = true;
  }
  void Open(char opener, bool object) {
    BeforeValue();
    *out_ += opener;
    PM_CHECK(depth_ < kMaxDepth);
    objects_ = objects_ << 1 | (object ? 1 : 0);
    ++depth_;
    empty_ = true;
  }
  void Close(char closer, bool object) {
    PM_CHECK(depth_ > 0 && is_object() == object && !after_key_);
    *out_ += closer;
    objects_ >>= 1;
    --depth_;
    empty_ = false;
  }
  bool is_object() const { return (objects_ & 1) != 0; }

  std::string* out_;
  uint64_t objects_ = 0;  // a bit for each open bracket, the innermost lowest: it is an object
  uint32_t depth_ = 0;
  bool empty_ = true;       // nothing yet in the innermost bracket
  bool after_key_ = false;  // the next value needs no comma
};

// `text` as a JSON string with its quotes.
std::string JsonString(std::string_view text);
void AppendJsonString(std::string_view text, std::string* out);
// 12'500'000 -> "12.5".
std::string MicrosText(int64_t micros);

}  // namespace pm
