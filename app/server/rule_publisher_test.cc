#include "app/server/rule_publisher.h"

#include <gmock/gmock.h>

#include <future>

#include "engine/runtime/memory_store.h"

namespace pm {
namespace {

using testing::HasSubstr;

std::vector<RuleFile> RulesWithin(std::string_view within) {
  return {
      {"rules.yaml",
       fmt::format("kind: routing\nroutes: []\notherwise: {{ to: {{ pool: house }}, sla: quick }}"
                   "\n---\nkind: team\npools: {{ house: {{ strategy: queue }} }}\n---\nkind: sla\n"
                   "quick: {{ hours: always, milestones: {{ accept: {{ within: {} }} }} }}\n",
                   within)}};
}

class RulePublisherTest : public testing::Test {
 protected:
  RulePublisherTest() {
    const auto first = library_.CompileFiles(RulesWithin("5m"), {});
    library_.Keep(*first, {});
    first_ = first->book->version();
    engine_.emplace(
        store_, EmbeddedSettings{}, RealStages(),
        [this](ContentHash hash) { return library_.Find(hash); }, clock_, first_, first->document);
    std::promise<void> begun;
    EXPECT_TRUE(engine_->Submit({}, [&](const auto&) { begun.set_value(); }).has_value());
    engine_->Start();
    begun.get_future().wait();
    keeper_.emplace(*engine_);
    publisher_.emplace(*keeper_, library_);
  }
  ContentHash in_force() const { return engine_->status().meta.rules; }

  const SystemClock clock_;
  MemoryStore store_;
  RuleLibrary library_;
  ContentHash first_;
  std::optional<Embedded> engine_;
  std::optional<EmbeddedRules> keeper_;
  std::optional<RulePublisher> publisher_;
};

TEST_F(RulePublisherTest, PutsRulesInForceAndNotesWhoAndWhy) {
  const auto answer =
      publisher_->Publish({.files = RulesWithin("6m"), .note = {"published", "ann", "slower"}});
  ASSERT_TRUE(answer.has_value()) << answer.error().text;
  EXPECT_TRUE(answer->published);
  EXPECT_EQ(answer->previous, first_);
  EXPECT_EQ(answer->version, in_force());
  EXPECT_EQ(answer->impact.documents.at(0).name, "quick");
  EXPECT_EQ(ReadRulesHistory(store_).switches.back().message, "slower");
  EXPECT_EQ(StoredSources(store_, in_force())->at(0).text, RulesWithin("6m")[0].text);
}

TEST_F(RulePublisherTest, ADryRunOrTheSameRulesChangeNothing) {
  const auto dry = publisher_->Publish({.files = RulesWithin("6m"), .dry_run = true});
  ASSERT_TRUE(dry.has_value());
  EXPECT_NE(dry->version, first_);
  EXPECT_FALSE(dry->published);
  const auto same = publisher_->Publish({.files = RulesWithin("5m")});
  ASSERT_TRUE(same.has_value());
  EXPECT_FALSE(same->published);
  EXPECT_EQ(in_force(), first_);
  EXPECT_EQ(ReadRulesHistory(store_).switches.size(), 1U);
}

TEST_F(RulePublisherTest, AnEarlierVersionComesBackFromTheStore) {
  const ContentHash second = publisher_->Publish({.files = RulesWithin("6m")})->version;
  ASSERT_TRUE(publisher_->Publish({.files = RulesWithin("7m")}).has_value());
  const auto back = publisher_->Publish({.version = second, .note = {"rolled_back", "", ""}});
  ASSERT_TRUE(back.has_value()) << back.error().text;
  EXPECT_EQ(in_force(), second);
  EXPECT_EQ(ReadRulesHistory(store_).switches.back().how, "rolled_back");
  EXPECT_EQ(publisher_->Publish({.version = {9, 9}}).error().code, kNoSuchVersion);
}

TEST_F(RulePublisherTest, RefusesBadRulesAndAChangeThatCameTooLate) {
  const auto bad = publisher_->Publish({.files = {{"rules.yaml", "kind: nonsense\n"}}});
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().code, kRulesRefused);
  const auto late = publisher_->Publish({.files = RulesWithin("6m"), .expect = {9, 9}});
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().code, kOtherInForce);
  EXPECT_EQ(in_force(), first_);
}

TEST_F(RulePublisherTest, PostsAreDoneInTheirOrderAndRefusedOnceItStops) {
  std::promise<ContentHash> second;
  EXPECT_TRUE(publisher_->Post({.files = RulesWithin("6m")}, [](const auto&) {}));
  EXPECT_TRUE(publisher_->Post({.files = RulesWithin("7m")},
                               [&](const auto& answer) { second.set_value(answer->version); }));
  const ContentHash last = second.get_future().get();
  EXPECT_EQ(last, in_force());
  EXPECT_EQ(ReadRulesHistory(store_).switches.size(), 3U);
  publisher_->Stop();
  EXPECT_FALSE(publisher_->Post({.files = RulesWithin("8m")}, [](const auto&) {}));
}

TEST_F(RulePublisherTest, TakesNoMoreThanItsBoundAndTellsAllWhenItStops) {
  std::promise<void> go_on;
  std::vector<int> codes;
  EXPECT_TRUE(publisher_->Post({.files = RulesWithin("6m")},
                               [&](const auto&) { go_on.get_future().wait(); }));
  size_t taken = 0;
  while (publisher_->Post({.files = RulesWithin("7m")}, [&](const auto& answer) {
    codes.push_back(answer.has_value() ? 0 : answer.error().code);
  })) {
    ++taken;
  }
  EXPECT_GE(taken, JobQueue::kMostWaiting - 1);
  EXPECT_LE(taken, JobQueue::kMostWaiting) << "the first may wait, too, or be under way";
  go_on.set_value();
  publisher_->Stop();
  EXPECT_EQ(codes.size(), taken) << "each once, done or refused";
  for (const int code : codes) EXPECT_TRUE(code == 0 || code == kStopped) << code;
}

}  // namespace
}  // namespace pm
