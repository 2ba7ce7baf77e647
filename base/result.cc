#include "base/result.h"

#include <fmt/format.h>

#include <string_view>

namespace pm {
namespace {

// The compiler names files by the path it was given, absolute or relative as the build tree lies.
// Dead letters hold this text, and must not depend on where the program was built.
std::string_view FromRoot(std::string_view file) {
  std::string_view root = __FILE__;
  root.remove_suffix(std::string_view("base/result.cc").size());
  if (file.starts_with(root)) file.remove_prefix(root.size());
  return file;
}

}  // namespace

void CheckFailed(const char* condition, const char* file, int line) {
  throw BrokenInvariant(fmt::format("{}:{}: must hold: {}", FromRoot(file), line, condition));
}

}  // namespace pm
