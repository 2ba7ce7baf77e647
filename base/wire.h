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

// Reads one varint off the front of [*at, end); false when the bytes end first or it is longer than
// ten bytes.
bool TakeLongVarint(const char** at, const char* end, uint64_t* value);
inline bool TakeVarint(const char** at, const char* end, uint64_t* value) {
  const char* p = *at;
  const auto byte = [&](size_t i) { return uint64_t{static_cast<unsigned char>(p[i])}; };
  if (end - p > 1) [[likely]] {
    if (byte(0) < 0x80) {
      *value = byte(0);
      *at = p + 1;
      return true;
    }
    if (byte(1) < 0x80) {
      *value = byte(1) << 7 | (byte(0) & 0x7f);
      *at = p + 2;
      return true;
    }
  }
  return TakeLongVarint(at, end, value);
}
inline bool TakeVarint(std::string_view* bytes, uint64_t* value) {
  const char* at = bytes->data();
  if (!TakeVarint(&at, bytes->data() + bytes->size(), value)) return false;
  bytes->remove_prefix(static_cast<size_t>(at - bytes->data()));
  return true;
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
  explicit WireReader(std::string_view bytes)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}
  // False at the end or at damage. All that is stored, sent or decided on is read by it, so it
  // stands here, to become part of its callers' loops.
  bool Next() {
    if (at_ == end_) return false;
    uint64_t tag = 0;
    if (!TakeVarint(&at_, end_, &tag) || tag >> 3 == 0 || tag >> 3 > 0x1fffffff) return Damaged();
    number_ = static_cast<uint32_t>(tag >> 3);
    type_ = static_cast<WireType>(tag & 7);
    if (!TakeVarint(&at_, end_, &varint_)) return Damaged();
    if (type_ == WireType::kVarint) return true;
    if (type_ != WireType::kBytes || varint_ > static_cast<size_t>(end_ - at_)) return Damaged();
    bytes_ = at_;
    at_ += varint_;
    return true;
  }
  bool ok() const { return ok_; }
  uint32_t number() const { return number_; }
  WireType type() const { return type_; }
  uint64_t varint() const { return varint_; }                   // when type is kVarint
  std::string_view bytes() const { return {bytes_, varint_}; }  // when type is kBytes
  const char* at() const { return at_; }                        // behind what Next has read

 private:
  bool Damaged() {
    at_ = end_;
    return ok_ = false;
  }

  const char* at_;
  const char* end_;
  const char* bytes_ = nullptr;
  uint64_t varint_ = 0;  // or how many bytes
  uint32_t number_ = 0;
  WireType type_ = WireType::kVarint;
  bool ok_ = true;
};

}  // namespace pm
