// One `Describe` a struct: number, name, member, meaning. The wire codec here, JSON, JSON Schema
// and reference docs elsewhere are visitors of it, so a struct is written down once.
//
//   struct Seen {
//     Instant at; std::string page;
//     template <class V> static void Describe(V& v) {
//       v.Field(1, "at", &Seen::at, "When.");
//       v.Field(2, "page", &Seen::page, "Which page.");
//     }
//   };
//
// Numbers are stored: never reuse one. Members that equal their default are not written, so a new
// member with a default reads old bytes as they were meant.
#pragma once
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time/instant.h"
#include "base/wire.h"

namespace pm {

namespace describe_internal {
struct Probe {
  template <class... A>
  void Field(A&&...) {}
};
template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
}  // namespace describe_internal

template <class T>
concept Described = requires(describe_internal::Probe& p) { T::Describe(p); };

// Bytes that are themselves in wire form: a field block at rest.
struct BlockBytes {
  std::string bytes;
  bool operator==(const BlockBytes&) const = default;
};

// A scalar travels as one varint or one byte string; these say how.
template <class T>
concept VarintScalar = std::integral<T> || std::is_enum_v<T> || std::same_as<T, Instant> ||
                       std::same_as<T, Duration> || std::same_as<T, HomeId>;

template <VarintScalar T>
uint64_t ToVarint(const T& value) {
  if constexpr (std::same_as<T, Instant> || std::same_as<T, Duration>) {
    return ZigZag(value.ms);
  } else if constexpr (std::same_as<T, HomeId>) {
    return value.hash;
  } else if constexpr (std::is_enum_v<T>) {
    return static_cast<uint64_t>(value);
  } else if constexpr (std::is_signed_v<T>) {
    return ZigZag(value);
  } else {
    return value;
  }
}

template <VarintScalar T>
T FromVarint(uint64_t raw) {
  if constexpr (std::same_as<T, Instant> || std::same_as<T, Duration>) {
    return T{UnZigZag(raw)};
  } else if constexpr (std::same_as<T, HomeId>) {
    return T{raw};
  } else if constexpr (std::is_signed_v<T> && !std::is_enum_v<T>) {
    return static_cast<T>(UnZigZag(raw));
  } else {
    return static_cast<T>(raw);
  }
}

// Ids travel as their big-endian bytes. Decoding false means damage.
void EncodeId(const EventId& id, std::string* out);
void EncodeId(const ContentHash& id, std::string* out);
void EncodeId(const PersonId& id, std::string* out);
void EncodeId(const LeadId& id, std::string* out);
void EncodeId(const AssignmentId& id, std::string* out);
bool DecodeId(std::string_view bytes, EventId* id);
bool DecodeId(std::string_view bytes, ContentHash* id);
bool DecodeId(std::string_view bytes, PersonId* id);
bool DecodeId(std::string_view bytes, LeadId* id);
bool DecodeId(std::string_view bytes, AssignmentId* id);
template <class T>
concept IdScalar = requires(const T& id, std::string* out) { EncodeId(id, out); };

template <Described T>
void Encode(const T& object, std::string* out);
template <Described T>
[[nodiscard]] bool Decode(std::string_view bytes,
                          T* object);  // false: damage; *object is then undefined

template <Described T>
std::string Encoded(const T& object) {
  constexpr size_t kUsualBytes = 512;
  std::string out;
  out.reserve(kUsualBytes);
  Encode(object, &out);
  return out;
}

namespace describe_internal {

template <class T>
void EncodeOne(uint32_t number, const T& value, WireWriter& w) {
  if constexpr (VarintScalar<T>) {
    w.Varint(number, ToVarint(value));
  } else if constexpr (std::same_as<T, std::string>) {
    w.Bytes(number, value);
  } else if constexpr (std::same_as<T, BlockBytes>) {
    w.Bytes(number, value.bytes);
  } else if constexpr (IdScalar<T>) {
    w.Nested(number, [&](std::string* out) { EncodeId(value, out); });
  } else {
    static_assert(Described<T>, "a member needs a scalar type or a Describe");
    w.Nested(number, [&](std::string* out) { Encode(value, out); });
  }
}

template <class T>
bool DecodeOne(const WireReader& r, T* value) {
  if constexpr (VarintScalar<T>) {
    if (r.type() != WireType::kVarint) return false;
    *value = FromVarint<T>(r.varint());
    return true;
  } else {
    if (r.type() != WireType::kBytes) return false;
    if constexpr (std::same_as<T, std::string>) {
      *value = std::string(r.bytes());  // cheaper than to assign, and mostly there was nothing
      return true;
    } else if constexpr (std::same_as<T, BlockBytes>) {
      value->bytes = std::string(r.bytes());
      return true;
    } else if constexpr (IdScalar<T>) {
      return DecodeId(r.bytes(), value);
    } else {
      return Decode(r.bytes(), value);
    }
  }
}

template <class T>
struct Encoder {
  const T& object;
  WireWriter writer;
  template <class M, class C>
  void Field(uint32_t number, std::string_view, M C::* member, std::string_view) {
    const M& value = object.*member;
    if constexpr (kIsVector<M>) {
      for (const auto& one : value) EncodeOne(number, one, writer);
    } else if constexpr (kIsOptional<M>) {
      if (value) EncodeOne(number, *value, writer);
    } else if constexpr (Described<M>) {
      const size_t before = writer.out()->size();
      bool empty = false;
      writer.Nested(number, [&](std::string* out) {
        const size_t begin = out->size();
        Encode(value, out);
        empty = out->size() == begin;
      });
      if (empty) writer.out()->resize(before);
    } else {
      static const T kDefault{};
      if (!(value == kDefault.*member)) EncodeOne(number, value, writer);
    }
  }
};

// Takes what the reader is at as often as it is the member's turn. Members are written in the order
// in which they are described, so that one round takes all; what came in another order, or is of no
// member, is for the next.
template <class T>
struct Decoder {
  T* object;
  WireReader* reader;
  bool more;  // the reader is at a field
  bool ok = true;
  template <class M, class C>
  void Field(uint32_t number, std::string_view, M C::* member, std::string_view) {
    while (more && reader->number() == number) {
      M& target = object->*member;
      if constexpr (kIsVector<M>) {
        ok = DecodeOne(*reader, &target.emplace_back());
      } else if constexpr (kIsOptional<M>) {
        ok = DecodeOne(*reader, &target.emplace());
      } else {
        ok = DecodeOne(*reader, &target);
      }
      more = ok && reader->Next();
    }
  }
};

}  // namespace describe_internal

template <Described T>
void Encode(const T& object, std::string* out) {
  describe_internal::Encoder<T> encoder{object, WireWriter(out)};
  T::Describe(encoder);
}

template <Described T>
bool Decode(std::string_view bytes, T* object) {
  WireReader reader(bytes);
  describe_internal::Decoder<T> decoder{object, &reader, reader.Next()};
  while (decoder.more) {
    const char* before = reader.at();
    T::Describe(decoder);
    if (!decoder.ok) return false;
    // Nobody's: written by a later version, or by an earlier one.
    if (decoder.more && reader.at() == before) decoder.more = reader.Next();
  }
  return decoder.ok && reader.ok();
}

}  // namespace pm
