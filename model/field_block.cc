#include "model/field_block.h"

#include <algorithm>

namespace pm {
namespace {

// At the field's pair; false when there is none.
bool Seek(BlockReader& reader, FieldNumber field) {
  while (reader.Next()) {
    if (reader.field() >= field) return reader.field() == field;
  }
  return false;
}

}  // namespace

void AppendPair(FieldNumber field, const Value& value, std::string* block) {
  const uint32_t number = field.number * 8 + static_cast<uint32_t>(value.type);
  WireWriter writer(block);
  switch (value.type) {
    case Type::kText:
    case Type::kTextList:
      return writer.Bytes(number, value.text);
    case Type::kMissing:
    case Type::kBool:
    case Type::kInt:
    case Type::kDecimal:
    case Type::kInstant:
    case Type::kDuration:
      return writer.Varint(number, ZigZag(value.number));
  }
}

void AppendListItem(std::string* encoded, std::string_view item) {
  WireWriter(encoded).Bytes(1, item);
}

std::vector<std::string_view> ListItems(std::string_view encoded) {
  std::vector<std::string_view> items;
  for (WireReader r(encoded); r.Next();) items.push_back(r.bytes());
  return items;
}

Value FieldBlock::Get(FieldNumber field) const {
  BlockReader reader(*this);
  return Seek(reader, field) ? reader.value() : Value();
}

bool FieldBlock::Has(FieldNumber field) const {
  BlockReader reader(*this);
  return Seek(reader, field);
}

void FieldBlock::Merge(FieldBlock older, FieldBlock newer, std::string* out) {
  out->reserve(out->size() + older.bytes.size() + newer.bytes.size());
  BlockReader a(older);
  BlockReader b(newer);
  bool has_a = a.Next();
  bool has_b = b.Next();
  while (has_a || has_b) {
    if (has_b && (!has_a || b.field() <= a.field())) {
      if (has_a && a.field() == b.field()) has_a = a.Next();
      if (!b.value().missing()) out->append(b.raw());
      has_b = b.Next();
    } else {
      out->append(a.raw());
      has_a = a.Next();
    }
  }
}

void BlockBuilder::Set(FieldNumber field, const Value& value) {
  Begin();
  const size_t begin = encoded_.size();
  AppendPair(field, value, &encoded_);
  Place(field, begin);
}

void BlockBuilder::Set(const BlockReader& pair) {
  Begin();
  const size_t begin = encoded_.size();
  encoded_ += pair.raw();
  Place(pair.field(), begin);
}

void BlockBuilder::Begin() {
  if (!pairs_.empty()) return;
  constexpr size_t kUsualPairs = 16, kUsualBytes = 256;
  pairs_.reserve(kUsualPairs);
  encoded_.reserve(kUsualBytes);
}

// What stands in `encoded_` from `begin` on.
void BlockBuilder::Place(FieldNumber field, size_t begin) {
  const Pair pair{field.number, begin, encoded_.size() - begin};
  // Most come in order.
  const auto it = pairs_.empty() || pairs_.back().number < field.number
                      ? pairs_.end()
                      : std::ranges::lower_bound(pairs_, field.number, {}, &Pair::number);
  if (it != pairs_.end() && it->number == field.number) {
    *it = pair;
  } else {
    pairs_.insert(it, pair);
  }
}

void BlockBuilder::Erase(FieldNumber field) {
  std::erase_if(pairs_, [&](const Pair& p) { return p.number == field.number; });
}

std::string BlockBuilder::Build() const {
  std::string bytes;
  bytes.reserve(encoded_.size());
  for (const Pair& p : pairs_) bytes.append(encoded_, p.begin, p.size);
  return bytes;
}

}  // namespace pm
