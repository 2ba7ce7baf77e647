#include "app/server/rule_library.h"

#include "app/commands/files.h"
#include "engine/runtime/embedded_log.h"
#include "engine/runtime/memory_store.h"
#include "engine/runtime/testing.h"

namespace pm {
namespace {

// Rules that differ in their SLA only.
std::string RulesWithin(std::string_view within) {
  return fmt::format(
      "kind: routing\nroutes: []\notherwise: {{ to: {{ pool: house }}, sla: quick }}\n---\n"
      "kind: team\npools: {{ house: {{ strategy: queue }} }}\n---\n"
      "kind: sla\nquick: {{ hours: always, milestones: {{ accept: {{ within: {} }} }} }}\n",
      within);
}

class RuleLibraryTest : public testing::Test {
 protected:
  // As the engine does: what is in force goes in, the document goes to the store.
  std::shared_ptr<const RuleBook> Publish(std::string_view within) {
    EXPECT_TRUE(WriteWholeFile(folder_.path() + "/rules.yaml", RulesWithin(within)).has_value());
    const auto rules = library_.Load(folder_.path(), in_force_);
    if (!rules.has_value()) {
      ADD_FAILURE() << rules.error().text;
      return nullptr;
    }
    in_force_ = rules->book->version();
    const std::vector<MetaWrite> document = {{RulesMetaName(in_force_), rules->document}};
    EXPECT_TRUE(store_.Commit({{}, {}, {}, document}).has_value());
    return rules->book;
  }
  ScratchDirectory folder_;
  MemoryStore store_;
  RuleLibrary library_;
  ContentHash in_force_;
};

TEST_F(RuleLibraryTest, EarlierRulesThatComeBackKeepWhatRunsUnderTheOthers) {
  const ContentHash a = Publish("5m")->FindSla("quick")->hash;
  const ContentHash b = Publish("6m")->FindSla("quick")->hash;
  const ContentHash c = Publish("7m")->FindSla("quick")->hash;
  const auto back = Publish("5m");
  EXPECT_EQ(back->FindSla("quick")->hash, a);
  EXPECT_EQ(library_.Find(in_force_), back);
  RuleLibrary restarted;
  ASSERT_TRUE(restarted.Restore(store_, in_force_).has_value());
  for (const ContentHash policy : {a, b, c}) {
    EXPECT_NE(back->FindSla(policy), nullptr);
    EXPECT_NE(restarted.Find(in_force_)->FindSla(policy), nullptr);
  }
}

TEST_F(RuleLibraryTest, RefusesRulesThatTheStoreDoesNotHold) {
  EXPECT_EQ(library_.Restore(store_, ContentHash{1, 2}).error().code, 733);
  EXPECT_EQ(library_.Find(ContentHash{1, 2}), nullptr);
}

}  // namespace
}  // namespace pm
