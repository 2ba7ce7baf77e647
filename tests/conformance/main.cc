// conformance [--differs FILE] FILE...: runs cases taken from other projects' tests.
// Exit: 0 all met or different on purpose, 1 a case failed, 64 usage, 65 a file cannot be run.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/conformance/run.h"

int main(int argc, char** argv) {
  std::vector<std::string> paths(argv + 1, argv + argc);
  std::string differs_path = PM_DIFFERS_FILE;
  if (paths.size() >= 2 && paths.front() == "--differs") {
    differs_path = paths[1];
    paths.erase(paths.begin(), paths.begin() + 2);
  }
  if (paths.empty() || paths.front().starts_with("-")) {
    fmt::print(stderr, "usage: conformance [--differs FILE] FILE...\n");
    return 64;
  }
  std::ifstream file(differs_path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto differs = pm::conformance::Differs::Parse(text);
  if (!file || !differs.has_value()) {
    fmt::print(stderr, "{}: {}\n", differs_path, file ? differs.error().text : "cannot be read");
    return 65;
  }
  const pm::conformance::Report report = pm::conformance::RunFiles(paths, *differs);
  fmt::print(stderr, "{}", report.errors);
  fmt::print("{}", report.text);
  return report.exit_code;
}
