// Values of CEL while an expression is evaluated: 16 bytes, copied freely, owning nothing. What
// they point at lives in an arena, a program or the caller's facts, and must outlive them. Doubles
// live in this folder only and leave it as bool, int or fixed point (program.h).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "rules/cel/kind.h"

namespace pm::cel {

struct Value;
struct MapEntry;

// Entries in the order they were made. `index` (null for small maps) is an open-addressed table of
// entry numbers plus one, a power of two in size.
struct MapData {
  const MapEntry* entries = nullptr;
  uint32_t size = 0;
  uint32_t index_mask = 0;
  const uint32_t* index = nullptr;
};

enum class ErrorKind : uint8_t {
  kNoOverload,  // no function for values of these kinds
  kNoSuchKey,
  kUnbound,  // a name that nothing stands behind
  kDivideByZero,
  kOverflow,
  kRange,     // outside of what the type or the index allows
  kArgument,  // malformed text, pattern or format
  kCost,      // the bound on work or memory; never absorbed by && and ||
};

struct EvalError {
  ErrorKind kind = ErrorKind::kNoOverload;
  uint32_t at = 0;  // byte offset in the expression
  std::string_view text;
};

struct Value {
  ValueKind kind = ValueKind::kNull;
  // Bytes of a string, bytes or type name; items of a list; slots of an unknown; nanoseconds of a
  // timestamp or duration (0 up to 999,999,999, also before 1970 and below zero).
  uint32_t size = 0;
  union {
    int64_t integer = 0;  // also whole seconds of a timestamp or duration, rounded down
    uint64_t natural;     // of a bool 0 or 1
    double real;
    const char* bytes;
    const Value* items;  // of a list; of an optional, null for none
    const MapData* map;
    const EvalError* error;
    const uint32_t* slots;  // of an unknown: the variables that are missing, rising
  };

  static Value Null() { return {}; }
  static Value Bool(bool b) {
    Value v{ValueKind::kBool, 0, {}};
    v.natural = b ? 1 : 0;
    return v;
  }
  static Value Int(int64_t i) { return {ValueKind::kInt, 0, {i}}; }
  static Value Uint(uint64_t u) {
    Value v{ValueKind::kUint, 0, {}};
    v.natural = u;
    return v;
  }
  static Value Double(double d) {
    Value v{ValueKind::kDouble, 0, {}};
    v.real = d;
    return v;
  }
  // Text must be valid UTF-8 and below 4 GiB; borrowed.
  static Value String(std::string_view text) { return Text(ValueKind::kString, text); }
  static Value Bytes(std::string_view bytes) { return Text(ValueKind::kBytes, bytes); }
  static Value Type(std::string_view name) { return Text(ValueKind::kType, name); }
  static Value Timestamp(int64_t seconds, uint32_t nanos) {
    return {ValueKind::kTimestamp, nanos, {seconds}};
  }
  static Value Duration(int64_t seconds, uint32_t nanos) {
    return {ValueKind::kDuration, nanos, {seconds}};
  }
  static Value List(std::span<const Value> items) {
    Value v{ValueKind::kList, static_cast<uint32_t>(items.size()), {}};
    v.items = items.data();
    return v;
  }
  static Value Map(const MapData* map) {
    Value v{ValueKind::kMap, map->size, {}};
    v.map = map;
    return v;
  }
  static Value Optional(const Value* value_or_null) {
    Value v{ValueKind::kOptional, 0, {}};
    v.items = value_or_null;
    return v;
  }
  // A binding nothing is known of; evaluation names its slot.
  static Value Missing() { return {ValueKind::kUnknown, 0, {}}; }
  static Value Unknown(std::span<const uint32_t> slots) {
    Value v{ValueKind::kUnknown, static_cast<uint32_t>(slots.size()), {}};
    v.slots = slots.data();
    return v;
  }
  static Value Error(const EvalError* error) {
    Value v{ValueKind::kError, 0, {}};
    v.error = error;
    return v;
  }

  bool boolean() const { return natural != 0; }
  std::string_view text() const { return {bytes, size}; }
  std::span<const Value> list() const { return {items, size}; }
  std::span<const uint32_t> missing() const { return {slots, size}; }
  std::span<const MapEntry> entries() const;
  bool is_error() const { return kind == ValueKind::kError; }
  bool is_unknown() const { return kind == ValueKind::kUnknown; }
  bool is_value() const { return kind < ValueKind::kUnknown; }
  bool is_true() const { return kind == ValueKind::kBool && boolean(); }
  bool is_false() const { return kind == ValueKind::kBool && !boolean(); }
  bool is_number() const {
    return kind == ValueKind::kInt || kind == ValueKind::kUint || kind == ValueKind::kDouble;
  }

 private:
  static Value Text(ValueKind kind, std::string_view text) {
    Value v{kind, static_cast<uint32_t>(text.size()), {}};
    v.bytes = text.data();
    return v;
  }
  friend struct MapEntry;
};

struct MapEntry {
  Value key, value;
};

inline std::span<const MapEntry> Value::entries() const { return {map->entries, map->size}; }

// The name `type(x)` gives: `int`, `google.protobuf.Timestamp`, `list`.
std::string_view TypeName(ValueKind kind);

// Equality of CEL: numbers compare across their types, values of other types are unequal, NaN
// equals nothing. `steps` grows by the values looked at. Neither may be an error or unknown.
bool Equal(const Value& a, const Value& b, uint64_t* steps);

// Order of CEL for booleans, numbers across their types, texts, bytes, timestamps and durations.
enum class Order : uint8_t { kLess, kEqual, kGreater, kUnordered, kNone };  // kNone: no such order
Order Compare(const Value& a, const Value& b);

// The value under a key, or null. A key of a kind that no map can hold is in none.
const Value* Find(const MapData& map, const Value& key);
bool CanBeKey(ValueKind kind);       // bool, int, uint, string
uint64_t KeyHash(const Value& key);  // of a key; equal ones have equal hashes

// The whole number a value stands for, if it is one without loss: how lists are indexed.
std::optional<int64_t> AsIndex(const Value& value);

// For people and tests: `{"a": 1u}`, `timestamp("2026-11-22T00:00:00Z")`, `error: ...`. About
// `max_bytes` at most.
std::string DebugText(const Value& value, size_t max_bytes = 500);

}  // namespace pm::cel
