// The wording of every diagnostic: tests/rules/bad/NAME.yaml (or a folder NAME/) is named for its
// fault and has what `rules check` says in NAME.txt. PM_WRITE_EXPECTED=1 writes them anew, for
// review in the diff.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "rules/compile/compile.h"
#include "rules/folder.h"

namespace pm {
namespace {

namespace fs = std::filesystem;

const fs::path kBad = "tests/rules/bad";

std::string Text(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<std::string> Faults() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kBad)) {
    if (entry.path().extension() != ".txt") names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

std::vector<RuleFile> FilesOf(const std::string& name) {
  if (!fs::is_directory(kBad / name)) return {{name, Text(kBad / name)}};
  return *ReadRuleFolder((kBad / name).string());
}

// The version depends on the machine's time zone database.
std::string WithoutVersion(const std::string& text) {
  const size_t at = text.find("; version ");
  return at == std::string::npos ? text : text.substr(0, at) + '\n';
}

class BadRules : public testing::TestWithParam<std::string> {};

TEST_P(BadRules, AreToldInTheseWords) {
  const fs::path expected = (kBad / GetParam()).replace_extension(".txt");
  const CheckReport report = Check(FilesOf(GetParam()));
  const std::string said = WithoutVersion(report.text);
  EXPECT_GT(report.errors + report.warnings + report.notes, 0u);
  if (std::getenv("PM_WRITE_EXPECTED") != nullptr) std::ofstream(expected) << said;
  EXPECT_EQ(said, Text(expected));
}

INSTANTIATE_TEST_SUITE_P(Files, BadRules, testing::ValuesIn(Faults()),
                         [](const auto& fault) { return fs::path(fault.param).stem().string(); });

}  // namespace
}  // namespace pm
