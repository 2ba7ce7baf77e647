// The units in which work is counted, while evaluating and, as a bound, before. One unit is about
// one step of the evaluator: a node, or kBytesPerUnit bytes or items looked at.
#pragma once
#include <cstdint>
#include <span>

#include "rules/cel/functions.h"
#include "rules/cel/value.h"

namespace pm::cel {

inline constexpr uint64_t kBytesPerUnit = 16;

constexpr uint64_t SaturatingAdd(uint64_t a, uint64_t b) { return a + b < a ? UINT64_MAX : a + b; }
constexpr uint64_t SaturatingMultiply(uint64_t a, uint64_t b) {
  uint64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

// Of a value with so many bytes or items.
constexpr uint64_t UnitsOf(uint64_t size) {
  return size / kBytesPerUnit + (size % kBytesPerUnit > 0 ? 1 : 0);
}

// Of a call whose arguments have these sizes: bytes of texts, items of lists and maps, else 0.
constexpr uint64_t WorkOf(Work work, uint64_t first, uint64_t others) {
  switch (work) {
    case Work::kConstant:
      return 0;
    case Work::kLinear:
      return UnitsOf(SaturatingAdd(first, others));
    case Work::kProduct:
    case Work::kPattern:
      return SaturatingAdd(UnitsOf(SaturatingAdd(first, others)),
                           SaturatingMultiply(UnitsOf(first), UnitsOf(others)));
  }
  return 0;
}

inline uint64_t SizeOfValue(const Value& value) {
  const bool sized = value.kind == ValueKind::kString || value.kind == ValueKind::kBytes ||
                     value.kind == ValueKind::kList || value.kind == ValueKind::kMap;
  return sized ? value.size : 0;
}
inline uint64_t WorkOf(Work work, std::span<const Value> args) {
  if (work == Work::kConstant || args.empty()) return 0;
  uint64_t others = 0;
  for (const Value& arg : args.subspan(1)) others += SizeOfValue(arg);
  return WorkOf(work, SizeOfValue(args[0]), others);
}

}  // namespace pm::cel
