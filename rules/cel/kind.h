// The kinds of value an expression can have: CEL's, whole, so that structured conditions and CEL
// share one form. Nothing stored depends on the numbers.
#pragma once
#include <cstdint>

namespace pm {

enum class ValueKind : uint8_t {
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kTimestamp,
  kDuration,
  kList,
  kMap,
  kMessage,
  kType,
  kDecimal,
  kOptional,
  kUnknown,
  kError
};

}  // namespace pm
