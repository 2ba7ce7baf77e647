// The byte form of everything stored or sent: Protocol Buffers wire format (varints and
// length-delimited fields; https://protobuf.dev/programming-guides/encoding/). Readers never read
// past their bytes and never throw: damage shows as `ok() == false`.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace pm {

inline void AppendVarint(std::string* out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<char>(value | 0x80));
  out->push_back(static_cast<char>(value));
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
  if (bytes->empty() || static_cast<unsigned char>(bytes->front()) >= 0x80)
    return TakeLongVarint(bytes, value);
  *value = static_cast<unsigned char>(bytes->front());
  bytes->remove_prefix(1);
  return true;
}

enum class WireType : uint8_t { kVarint = 0, kBytes = 2 };

// Appends fields to a string it does not own.
class WireWriter {
 public:
  explicit WireWriter(std::string* out) : out_(out) {}
  void Varint(uint32_t number, uint64_t value) {
    AppendVarint(out_, uint64_t{number} << 3 | static_cast<uint8_t>(WireType::kVarint));
    AppendVarint(out_, value);
  }
  void Bytes(uint32_t number, std::string_view bytes) {
    AppendVarint(out_, uint64_t{number} << 3 | static_cast<uint8_t>(WireType::kBytes));
    AppendVarint(out_, bytes.size());
    out_->append(bytes);
  }
  // The same of bytes that `append` puts at the end of `out()`, with no copy of them.
  template <class F>
  void Nested(uint32_t number, F append) {
    AppendVarint(out_, uint64_t{number} << 3 | static_cast<uint8_t>(WireType::kBytes));
    out_->push_back('\0');
    const size_t begin = out_->size();
    append(out_);
    CloseNested(begin);
  }
  std::string* out() { return out_; }

 private:
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
