#include "base/result.h"

#include <fmt/format.h>

namespace pm {

void CheckFailed(const char* condition, const char* file, int line) {
  throw BrokenInvariant(fmt::format("{}:{}: must hold: {}", file, line, condition));
}

}  // namespace pm
