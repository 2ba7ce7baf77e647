// Random numbers that are the same on every machine for ever, for simulations and tests: SplitMix64
// (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014). Not for secrets.
#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace pm {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  // 0 to n - 1; n > 0. The bias is below n / 2^64.
  template <std::integral N>
  N Below(N n) {
    return static_cast<N>(Next() % static_cast<uint64_t>(n));
  }
  bool OneIn(uint64_t n) { return Below(n) == 0; }
  // Any of them; at least one.
  template <class T>
  T Of(std::initializer_list<T> all) {
    return *(all.begin() + static_cast<std::ptrdiff_t>(Below(all.size())));
  }
  bool PerMille(uint32_t chance) { return Below(uint32_t{1000}) < chance; }

 private:
  uint64_t state_;
};

}  // namespace pm
