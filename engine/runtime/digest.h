// An additive 128-bit digest over rows: the sum of the rows' hashes, so that a write costs a
// subtraction and an addition. It shows damage and divergence, not malice.
#pragma once
#include <string_view>

#include "base/describe.h"
#include "engine/stages/rows.h"

namespace pm {

struct Digest {
  uint64_t hi = 0;
  uint64_t lo = 0;
  bool operator==(const Digest&) const = default;

  Digest& operator+=(Digest d) {
    lo += d.lo;
    hi += d.hi + (lo < d.lo ? 1 : 0);
    return *this;
  }
  Digest& operator-=(Digest d) {
    hi -= d.hi + (lo < d.lo ? 1 : 0);
    lo -= d.lo;
    return *this;
  }
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "hi", &Digest::hi, "Upper half.");
    v.Field(2, "lo", &Digest::lo, "Lower half.");
  }
};

// Dedupe rows (prefixes w, y, z) do not count: their removal is housekeeping, done when a store
// finds the time, and their window is compared on reading.
inline bool IsDigested(std::string_view key) {
  const std::string_view own = key.empty() ? key : WithoutWorld(key);
  return !own.empty() && std::string_view("wyz").find(own[0]) == std::string_view::npos;
}
// Hash of one row; zero for rows that do not count.
Digest RowDigest(std::string_view key, std::string_view value);

class StoreView;
// Over everything in the store: slow, for checks.
Digest FullDigest(const StoreView& store);

}  // namespace pm
