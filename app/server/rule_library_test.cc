#include "app/server/rule_library.h"

#include "app/commands/files.h"
#include "engine/runtime/memory_store.h"
#include "engine/runtime/rules_document.h"
#include "engine/runtime/testing.h"
#include "engine/stages/desk/records/assignment_row.h"
#include "engine/stages/desk/records/rep_row.h"
#include "engine/stages/desk/records/sla_run.h"
#include "engine/stages/rows.h"

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
  std::shared_ptr<const RuleBook> Publish(std::string_view within, std::string_view more = {}) {
    const std::string text = RulesWithin(within) + std::string(more);
    EXPECT_TRUE(WriteWholeFile(folder_.path() + "/rules.yaml", text).has_value());
    const auto rules = library_->Load(folder_.path(), in_force_, &store_, shows_rows_);
    if (!rules.has_value()) {
      ADD_FAILURE() << rules.error().text;
      return nullptr;
    }
    in_force_ = rules->book->version();
    earlier_ = rules->earlier.size();
    const MetaWrite document =
        RulesDocumentWrite(in_force_, WriteRulesPieces(store_, rules->document));
    EXPECT_TRUE(store_.Commit({{}, {}, {}, {&document, 1}}).has_value());
    return rules->book;
  }
  DeskLeadKey KeyOf(uint32_t cycle) { return {DeskHash("main"), {{1, 2}, cycle}}; }
  // A lead whose SLA runs under the policy; a zero hash takes the lead away.
  void Run(uint32_t cycle, ContentHash policy) {
    SlaRun run;
    run.policy = policy;
    const std::vector<RowWrite> row = {
        {RowKey<SlaRun>(KeyOf(cycle)), policy ? std::optional(Encoded(run)) : std::nullopt}};
    EXPECT_TRUE(store_.Commit({row, {}, {}, {}}).has_value());
  }
  ScratchDirectory folder_;
  MemoryStore store_;
  std::optional<RuleLibrary> library_{std::in_place};
  bool shows_rows_ = true;
  size_t earlier_ = 0;  // bundles that what was published last names
  ContentHash in_force_;
};

TEST_F(RuleLibraryTest, EarlierRulesThatComeBackKeepWhatRunsUnderTheOthers) {
  const ContentHash a = Publish("5m")->FindSla("quick")->hash;
  const ContentHash b = Publish("6m")->FindSla("quick")->hash;
  const ContentHash c = Publish("7m")->FindSla("quick")->hash;
  Run(1, b);
  const auto back = Publish("5m");
  EXPECT_EQ(back->FindSla("quick")->hash, a);
  EXPECT_EQ(library_->Find(in_force_), back);
  RuleLibrary restarted;
  ASSERT_TRUE(restarted.Restore(store_, in_force_).has_value());
  for (const ContentHash policy : {a, b, c}) {
    EXPECT_NE(back->FindSla(policy), nullptr);
    EXPECT_NE(restarted.Find(in_force_)->FindSla(policy), nullptr);
  }
}

TEST_F(RuleLibraryTest, PoliciesThatNothingRunsUnderGo) {
  const ContentHash a = Publish("5m")->FindSla("quick")->hash;
  Run(1, a);
  const ContentHash b = Publish("6m")->FindSla("quick")->hash;
  const ContentHash c = Publish("7m")->FindSla("quick")->hash;
  const auto now = Publish("8m");
  EXPECT_NE(now->FindSla(a), nullptr);
  EXPECT_EQ(now->FindSla(b), nullptr) << "nothing ran under it";
  EXPECT_NE(now->FindSla(c), nullptr) << "leads may have begun under it meanwhile";
  RuleLibrary restarted;
  ASSERT_TRUE(restarted.Restore(store_, in_force_).has_value());
  for (const ContentHash policy : {a, b, c}) {
    EXPECT_EQ(restarted.Find(in_force_)->FindSla(policy) != nullptr,
              now->FindSla(policy) != nullptr);
  }
  Run(1, {});
  EXPECT_EQ(Publish("9m")->FindSla(a), nullptr);
}

// As on Kafka, where each worker has rows of some leads only.
TEST_F(RuleLibraryTest, BundlesWithoutAPolicyOfTheirOwnGoAlsoWhereRowsAreNotShown) {
  shows_rows_ = false;
  const ContentHash a = Publish("5m")->FindSla("quick")->hash;
  const ContentHash b = Publish("6m")->FindSla("quick")->hash;
  for (int i = 0; i < 10; ++i) {
    const auto now = Publish("7m", fmt::format("# change {}\n", i));
    ASSERT_NE(now, nullptr);
    EXPECT_NE(now->FindSla(a), nullptr);
    EXPECT_NE(now->FindSla(b), nullptr);
    EXPECT_LE(earlier_, 3U) << "these two, and what was in force before";
  }
  RuleLibrary restarted;
  ASSERT_TRUE(restarted.Restore(store_, in_force_).has_value());
  for (const ContentHash policy : {a, b})
    EXPECT_NE(restarted.Find(in_force_)->FindSla(policy), nullptr);
}

TEST_F(RuleLibraryTest, PoliciesOutliveARestartAsLongAsTheyAreNeeded) {
  const ContentHash a = Publish("5m")->FindSla("quick")->hash;
  Run(1, a);
  Publish("6m");
  Publish("7m");
  library_.emplace();
  ASSERT_TRUE(library_->Restore(store_, in_force_).has_value());
  EXPECT_NE(Publish("8m")->FindSla(a), nullptr);
  EXPECT_NE(Publish("9m")->FindSla(a), nullptr);
}

TEST_F(RuleLibraryTest, BooksOfBeforeAreLetGo) {
  Publish("5m");
  const ContentHash first = in_force_;
  Publish("6m");
  const ContentHash second = in_force_;
  Publish("7m");
  EXPECT_EQ(library_->Find(first), nullptr);
  EXPECT_NE(library_->Find(second), nullptr) << "in force until the switch is read";
  EXPECT_TRUE(CompileStored(store_, first, nullptr).has_value()) << "to explain what it decided";
}

TEST_F(RuleLibraryTest, RulesThatDropARepWithLeadsAreRefused) {
  Publish("5m");
  const LeadId lead = KeyOf(1).lead;
  const std::vector<RowWrite> rows = {
      {RowKey<RepRow>({DeskHash("main"), "ana"}), Encoded(RepRow{})},
      {RowKey<OpenEntry>({DeskHash("main"), Hash64("ana"), "", lead}), Encoded(OpenEntry{})},
      {RowKey<OpenEntry>({DeskHash("main"), Hash64("ana"), "", KeyOf(2).lead}),
       Encoded(OpenEntry{})},
      {RowKey<RepRow>({DeskHash("main"), "bo"}), Encoded(RepRow{})}};
  EXPECT_TRUE(store_.Commit({rows, {}, {}, {}}).has_value());
  const auto refused = library_->Load(folder_.path(), in_force_, &store_);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, kDropsReps);
  EXPECT_EQ(refused.error().text, "the rules drop a rep who has leads: ana (2 leads)");
}

TEST_F(RuleLibraryTest, RulesThatMoveARepWithLeadsToAnotherDeskAreRefused) {
  Publish("5m");
  RepRow known;
  known.attributes.emplace();
  const LeadId lead = KeyOf(1).lead;
  const std::vector<RowWrite> rows = {
      {RowKey<RepRow>({DeskHash("emea"), "ana"}), Encoded(known)},
      {RowKey<OpenEntry>({DeskHash("emea"), Hash64("ana"), "", lead}), Encoded(OpenEntry{})},
      {RowKey<RepRow>({DeskHash("emea"), "bo"}), Encoded(known)}};
  EXPECT_TRUE(store_.Commit({rows, {}, {}, {}}).has_value());
  const auto refused = library_->Load(folder_.path(), in_force_, &store_);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, kMovesReps);
  EXPECT_TRUE(refused.error().text.ends_with("another desk: ana")) << refused.error().text;
}

TEST_F(RuleLibraryTest, RefusesWhatIsProvedToBeWrong) {
  const std::string wrong =
      "---\nkind: screening\nrules: [ { name: A, as: a, when: "
      "{ any: [ { lead.country: { starts_with: '1' } }, { lead.country: DE } ] } } ]\n";
  ASSERT_TRUE(
      WriteWholeFile(folder_.path() + "/rules.yaml", RulesWithin("5m") + wrong).has_value());
  const auto rules = library_->Load(folder_.path(), in_force_, &store_);
  ASSERT_FALSE(rules.has_value());
  EXPECT_NE(rules.error().text.find("PM0236"), std::string::npos) << rules.error().text;
}

TEST_F(RuleLibraryTest, RefusesRulesThatTheStoreDoesNotHold) {
  EXPECT_EQ(library_->Restore(store_, ContentHash{1, 2}).error().code, 733);
  EXPECT_EQ(library_->Find(ContentHash{1, 2}), nullptr);
}

}  // namespace
}  // namespace pm
