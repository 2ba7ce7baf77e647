#include "model/field_block.h"

#include <algorithm>

namespace pm {
namespace {

void EncodePair(FieldNumber field, const Value& value, std::string* out) {
  const uint32_t number = field.number * 8 + static_cast<uint32_t>(value.type);
  WireWriter writer(out);
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

Value ValueAt(const WireReader& reader) {
  Value value;
  value.type = static_cast<Type>(reader.number() % 8);
  if (reader.type() == WireType::kBytes) {
    value.text = reader.bytes();
  } else {
    value.number = UnZigZag(reader.varint());
  }
  return value;
}

// At the field's pair; false when there is none.
bool Seek(WireReader& reader, FieldNumber field) {
  while (reader.Next()) {
    if (reader.number() / 8 >= field.number) return reader.number() / 8 == field.number;
  }
  return false;
}

}  // namespace

void AppendListItem(std::string* encoded, std::string_view item) {
  WireWriter(encoded).Bytes(1, item);
}

std::vector<std::string_view> ListItems(std::string_view encoded) {
  std::vector<std::string_view> items;
  for (WireReader r(encoded); r.Next();) items.push_back(r.bytes());
  return items;
}

bool BlockReader::Next() {
  const std::string_view before = reader_.rest();
  if (!reader_.Next()) return false;
  raw_ = before.substr(0, before.size() - reader_.rest().size());
  field_.number = reader_.number() / 8;
  value_ = ValueAt(reader_);
  return true;
}

Value FieldBlock::Get(FieldNumber field) const {
  WireReader reader(bytes);
  return Seek(reader, field) ? ValueAt(reader) : Value();
}

bool FieldBlock::Has(FieldNumber field) const {
  WireReader reader(bytes);
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
  if (pairs_.empty()) {
    constexpr size_t kUsualPairs = 16, kUsualBytes = 256;
    pairs_.reserve(kUsualPairs);
    encoded_.reserve(kUsualBytes);
  }
  Pair pair{field.number, encoded_.size(), 0};
  EncodePair(field, value, &encoded_);
  pair.size = encoded_.size() - pair.begin;
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
