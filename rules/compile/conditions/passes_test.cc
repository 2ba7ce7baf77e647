// What each pass makes of conditions: tests/rules/passes/NAME.yaml has in NAME.txt what `rules
// dump` prints after each. PM_WRITE_EXPECTED=1 writes them anew, for review in the diff.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "rules/compile/compile.h"

namespace pm {
namespace {

namespace fs = std::filesystem;

std::string Text(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

class Passes : public testing::TestWithParam<std::string> {};

TEST_P(Passes, LeaveConditionsSo) {
  const fs::path folder = "tests/rules/passes";
  std::string dumped;
  for (const std::string_view name : {"parse", "resolve", "check", "normalise", "plan"}) {
    const std::optional<ConditionPass> pass = ParsePass(name);
    ASSERT_TRUE(pass.has_value());
    EXPECT_EQ(PassName(*pass), name);
    const DumpReport report = Dump({{"rules.yaml", Text(folder / (GetParam() + ".yaml"))}}, *pass);
    EXPECT_TRUE(report.ok) << report.problems;
    dumped += fmt::format("---- {}\n{}", name, report.text);
  }
  const fs::path expected = folder / (GetParam() + ".txt");
  if (std::getenv("PM_WRITE_EXPECTED") != nullptr) std::ofstream(expected) << dumped;
  EXPECT_EQ(dumped, Text(expected));
}

INSTANTIATE_TEST_SUITE_P(Files, Passes, testing::Values("structured", "expression"));

TEST(Dump, TellsWhatIsWrongBesideWhatCouldBeRead) {
  const DumpReport report = Dump({{"rules.yaml",
                                   "kind: screening\nrules:\n  - { name: A, when: "
                                   "{ lead.nothing: 1 }, as: spam }\n"}},
                                 ConditionPass::kParse);
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.text,
            "rules.yaml:3:22 screening rule 'A', when\nall\n  test lead.nothing eq [1]\n");
  EXPECT_THAT(report.problems, testing::HasSubstr("there is no field 'lead.nothing'"));
  EXPECT_FALSE(ParsePass("compile").has_value());
}

}  // namespace
}  // namespace pm
