// The language as RULES.md shows it: tests/rules/whole holds its examples, joined to a rule folder.
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "rules/compile/compile.h"
#include "rules/folder.h"

namespace pm {
namespace {

using testing::HasSubstr;

std::optional<std::string> Text(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

TEST(WholeLanguage, LoadsAndNamesWhatHasNoEffectYet) {
  const auto files = ReadRuleFolder("tests/rules/whole");
  ASSERT_TRUE(files.has_value());
  const CompileResult result = Compile(*files);
  ASSERT_TRUE(result.ok()) << result.diagnostics.Render();
  std::vector<std::string> later;
  for (const Diagnostic& one : result.diagnostics.Sorted()) {
    EXPECT_EQ(one.code, 203) << one.message;
    later.push_back(one.message);
  }
  for (const char* what : {"gates", "throttle", "after_leave", "next_touch", "handoff_accept",
                           "handoff", "privacy", "mqa", "pql", "rep_request"}) {
    EXPECT_THAT(later, testing::Contains(HasSubstr(what))) << what;
  }
  EXPECT_EQ(later.size(), 10u);
}

TEST(WholeLanguage, HasEveryExampleAsItIsWritten) {
  const char* shared = std::getenv("PM_SHARED");
  const auto language = Text(std::string(shared != nullptr ? shared : "../shared") + "/RULES.md");
  if (!language) return;  // it is no part of this repository
  std::string examples;
  const std::string fence = "```yaml\n";
  for (size_t at = language->find(fence); at != std::string::npos;) {
    const size_t end = language->find("```", at + fence.size());
    const std::string block = language->substr(at + fence.size(), end - at - fence.size());
    if (block.starts_with("kind:")) examples += (examples.empty() ? "" : "---\n") + block;
    at = language->find(fence, end);
  }
  EXPECT_EQ(Text("tests/rules/whole/rules.yaml"), examples);
}

}  // namespace
}  // namespace pm
