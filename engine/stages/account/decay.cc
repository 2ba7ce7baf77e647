#include <array>

#include "engine/stages/account/account.h"

namespace pm::account {
namespace {

// Entry k is 2^32 * 2^(-k / 64), rounded to the nearest integer; made with 50 decimal digits:
//   python3 -c "from decimal import *; getcontext().prec = 50
//   print([int((2**32 * Decimal(2) ** (Decimal(-k) / 64)).to_integral_value()) for k in
//   range(65)])"
constexpr int64_t kParts = 64;
constexpr std::array<uint64_t, kParts + 1> kPowers = {
    4294967296, 4248701965, 4202935003, 4157661043, 4112874773, 4068570940, 4024744348, 3981389855,
    3938502376, 3896076880, 3854108391, 3812591987, 3771522796, 3730896002, 3690706840, 3650950594,
    3611622603, 3572718252, 3534232978, 3496162267, 3458501653, 3421246719, 3384393094, 3347936457,
    3311872529, 3276197082, 3240905930, 3205994934, 3171459999, 3137297074, 3103502151, 3070071267,
    3037000500, 3004285971, 2971923842, 2939910317, 2908241642, 2876914102, 2845924021, 2815267765,
    2784941738, 2754942382, 2725266179, 2695909648, 2666869345, 2638141863, 2609723834, 2581611923,
    2553802834, 2526293303, 2499080105, 2472160047, 2445529972, 2419186755, 2393127307, 2367348571,
    2341847524, 2316621173, 2291666561, 2266980759, 2242560872, 2218404036, 2194507417, 2170868212,
    2147483648};

}  // namespace

uint64_t Decay(Duration age, Duration half_life) {
  PM_CHECK(half_life.ms > 0);
  if (age.ms <= 0) return kPowers[0];
  const int64_t halvings = age.ms / half_life.ms;
  if (halvings >= 32) return 0;
  // Half-lives are at most 100 years, 3.2e12 ms: times 64 * 2^12 it stays below 2^63.
  constexpr int64_t kSteps = 4096;
  const int64_t place = age.ms % half_life.ms * (kParts * kSteps) / half_life.ms;
  const auto index = static_cast<size_t>(place / kSteps);
  const auto beyond = static_cast<uint64_t>(place % kSteps);
  const uint64_t drop = (kPowers[index] - kPowers[index + 1]) * beyond / kSteps;
  return (kPowers[index] - drop) >> halvings;
}

}  // namespace pm::account
