#include "rules/cel/value.h"

#include <cmath>
#include <compare>

#include "base/ids.h"

namespace pm::cel {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0, kTwoTo64 = 18446744073709551616.0;

Order From(std::strong_ordering order) {
  return order < 0 ? Order::kLess : order > 0 ? Order::kGreater : Order::kEqual;
}

Order CompareDoubles(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return Order::kUnordered;
  return a < b ? Order::kLess : a > b ? Order::kGreater : Order::kEqual;
}

// A double against a whole number, the way every CEL does it: outside the type's range it is
// beyond, inside it the whole number is rounded to a double.
Order CompareDoubleToWhole(double a, const Value& b) {
  if (std::isnan(a)) return Order::kUnordered;
  if (b.kind == ValueKind::kInt) {
    if (a < -kTwoTo63) return Order::kLess;
    return a > kTwoTo63 ? Order::kGreater : CompareDoubles(a, static_cast<double>(b.integer));
  }
  if (a < 0) return Order::kLess;
  return a > kTwoTo64 ? Order::kGreater : CompareDoubles(a, static_cast<double>(b.natural));
}

Order Reverse(Order order) {
  if (order == Order::kLess) return Order::kGreater;
  return order == Order::kGreater ? Order::kLess : order;
}

Order CompareNumbers(const Value& a, const Value& b) {
  if (a.kind == ValueKind::kDouble) {
    return b.kind == ValueKind::kDouble ? CompareDoubles(a.real, b.real)
                                        : CompareDoubleToWhole(a.real, b);
  }
  if (b.kind == ValueKind::kDouble) return Reverse(CompareDoubleToWhole(b.real, a));
  if (a.kind == b.kind) {
    return a.kind == ValueKind::kInt ? From(a.integer <=> b.integer)
                                     : From(a.natural <=> b.natural);
  }
  if (a.kind == ValueKind::kInt) {
    return a.integer < 0 ? Order::kLess : From(static_cast<uint64_t>(a.integer) <=> b.natural);
  }
  return b.integer < 0 ? Order::kGreater : From(a.natural <=> static_cast<uint64_t>(b.integer));
}

bool EqualMaps(const MapData& a, const MapData& b, uint64_t* steps) {
  if (a.size != b.size) return false;
  for (const MapEntry& entry : std::span(a.entries, a.size)) {
    const Value* other = Find(b, entry.key);
    if (other == nullptr || !Equal(entry.value, *other, steps)) return false;
  }
  return true;
}

bool EqualLists(std::span<const Value> a, std::span<const Value> b, uint64_t* steps) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!Equal(a[i], b[i], steps)) return false;
  }
  return true;
}

}  // namespace

std::string_view TypeName(ValueKind kind) {
  switch (kind) {
    case ValueKind::kNull:
      return "null_type";
    case ValueKind::kBool:
      return "bool";
    case ValueKind::kInt:
      return "int";
    case ValueKind::kUint:
      return "uint";
    case ValueKind::kDouble:
      return "double";
    case ValueKind::kString:
      return "string";
    case ValueKind::kBytes:
      return "bytes";
    case ValueKind::kTimestamp:
      return "google.protobuf.Timestamp";
    case ValueKind::kDuration:
      return "google.protobuf.Duration";
    case ValueKind::kList:
      return "list";
    case ValueKind::kMap:
      return "map";
    case ValueKind::kType:
      return "type";
    case ValueKind::kOptional:
      return "optional_type";
    case ValueKind::kDecimal:
      return "decimal";
    case ValueKind::kMessage:
      return "message";
    case ValueKind::kUnknown:
      return "unknown";
    case ValueKind::kError:
      return "error";
  }
  return "";
}

bool Equal(const Value& a, const Value& b, uint64_t* steps) {
  ++*steps;
  if (a.is_number() && b.is_number()) return CompareNumbers(a, b) == Order::kEqual;
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case ValueKind::kNull:
      return true;
    case ValueKind::kBool:
      return a.boolean() == b.boolean();
    case ValueKind::kString:
    case ValueKind::kBytes:
    case ValueKind::kType:
      return a.text() == b.text();
    case ValueKind::kTimestamp:
    case ValueKind::kDuration:
      return a.integer == b.integer && a.size == b.size;
    case ValueKind::kList:
      return EqualLists(a.list(), b.list(), steps);
    case ValueKind::kMap:
      return EqualMaps(*a.map, *b.map, steps);
    case ValueKind::kOptional:
      if (a.items == nullptr || b.items == nullptr) return a.items == b.items;
      return Equal(*a.items, *b.items, steps);
    case ValueKind::kInt:
    case ValueKind::kUint:
    case ValueKind::kDouble:
    case ValueKind::kMessage:
    case ValueKind::kDecimal:
    case ValueKind::kUnknown:
    case ValueKind::kError:
      break;
  }
  return false;
}

Order Compare(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return CompareNumbers(a, b);
  if (a.kind != b.kind) return Order::kNone;
  if (a.kind == ValueKind::kBool) return From(a.boolean() <=> b.boolean());
  if (a.kind == ValueKind::kString || a.kind == ValueKind::kBytes) {
    return From(a.text() <=> b.text());
  }
  if (a.kind == ValueKind::kTimestamp || a.kind == ValueKind::kDuration) {
    return a.integer != b.integer ? From(a.integer <=> b.integer) : From(a.size <=> b.size);
  }
  return Order::kNone;
}

bool CanBeKey(ValueKind kind) {
  return kind == ValueKind::kBool || kind == ValueKind::kInt || kind == ValueKind::kUint ||
         kind == ValueKind::kString;
}

uint64_t KeyHash(const Value& key) {
  if (key.kind == ValueKind::kString) return Hash64(key.text());
  const uint64_t bits = (key.kind == ValueKind::kBool ? uint64_t{key.boolean()} + 2 : key.natural) *
                        0x9E3779B97F4A7C15u;
  return bits ^ bits >> 32;
}

const Value* Find(const MapData& map, const Value& key) {
  if (key.kind == ValueKind::kDouble) {
    if (const auto whole = AsIndex(key)) return Find(map, Value::Int(*whole));
    const bool natural = key.real >= kTwoTo63 && key.real < kTwoTo64;
    return natural ? Find(map, Value::Uint(static_cast<uint64_t>(key.real))) : nullptr;
  }
  if (!CanBeKey(key.kind)) return nullptr;
  uint64_t steps = 0;
  if (map.index == nullptr) {
    for (const MapEntry& entry : std::span(map.entries, map.size)) {
      if (Equal(entry.key, key, &steps)) return &entry.value;
    }
    return nullptr;
  }
  for (auto slot = static_cast<uint32_t>(KeyHash(key)) & map.index_mask; map.index[slot] != 0;
       slot = (slot + 1) & map.index_mask) {
    const MapEntry& entry = map.entries[map.index[slot] - 1];
    if (Equal(entry.key, key, &steps)) return &entry.value;
  }
  return nullptr;
}

std::optional<int64_t> AsIndex(const Value& value) {
  if (value.kind == ValueKind::kInt) return value.integer;
  if (value.kind == ValueKind::kUint) {
    if (value.natural > INT64_MAX) return std::nullopt;
    return static_cast<int64_t>(value.natural);
  }
  if (value.kind != ValueKind::kDouble || value.real < -kTwoTo63 || value.real >= kTwoTo63 ||
      value.real != std::trunc(value.real)) {
    return std::nullopt;
  }
  return static_cast<int64_t>(value.real);
}

}  // namespace pm::cel
