// The one data form from JSON to disk: sorted (field number, value) pairs in wire format. A key is
// `field number * 8 + type`, so a block can be read without the declarations it was written under.
// Texts are bytes; everything else is a zigzag varint; a text list is a nested block of texts; an
// explicit null (`kMissing`) says "clear this field" and does not survive a merge.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/time/instant.h"
#include "model/fields.h"

namespace pm {

// One value; texts and lists are borrowed from the block they were read from.
struct Value {
  Type type = Type::kMissing;
  int64_t number = 0;     // bool, int, decimal (10^-6), instant (ms), duration (ms)
  std::string_view text;  // text; for a list its encoded items (see ListItems)

  static Value Bool(bool b) { return {Type::kBool, b ? 1 : 0, {}}; }
  static Value Int(int64_t n) { return {Type::kInt, n, {}}; }
  static Value Decimal(int64_t micros) { return {Type::kDecimal, micros, {}}; }
  static Value Text(std::string_view t) { return {Type::kText, 0, t}; }
  static Value List(std::string_view encoded) { return {Type::kTextList, 0, encoded}; }
  static Value At(Instant t) { return {Type::kInstant, t.ms, {}}; }
  static Value Length(Duration d) { return {Type::kDuration, d.ms, {}}; }

  bool missing() const { return type == Type::kMissing; }
  bool operator==(const Value&) const = default;
};

void AppendListItem(std::string* encoded, std::string_view item);
std::vector<std::string_view> ListItems(std::string_view encoded);

struct FieldBlock {
  std::string_view bytes;

  FieldBlock() = default;
  explicit FieldBlock(std::string_view b) : bytes(b) {}
  explicit FieldBlock(const BlockBytes& b) : bytes(b.bytes) {}

  Value Get(FieldNumber field) const;  // kMissing when absent or null
  std::string_view Text(FieldNumber field) const { return Get(field).text; }  // empty when absent
  bool Has(FieldNumber field) const;  // present, also as an explicit null
  bool empty() const { return bytes.empty(); }

  // Newer values win, nulls clear; a merge-join of the two.
  static void Merge(FieldBlock older, FieldBlock newer, std::string* out);
};

// Walks a block in field order: for (BlockReader r(block); r.Next();) r.field(), r.value().
class BlockReader {
 public:
  explicit BlockReader(FieldBlock block) : reader_(block.bytes), pair_(block.bytes.data()) {}
  bool Next() {
    pair_ = reader_.at();
    return reader_.Next();
  }
  FieldNumber field() const { return {reader_.number() / 8}; }
  Value value() const {
    const auto type = static_cast<Type>(reader_.number() % 8);
    if (reader_.type() == WireType::kBytes) return {type, 0, reader_.bytes()};
    return {type, UnZigZag(reader_.varint()), {}};
  }
  // The pair as it stands in the block.
  std::string_view raw() const { return {pair_, static_cast<size_t>(reader_.at() - pair_)}; }
  bool ok() const { return reader_.ok(); }

 private:
  WireReader reader_;
  const char* pair_;
};

// Of a block that is written in field order.
void AppendPair(FieldNumber field, const Value& value, std::string* block);

// Collects pairs in any order; the last value set for a field wins. Owns what it is given.
class BlockBuilder {
 public:
  void Set(FieldNumber field, const Value& value);  // kMissing: an explicit null
  void Set(const BlockReader& pair);                // the one that it is at
  void Erase(FieldNumber field);
  std::string Build() const;

 private:
  struct Pair {
    uint32_t number;
    size_t begin, size;  // in encoded_
  };
  void Begin();
  void Place(FieldNumber field, size_t begin);
  std::vector<Pair> pairs_;  // sorted by number
  std::string encoded_;      // in the order in which they were set; what was replaced stays behind
};

}  // namespace pm
