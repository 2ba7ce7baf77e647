// Writes JSON (RFC 8259) straight into a string: compact, in the order of the calls, the same bytes
// for the same calls. It does not look for double keys. One thread at a time.
#pragma once
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace pm {

class JsonWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit JsonWriter(std::string* out) : out_(out) {}

  void BeginObject() { Open('{', '}'); }
  void EndObject() { Close('}'); }
  void BeginArray() { Open('[', ']'); }
  void EndArray() { Close(']'); }
  // Inside an object, before each value.
  void Key(std::string_view key);

  // Invalid UTF-8 becomes U+FFFD, byte by byte.
  void String(std::string_view text);
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

  // Key and value, the value by `write`; neither when it wrote an empty object.
  template <class F>
  void FieldUnlessEmpty(std::string_view key, F write) {
    const size_t before = out_->size();
    const bool was_empty = empty_;
    Key(key);
    const size_t value = out_->size();
    write(*this);
    if (std::string_view(*out_).substr(value) != "{}") return;
    out_->resize(before);
    empty_ = was_empty;
  }

  // Every bracket is closed and a value was written.
  bool complete() const { return closers_.empty() && !empty_; }

 private:
  void BeforeValue();
  void Open(char opener, char closer);
  void Close(char closer);

  std::string* out_;
  std::string closers_;     // of the open brackets; short enough to need no memory
  bool empty_ = true;       // nothing yet in the innermost bracket
  bool after_key_ = false;  // the next value needs no comma
};

// `text` as a JSON string with its quotes.
std::string JsonString(std::string_view text);
// 12'500'000 -> "12.5".
std::string MicrosText(int64_t micros);

}  // namespace pm
