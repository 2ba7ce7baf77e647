#include "engine/runtime/rules_document.h"

#include <gmock/gmock.h>

#include "engine/runtime/testing_failing.h"

namespace pm {
namespace {

constexpr ContentHash kRules{1, 2};

std::string Text(size_t bytes, uint64_t seed) {
  std::string text;
  while (text.size() < bytes) text += ToText(HashContent(std::to_string(seed++)));
  text.resize(bytes);
  return text;
}

class RulesDocumentTest : public testing::Test {
 protected:
  RulesDocument Put(std::string_view text) {
    RulesDocument document = WriteRulesPieces(store_, text);
    const MetaWrite write = RulesDocumentWrite(kRules, document);
    EXPECT_TRUE(store_.Commit({{}, {}, {}, {&write, 1}}).has_value());
    return document;
  }
  MemoryStore store_;
};

TEST_F(RulesDocumentTest, IsReadAsItWasWrittenWhateverItsSize) {
  EXPECT_EQ(ReadRulesDocument(store_, kRules), std::nullopt);
  for (const size_t bytes : {size_t{0}, size_t{1}, kRulesPieceBytes - 1, kRulesPieceBytes,
                             3 * kRulesPieceBytes, 3 * kRulesPieceBytes + 1}) {
    const std::string text = Text(bytes, bytes);
    const RulesDocument document = Put(text);
    EXPECT_EQ(document.pieces.size(), bytes / kRulesPieceBytes);
    EXPECT_LT(document.rest.size(), kRulesPieceBytes) << "in the commit of the switch";
    EXPECT_EQ(ReadRulesDocument(store_, kRules), text);
  }
}

TEST_F(RulesDocumentTest, ADocumentThatIsStoredStaysWholeWhileItsSuccessorIsWritten) {
  const std::string before = Text(2 * kRulesPieceBytes + 7, 1);
  Put(before);
  WriteRulesPieces(store_, before.substr(3) + "new end");
  EXPECT_EQ(ReadRulesDocument(store_, kRules), before);
}

TEST_F(RulesDocumentTest, AMissingPieceIsAMissingDocument) {
  const RulesDocument lost = {{ContentHash{7, 7}}, "rest"};
  const MetaWrite write = RulesDocumentWrite(kRules, lost);
  ASSERT_TRUE(store_.Commit({{}, {}, {}, {&write, 1}}).has_value());
  EXPECT_EQ(ReadRulesDocument(store_, kRules), std::nullopt);
  const MetaWrite damaged = {write.name, "\xff"};
  ASSERT_TRUE(store_.Commit({{}, {}, {}, {&damaged, 1}}).has_value());
  EXPECT_EQ(ReadRulesDocument(store_, kRules), std::nullopt);
}

TEST_F(RulesDocumentTest, StoresOfBeforeThereWerePiecesAreRead) {
  const MetaWrite whole = {"rules/" + ToText(kRules), "files"};
  ASSERT_TRUE(store_.Commit({{}, {}, {}, {&whole, 1}}).has_value());
  EXPECT_EQ(ReadRulesDocument(store_, kRules), "files");
  Put("newer files");
  EXPECT_EQ(ReadRulesDocument(store_, kRules), "newer files");
}

TEST(RulesPieces, ThatCannotBeWrittenEndTheProcess) {
  MemoryStore store;
  FailingStore failing(store);
  failing.left = 0;
  EXPECT_EXIT(WriteRulesPieces(failing, Text(kRulesPieceBytes, 1)), testing::ExitedWithCode(74),
              "disk full");
}

TEST(RulesPieces, AreDurableBeforeAnySwitchNamesThem) {
  const ScratchDirectory directory;
  const std::string text = Text(3 * kRulesPieceBytes + 9, 5);
  RulesDocument document;
  {
    const auto store = OpenRocks(directory.path());
    document = WriteRulesPieces(*store, text);
  }
  const auto store = OpenRocks(directory.path());
  const MetaWrite write = RulesDocumentWrite(kRules, document);
  ASSERT_TRUE(store->Commit({{}, {}, {}, {&write, 1}}).has_value());
  EXPECT_EQ(ReadRulesDocument(*store, kRules), text);
}

}  // namespace
}  // namespace pm
