#include "model/normalise/text.h"

namespace pm {
namespace {

TEST(CleanText, TrimsAndCollapsesWhiteSpaceOfEveryKind) {
  EXPECT_EQ(CleanText("  Jane \t\n Doe\u00A0\u3000Smith "), "Jane Doe Smith");
  EXPECT_EQ(CleanText("plain text"), "plain text");
  EXPECT_EQ(CleanText(" \u2003\t"), "");
  EXPECT_EQ(CleanText(""), "");
}

TEST(CleanText, DropsControlAndInvisibleCharacters) {
  EXPECT_EQ(CleanText(std::string_view("a\0b\x1B", 4)), "ab");
  EXPECT_EQ(CleanText("\uFEFFacme\u200B\u202E.com"), "acme.com");
}

TEST(CleanText, ComposesAndKeepsTheCase) { EXPECT_EQ(CleanText("Zu\u0308rich"), "Zürich"); }

TEST(CleanText, ReplacesInvalidUtf8) {
  EXPECT_EQ(CleanText("a\xFFz"), "a\uFFFDz");
  EXPECT_TRUE(IsValidUtf8("Zürich"));
  EXPECT_FALSE(IsValidUtf8("Z\xFCrich"));
}

TEST(FoldText, MakesOneOfCaseAndWidth) {
  EXPECT_EQ(FoldText("Google"), FoldText(" google"));
  EXPECT_EQ(FoldText("ＡＣＭＥ"), "acme");
  EXPECT_EQ(FoldText("STRASSE"), FoldText("straße"));
  EXPECT_NE(FoldText("Zürich"), FoldText("Zurich"));
}

TEST(LooseKey, KeepsLettersAndDigitsWithoutAccents) {
  EXPECT_EQ(LooseKey("Côte d'Ivoire"), "cotedivoire");
  EXPECT_EQ(LooseKey("Łódź"), "lodz");
  EXPECT_EQ(LooseKey("--"), "");
  EXPECT_EQ(LooseKey("東京 都"), "東京都");
  EXPECT_NE(LooseKey("が"), LooseKey("か"));
}

TEST(IsJunk, KnowsWhatMeansNothing) {
  for (const std::string_view junk : {"", " ", "-", "--", ".", "?", "…", "N/A", "n.a.", "#N/A",
                                      "Select", "-- Select --", "(null)", "<None>", "[unknown]",
                                      "Unknown", "undefined", "Please select", "Not Available"}) {
    for (const JunkList list : {JunkList::kName, JunkList::kCode, JunkList::kText}) {
      EXPECT_TRUE(IsJunk(junk, list)) << junk;
    }
  }
}

TEST(IsJunk, TakesTheFieldIntoAccount) {
  EXPECT_TRUE(IsJunk("NA", JunkList::kText));
  EXPECT_FALSE(IsJunk("NA", JunkList::kCode));
  EXPECT_FALSE(IsJunk("Na", JunkList::kName));
  EXPECT_TRUE(IsJunk("none", JunkList::kText));
  EXPECT_TRUE(IsJunk("None", JunkList::kCode));
  EXPECT_FALSE(IsJunk("Null", JunkList::kName));
}

TEST(IsJunk, LeavesValuesAlone) {
  for (const std::string_view value : {"test", "other", "0", "no", "Google", "xxx", "王", "👍",
                                       "unknown caller", "Nathan", "Selecta"}) {
    EXPECT_FALSE(IsJunk(value, JunkList::kText)) << value;
  }
  EXPECT_TRUE(IsJunk(std::string(500, '-'), JunkList::kName));
  EXPECT_FALSE(IsJunk(std::string(500, 'x'), JunkList::kText));
}

}  // namespace
}  // namespace pm
