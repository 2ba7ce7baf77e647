// Runs conformance files and reports on them.
#pragma once
#include <span>
#include <string>

#include "tests/conformance/differs.h"

namespace pm::conformance {

struct Report {
  std::string text;    // each case not met, a line a file, last `N passed, N failed`
  std::string errors;  // files that could not be run at all
  int exit_code = 0;   // 1: a case failed; 65: a file is unreadable or of no known form
};

Report RunFiles(std::span<const std::string> paths, const Differs& differs);

}  // namespace pm::conformance
