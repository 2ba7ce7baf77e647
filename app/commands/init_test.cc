#include <gmock/gmock.h>

#include <cstdlib>
#include <sstream>

#include "app/commands/commands.h"
#include "app/commands/files.h"
#include "app/commands/packs.h"
#include "engine/runtime/testing.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;

class InitTest : public testing::Test {
 protected:
  ~InitTest() override { unsetenv("PM_PACKS"); }

  int Init(const std::string& pack, const std::string& folder) {
    Arguments arguments;
    if (!pack.empty()) arguments.Set("pack", pack);
    if (!folder.empty()) arguments.Set("dir", folder);
    std::istringstream in;
    std::ostringstream out, err;
    Streams streams{in, out, err};
    const int code = RunInit(arguments, streams);
    told_ = out.str() + err.str();
    return code;
  }
  std::string Path(const std::string& name) const { return scratch_.path() + "/" + name; }
  void Write(const std::string& name, std::string_view text) {
    EXPECT_TRUE(MakeFolder(Path(name.substr(0, name.find_last_of('/')))).has_value());
    EXPECT_TRUE(WriteWholeFile(Path(name), text).has_value());
  }
  // A folder of packs with one small pack in it.
  void UsePacks() {
    Write("packs/tiny/README.md",
          "# tiny: one queue\n[a page](../../docs/x.md), [own](team.yaml)\n");
    Write("packs/tiny/team.yaml", "kind: team\n");
    Write("packs/tiny/tests/a.yaml", "scenario: A\n");
    Write("packs/tiny/more/sla.yaml", "kind: sla\n");
    setenv("PM_PACKS", Path("packs").c_str(), 1);
  }

  std::string told_;
  ScratchDirectory scratch_;
};

TEST_F(InitTest, ListsThePacksWithALineOnEach) {
  UsePacks();
  EXPECT_EQ(Init("", ""), kExitFine);
  EXPECT_THAT(told_, HasSubstr("  tiny             one queue\n"));
}

TEST_F(InitTest, MakesAFolderThatEditorsAndReviewsKnow) {
  UsePacks();
  EXPECT_EQ(Init("tiny", Path("mine")), kExitFine) << told_;
  EXPECT_EQ(*ReadWholeFile(Path("mine/team.yaml")),
            "# yaml-language-server: $schema=.pointsman/rules.schema.json\nkind: team\n");
  EXPECT_THAT(*ReadWholeFile(Path("mine/more/sla.yaml")),
              HasSubstr("$schema=../.pointsman/rules.schema.json\n"));
  EXPECT_EQ(*ReadWholeFile(Path("mine/tests/a.yaml")), "scenario: A\n");
  EXPECT_EQ(*ReadWholeFile(Path("mine/README.md")),
            "# tiny: one queue\na page, [own](team.yaml)\n");
  for (const std::string_view question : {"pointsman rules check .", "pointsman rules test ."}) {
    EXPECT_THAT(*ReadWholeFile(Path("mine/.pre-commit-config.yaml")), HasSubstr(question));
    EXPECT_THAT(*ReadWholeFile(Path("mine/.github/workflows/rules.yml")), HasSubstr(question));
  }
  EXPECT_THAT(*ReadWholeFile(Path("mine/.pointsman/rules.schema.json")), HasSubstr("$schema"));
  EXPECT_THAT(told_, HasSubstr("rules check "));
}

TEST_F(InitTest, WritesOverNothing) {
  UsePacks();
  Write("mine/.git/HEAD", "ref: x\n");
  EXPECT_EQ(Init("tiny", Path("mine")), kExitFine) << "a repository that was just made";
  Write("mine/team.yaml", "ours\n");
  EXPECT_EQ(Init("tiny", Path("mine")), kExitUnavailable);
  EXPECT_THAT(told_, HasSubstr("PM0751"));
  EXPECT_EQ(*ReadWholeFile(Path("mine/team.yaml")), "ours\n");
  EXPECT_EQ(Init("tiny", Path("mine/team.yaml")), kExitUnavailable) << "a file of that name";
  ASSERT_TRUE(WriteWholeFile(Path("closed"), "a file").has_value());
  EXPECT_EQ(Init("tiny", Path("closed/mine")), kExitUnavailable);
  EXPECT_THAT(told_, HasSubstr("PM0703"));
}

TEST_F(InitTest, SaysWhichPacksThereAre) {
  UsePacks();
  EXPECT_EQ(Init("tinny", Path("mine")), kExitUnavailable);
  EXPECT_THAT(told_, HasSubstr("there is no pack 'tinny', but tiny (PM0750)"));
  setenv("PM_PACKS", Path("nowhere").c_str(), 1);
  EXPECT_EQ(Init("", ""), kExitUnavailable);
  EXPECT_THAT(told_, HasSubstr("PM0734"));
}

TEST_F(InitTest, FindsThePacksAboveThePresentFolder) {
  const Result<Pack> pack = FindPack("inbound-saas");
  ASSERT_TRUE(pack.has_value()) << pack.error().text;
  EXPECT_EQ(pack->about, "a whole company to begin with");
  EXPECT_THAT(pack->folder, HasSubstr("rules/packs/inbound-saas"));
}

}  // namespace
}  // namespace pm
