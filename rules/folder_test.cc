#include "rules/folder.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace pm {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class RuleFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    root_ = fs::temp_directory_path() / ("pm_rules_" + std::to_string(getpid()) + name);
    fs::create_directories(root_ / "rules");
  }
  void TearDown() override { fs::remove_all(root_); }
  void Write(const fs::path& path, std::string_view text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  std::string Folder() const { return (root_ / "rules").string(); }
  std::vector<std::string> Paths() const {
    std::vector<std::string> paths;
    const auto files = ReadRuleFolder(Folder());
    for (const RuleFile& file : *files) paths.push_back(file.path);
    return paths;
  }
  fs::path root_;
};

TEST_F(RuleFolderTest, ReadsRuleFilesByPath) {
  Write("rules/b.yaml", "b");
  Write("rules/a.yml", "a");
  Write("rules/tables/t.csv", "c");
  Write("rules/calendars/x.ics", "");
  Write("rules/tests/case.yaml", "t");
  Write("rules/.hidden.yaml", "h");
  Write("rules/README.md", "r");
  EXPECT_THAT(Paths(), ElementsAre("a.yml", "b.yaml", "calendars/x.ics", "tables/t.csv"));
  const auto files = ReadRuleFolder(Folder());
  EXPECT_EQ(files->front().text, "a");
}

TEST_F(RuleFolderTest, FollowsLinksWithinTheFolderOnly) {
  Write("rules/b.yaml", "b");
  fs::create_symlink("b.yaml", root_ / "rules/link.yaml");
  EXPECT_THAT(Paths(), ElementsAre("b.yaml", "link.yaml"));
  fs::create_directory_symlink(".", root_ / "rules/round");  // its files are found where they are
  EXPECT_THAT(Paths(), ElementsAre("b.yaml", "link.yaml"));
  Write("secret.csv", "s");
  fs::create_symlink("../secret.csv", root_ / "rules/t.csv");
  EXPECT_EQ(ReadRuleFolder(Folder()).error().code, 205);
}

TEST_F(RuleFolderTest, ALinkToNothingAndAFolderThatIsNoneAreErrors) {
  EXPECT_EQ(ReadRuleFolder((root_ / "none").string()).error().code, 205);
  Write("rules/b.yaml", "b");
  EXPECT_EQ(ReadRuleFolder((root_ / "rules/b.yaml").string()).error().code, 205);
  fs::create_symlink("gone.yaml", root_ / "rules/link.yaml");
  EXPECT_EQ(ReadRuleFolder(Folder()).error().code, 205);
  EXPECT_THAT(ReadRuleFolder(Folder()).error().text, HasSubstr("'link.yaml'"));
}

TEST_F(RuleFolderTest, NamesFilesThatWouldBePassedOver) {
  Write("rules/b.yaml", "b");
  Write("rules/own/More.YAML", "m");
  EXPECT_THAT(ReadRuleFolder(Folder()).error().text, HasSubstr("'own/More.YAML'"));
  fs::remove(root_ / "rules/own/More.YAML");
  ASSERT_EQ(mkfifo((root_ / "rules/pipe.yaml").c_str(), 0600), 0);
  EXPECT_THAT(ReadRuleFolder(Folder()).error().text, HasSubstr("'pipe.yaml'"));
  fs::remove(root_ / "rules/pipe.yaml");
  Write("rules/d.yaml/in.yaml", "i");
  Write("rules/empty.csv", "");
  EXPECT_THAT(Paths(), ElementsAre("b.yaml", "d.yaml/in.yaml", "empty.csv"));
}

// As somebody who is not root, who may read all.
std::string WhyRefused(const std::string& folder) {
  constexpr uid_t kNobody = 65534;
  const bool is_root = geteuid() == 0;
  if (is_root) {
    EXPECT_EQ(seteuid(kNobody), 0);
  }
  const auto files = ReadRuleFolder(folder);
  if (is_root) {
    EXPECT_EQ(seteuid(0), 0);
  }
  return files.has_value() ? "" : files.error().text;
}

TEST_F(RuleFolderTest, NamesTheFileOrFolderThatItMayNotRead) {
  Write("rules/closed.yaml", "c");
  fs::permissions(root_ / "rules/closed.yaml", fs::perms::none);
  EXPECT_EQ(WhyRefused(Folder()), "'closed.yaml' cannot be read");
  fs::remove(root_ / "rules/closed.yaml");
  Write("rules/below/b.yaml", "b");
  fs::permissions(root_ / "rules/below", fs::perms::none);
  EXPECT_EQ(WhyRefused(Folder()), "the folder 'below' cannot be read: Permission denied");
  fs::permissions(root_ / "rules/below", fs::perms::owner_all);
}

TEST_F(RuleFolderTest, RefusesNamesThatAreNoText) {
  Write("rules/caf\xE9.yaml", "x");
  EXPECT_THAT(ReadRuleFolder(Folder()).error().text, HasSubstr("is not UTF-8"));
}

TEST_F(RuleFolderTest, ReadsTenThousandFilesAndNoMore) {
  for (size_t i = 0; i < kMaxFolderFiles; ++i) Write("rules/" + std::to_string(i) + ".csv", "");
  EXPECT_EQ(Paths().size(), kMaxFolderFiles);
  Write("rules/more.csv", "");
  EXPECT_THAT(ReadRuleFolder(Folder()).error().text, HasSubstr("more than 10000 files"));
}

TEST_F(RuleFolderTest, EndsAtTheMostBytesThoughTheFileIsLarger) {
  Write("rules/a.csv", "1");
  Write("rules/b.csv", "");
  fs::resize_file(root_ / "rules/b.csv", uintmax_t{1} << 40);  // takes no room on the disk
  EXPECT_THAT(ReadRuleFolder(Folder()).error().text, HasSubstr("268435456 bytes"));
}

TEST_F(RuleFolderTest, ReadsFilesWholeThatAreReplacedMeanwhile) {
  const std::string before(50'000, 'b'), after(70'000, 'a');
  Write("rules/b.yaml", before);
  const pid_t writer = fork();
  ASSERT_GE(writer, 0);
  if (writer == 0) {
    for (int i = 0; i < 400; ++i) {
      Write("rules/.new", i % 2 == 0 ? after : before);
      fs::rename(root_ / "rules/.new", root_ / "rules/b.yaml");
    }
    _exit(0);
  }
  for (bool writing = true; writing;) {
    writing = waitpid(writer, nullptr, WNOHANG) == 0;
    const auto files = ReadRuleFolder(Folder());
    if (!files) {
      EXPECT_EQ(files.error().code, 205);
    } else if (!files->empty()) {
      EXPECT_TRUE(files->front().text == before || files->front().text == after);
    }
  }
}

}  // namespace
}  // namespace pm
