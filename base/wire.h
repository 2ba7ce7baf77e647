// The byte form of everything stored or sent: Protocol Buffers wire format (varints and
// length-delimited fields; https://protobuf.dev/programming-guides/encoding/). Readers never read
// past their bytes and never throw: damage shows as `ok() == false`.
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace pm {

// Appends `count` bytes, which `write` puts where it is told to. Everything stored or sent goes
// through here byte by byte; a push_back for each would cost several times as much.
template <class F>
void AppendWritten(std::string* out, size_t count, F write) {
  const size_t before = out->size();
  // How much room there is in the end is none of ours.
  out->resize_and_overwrite(before + count, [&](char* bytes, size_t) {
    write(bytes + before);
    return before + count;
  });
}

constexpr size_t VarintBytes(uint64_t value) {
  return (static_cast<size_t>(std::bit_width(value | 1)) + 6) / 7;
}
// Behind its last byte.
inline char* WriteVarint(char* to, uint64_t value) {
  for (; value >= 0x80; value >>= 7) *to++ = static_cast<char>(value | 0x80);
  *to++ = static_cast<char>(value);
  return to;
}
inline void AppendVarint(std::string* out, uint64_t value) {
  AppendWritten(out, VarintBytes(value), [&](char* to) { WriteVarint(to, value); });
}
constexpr uint64_t ZigZag(int64_t v) {
  return (static_cast<uint64_t>(v) << 1) ^ static_cast<uint64_t>(v >> 63);
}
constexpr int64_t UnZigZag(uint64_t v) {
  return static_cast<int64_t>(v >> 1) ^ -static_cast<int64_t>(v & 1);
}

// Reads one varint off the front; false when the bytes end first or it is longer than ten bytes.
bool TakeLongVarint(std::string_view* bytes, uint64_t* value);
inline bool TakeVarint(std::string_view* bytes, uint64_t* value) {
  const auto at = [&](size_t i) { return uint64_t{static_cast<unsigned char>((*bytes)[i])}; };
  if (!bytes->empty() && at(0) < 0x80) {
    *value = at(0);
    bytes->remove_prefix(1);
    return true;
  }
  if (bytes->size() > 1 && at(1) < 0x80) {
    *value = at(1) << 7 | (at(0) & 0x7f);
    bytes->remove_prefix(2);
    return true;
  }
  return TakeLongVarint(bytes, value);
}

enum class WireType : uint8_t { kVarint = 0, kBytes = 2 };

// Appends fields to a string it does not own.
class WireWriter {
 public:
  explicit WireWriter(std::string* out) : out_(out) {}
  void Varint(uint32_t number, uint64_t value) {
    const uint64_t tag = TagOf(number, WireType::kVarint);
    AppendWritten(out_, VarintBytes(tag) + VarintBytes(value),
                  [&](char* to) { WriteVarint(WriteVarint(to, tag), value); });
  }
  void Bytes(uint32_t number, std::string_view bytes) {
    const uint64_t tag = TagOf(number, WireType::kBytes);
    AppendWritten(out_, VarintBytes(tag) + VarintBytes(bytes.size()) + bytes.size(), [&](char* to) {
      to = WriteVarint(WriteVarint(to, tag), bytes.size());
      if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
    });
  }
  // The same of bytes that `append` puts at the end of `out()`, with no copy of them.
  template <class F>
  void Nested(uint32_t number, F append) {
    const uint64_t tag = TagOf(number, WireType::kBytes);
    AppendWritten(out_, VarintBytes(tag) + 1, [&](char* to) { *WriteVarint(to, tag) = '\0'; });
    const size_t begin = out_->size();
    append(out_);
    CloseNested(begin);
  }
  std::string* out() { return out_; }

 private:
  static uint64_t TagOf(uint32_t number, WireType type) {
    return uint64_t{number} << 3 | static_cast<uint8_t>(type);
  }
  // Puts the length of what stands from `begin` on into the byte before, and further ones if
  // needed.
  void CloseNested(size_t begin);

  std::string* out_;
};

// Walks over the fields of borrowed bytes: while (reader.Next()) switch (reader.number()) ...
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}
  bool Next();  // false at the end or at damage
  bool ok() const { return ok_; }
  uint32_t number() const { return number_; }
  WireType type() const { return type_; }
  uint64_t varint() const { return varint_; }        // when type is kVarint
  std::string_view bytes() const { return bytes_; }  // when type is kBytes
  std::string_view rest() const { return rest_; }    // what Next has not read yet

 private:
  std::string_view rest_;
  std::string_view bytes_;
  uint64_t varint_ = 0;
  uint32_t number_ = 0;
  WireType type_ = WireType::kVarint;
  bool ok_ = true;
};

}  // namespace pm
