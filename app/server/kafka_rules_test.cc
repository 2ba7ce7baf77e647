#include "app/server/kafka_rules.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>

#include "app/server/rule_publisher.h"
#include "app/server/testing_locked_kafka.h"
#include "engine/runtime/kafka/logs/rules_switch.h"
#include "engine/runtime/kafka/reshape/kafka_state.h"
#include "engine/runtime/memory_store.h"
#include "engine/runtime/record.h"

namespace pm {
namespace {

std::vector<RuleFile> RulesNamed(std::string_view pool) {
  return {
      {"rules.yaml", fmt::format("kind: routing\nroutes: []\notherwise: {{ to: {{ pool: {0} }} "
                                 "}}\n---\nkind: team\npools: {{ {0}: {{ strategy: queue }} }}\n",
                                 pool)}};
}

class KafkaRulesTest : public testing::Test {
 protected:
  // A worker's part in it.
  struct Member {
    explicit Member(KafkaRulesTest& test, Duration stagger = {}, std::string instance = {})
        : rules(test.Settings(stagger, std::move(instance)), store, library),
          publisher(rules, library) {}
    MemoryStore store;
    RuleLibrary library{8};
    KafkaRules rules;
    RulePublisher publisher;
  };

  KafkaRulesTest() {
    for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk})
      broker_.CreateTopic({names_.Input(stage), 1, 1, {}});
    broker_.CreateTopic({names_.Control(), 1, 1, {}});
    broker_.CreateTopic({names_.Rules(), 1, 1, {}});
  }
  KafkaRulesSettings Settings(Duration stagger, std::string instance) {
    KafkaRulesSettings settings;
    if (!instance.empty()) settings.live = [this] { return live_; };
    settings.release = "1.0";
    settings.instance = std::move(instance);
    settings.compiled = compiled_;
    settings.abandoned = abandoned_;
    settings.on_gone = on_gone_;
    settings.warn = [this](std::string_view line) { warnings_.emplace_back(line); };
    settings.say = [this](std::string_view line) {
      const std::lock_guard lock(said_mutex_);
      said_.emplace_back(line);
    };
    settings.stagger = stagger;
    settings.partitions = 1;
    settings.again = Milliseconds(1);
    settings.known = Milliseconds(20'000);
    settings.client = [this] {
      if (before_store_) before_store_();
      return std::make_unique<LockedClient>(mutex_, broker_);
    };
    settings.reader = [this] { return std::make_unique<LockedReader>(mutex_, broker_); };
    return settings;
  }
  // What is in force for all, of a document that nobody stored.
  void SwitchToUnknown() {
    const std::lock_guard lock(mutex_);
    const ContentHash lost = HashContent("lost");
    broker_.Publish({names_.Control(), 0}, {.value = EncodeRecord(SwitchRecord{lost})});
  }
  // Nobody has a transaction open there.
  bool IsReadable(const TopicPartition& which) {
    const std::lock_guard lock(mutex_);
    return broker_.LastStable(which) == broker_.Find(which)->end;
  }
  static void Await(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!holds() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    EXPECT_TRUE(holds());
  }

  void Say(const std::string& instance, const WorkerNote& note) {
    LockedClient client(mutex_, broker_);
    ASSERT_TRUE(StoreWorkerNote(client, names_, instance, note).has_value());
  }

  const TopicNames names_;
  std::vector<std::string> live_;  // instances; of members that have one
  Duration compiled_ = Seconds(20), abandoned_ = Seconds(20);
  std::function<void(const Error&)> on_gone_;
  std::function<void()> before_store_;  // with each client that is asked for
  std::vector<std::string> warnings_;
  std::mutex said_mutex_;
  std::vector<std::string> said_;  // by all members
  std::mutex mutex_;               // of the broker
  FakeBroker broker_{FakeSettings{}};
};

TEST_F(KafkaRulesTest, WhatOneWorkerPublishesAnotherCompilesWithoutTheFolder) {
  Member one(*this), two(*this);
  ASSERT_TRUE(one.rules.Start().has_value() && two.rules.Start().has_value());
  EXPECT_FALSE(one.rules.in_force());
  const CompiledRules first = one.library.CompileFiles(RulesNamed("house"), {}).value();
  one.library.Keep(first, {});
  ASSERT_TRUE(one.rules.PutInForce(first.book->version(), first.document, {}).has_value());
  EXPECT_EQ(one.rules.in_force(), first.book->version());
  const auto next =
      one.publisher.Publish({.files = RulesNamed("home"), .note = {"published", "ann", "why"}});
  ASSERT_TRUE(next.has_value()) << next.error().text;
  EXPECT_TRUE(next->published);
  EXPECT_FALSE(next->impact.counted_all) << "the rows are not here";
  EXPECT_FALSE(next->impact.open_leads.has_value()) << "not counted is not zero";
  Await([&] { return two.rules.in_force() == next->version; });
  EXPECT_NE(two.rules.Find(next->version), nullptr);
  EXPECT_EQ(ReadRulesHistory(*two.rules.View()).switches.back().by, "ann");
  Member late(*this);
  ASSERT_TRUE(late.rules.Start().has_value());
  EXPECT_EQ(late.rules.in_force(), next->version);
  EXPECT_NE(late.library.Find(next->version), nullptr);
  EXPECT_EQ(late.library.Find(first.book->version()), nullptr) << "nobody asked for it";
  EXPECT_EQ(late.rules.Find(first.book->version()), nullptr);
  Await([&] { return late.rules.Find(first.book->version()) != nullptr; });
}

TEST_F(KafkaRulesTest, EachWorkerSaysOnceWhatComesIntoForceAndWhoDidIt) {
  const auto said = [&] {
    const std::lock_guard lock(said_mutex_);
    return said_;
  };
  Member one(*this), two(*this);
  ASSERT_TRUE(one.rules.Start().has_value());
  const CompiledRules first = one.library.CompileFiles(RulesNamed("house"), {}).value();
  one.library.Keep(first, {});
  ASSERT_TRUE(one.rules.PutInForce(first.book->version(), first.document, {}).has_value());
  const std::string begun =
      fmt::format("rules {} are in force, folder by somebody", ToText(first.book->version()));
  ASSERT_TRUE(two.rules.Start().has_value());
  const auto next =
      one.publisher.Publish({.files = RulesNamed("home"), .note = {"published", "ann", "why"}});
  ASSERT_TRUE(next.has_value()) << next.error().text;
  const std::string line =
      fmt::format("rules {} are in force, published by ann: why", ToText(next->version));
  Await([&] { return said().size() >= 3; });
  EXPECT_THAT(said(), testing::ElementsAre(begun, line, line));
  Member late(*this);
  ASSERT_TRUE(late.rules.Start().has_value());
  const auto back =
      two.publisher.Publish({.files = RulesNamed("inn"), .note = {"rolled_back", "", ""}});
  ASSERT_TRUE(back.has_value()) << back.error().text;
  const std::string again =
      fmt::format("rules {} are in force, rolled_back by somebody", ToText(back->version));
  Await([&] { return said().size() >= 6; });
  EXPECT_THAT(said(), testing::ElementsAre(begun, line, line, again, again, again))
      << "what was so before a worker came is no news there";
}

TEST_F(KafkaRulesTest, RepsWhomAChangeDropsAreNamed) {
  const auto with_rep = [](std::string_view rep) {
    std::vector<RuleFile> files = RulesNamed("house");
    files.front().text += "roster: reps.csv\n";
    files.insert(files.begin(), {"reps.csv", fmt::format("id\n{}\n", rep)});
    return files;
  };
  Member one(*this);
  ASSERT_TRUE(one.rules.Start().has_value());
  const CompiledRules first = one.library.CompileFiles(with_rep("ann"), {}).value();
  one.library.Keep(first, {});
  ASSERT_TRUE(one.rules.PutInForce(first.book->version(), first.document, {}).has_value());
  const auto next = one.publisher.Publish({.files = with_rep("bob"), .dry_run = true});
  ASSERT_TRUE(next.has_value()) << next.error().text;
  EXPECT_THAT(next->impact.unasked_reps, testing::ElementsAre("ann"));
}

TEST_F(KafkaRulesTest, OfRulesThatNobodyStoredNothingIsCompiledUntilSomebodyDoes) {
  SwitchToUnknown();
  Member one(*this);
  ASSERT_TRUE(one.rules.Start().has_value());
  EXPECT_EQ(one.rules.in_force(), HashContent("lost"));
  EXPECT_EQ(one.rules.Find(one.rules.in_force()), nullptr);
  const auto refused = one.publisher.Publish({.files = RulesNamed("house")});
  EXPECT_EQ(refused.error().code, kUnknownRules);
  const CompiledRules rules = one.library.CompileFiles(RulesNamed("house"), {}).value();
  ASSERT_TRUE(one.rules.PutInForce(rules.book->version(), rules.document, {}).has_value());
  EXPECT_NE(one.rules.Find(rules.book->version()), nullptr);
}

TEST_F(KafkaRulesTest, TwoWhoPublishTheSameAtOnceBothFindItInForce) {
  Member one(*this), two(*this, Milliseconds(50));
  ASSERT_TRUE(one.rules.Start().has_value() && two.rules.Start().has_value());
  const CompiledRules rules = one.library.CompileFiles(RulesNamed("house"), {}).value();
  const ContentHash version = rules.book->version();
  Result<void> first, second;
  std::thread other([&] { second = two.rules.PutInForce(version, rules.document, {}); });
  first = one.rules.PutInForce(version, rules.document, {});
  other.join();
  EXPECT_TRUE(first.has_value() && second.has_value());
  EXPECT_EQ(one.rules.in_force(), version);
  EXPECT_EQ(two.rules.in_force(), version);
}

// The worst moment: another worker has put its rules in force, and ours has not heard of it yet.
TEST_F(KafkaRulesTest, TheFirstRulesComeIntoForceOnlyWhileThereAreNone) {
  std::atomic<bool> came_late = false;
  ContentHash others;
  Member quick(*this);
  ASSERT_TRUE(quick.rules.Start().has_value());
  const CompiledRules theirs = quick.library.CompileFiles(RulesNamed("home"), {}).value();
  Member slow(*this);
  ASSERT_TRUE(slow.rules.Start().has_value());
  before_store_ = [&] {
    if (came_late.exchange(true)) return;
    others = theirs.book->version();
    LockedClient client(mutex_, broker_);
    ASSERT_TRUE(StoreRules(client, names_, others, theirs.document).has_value());
    ASSERT_TRUE(SwitchRules(client, names_, 1, others).has_value());
  };
  const CompiledRules ours = slow.library.CompileFiles(RulesNamed("house"), {}).value();
  const auto refused = slow.rules.PutInForce(ours.book->version(), ours.document, {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, kKafkaFenced);
  EXPECT_EQ(slow.rules.in_force(), others);
  EXPECT_EQ(ReadRulesHistory(*slow.rules.View()).switches.size(), 1U);
  const std::lock_guard lock(said_mutex_);
  EXPECT_THAT(said_,
              testing::Contains(fmt::format("rules {} wait: another worker puts rules in force",
                                            ToText(ours.book->version()))));
}

TEST_F(KafkaRulesTest, RulesComeIntoForceOnceAllWorkersHaveCompiledThem) {
  live_ = {"worker-000", "worker-001"};
  Member one(*this, {}, "worker-000"), two(*this, {}, "worker-001");
  ASSERT_TRUE(one.rules.Start().has_value() && two.rules.Start().has_value());
  const CompiledRules rules = one.library.CompileFiles(RulesNamed("house"), {}).value();
  ASSERT_TRUE(one.rules.PutInForce(rules.book->version(), rules.document, {}).has_value());
  EXPECT_NE(two.library.Find(rules.book->version()), nullptr);
}

TEST_F(KafkaRulesTest, AWorkerThatStartsWhileItIsWaitedForCompilesThemToo) {
  live_ = {"worker-000", "worker-001"};
  Member one(*this, {}, "worker-000");
  ASSERT_TRUE(one.rules.Start().has_value());
  const CompiledRules rules = one.library.CompileFiles(RulesNamed("house"), {}).value();
  const ContentHash version = rules.book->version();
  Result<void> done;
  std::thread other([&] { done = one.rules.PutInForce(version, rules.document, {}); });
  Await([&] {
    const std::lock_guard lock(mutex_);
    int64_t at = 0;
    const TopicPartition rules_topic{names_.Rules(), 0};
    for (; const FakeEntry* entry = broker_.NextCommitted(rules_topic, &at); ++at)
      if (!entry->key.starts_with(kWorkerKey)) return true;
    return false;
  });
  Member two(*this, {}, "worker-001");
  EXPECT_TRUE(two.rules.Start().has_value());
  other.join();
  EXPECT_TRUE(done.has_value());
  EXPECT_NE(two.library.Find(version), nullptr);
}

TEST_F(KafkaRulesTest, AWorkerThatDoesNotCompileThemIsNamed) {
  live_ = {"worker-000", "worker-007"};
  compiled_ = Milliseconds(5);
  Member one(*this, {}, "worker-000");
  ASSERT_TRUE(one.rules.Start().has_value());
  const CompiledRules rules = one.library.CompileFiles(RulesNamed("house"), {}).value();
  const ContentHash version = rules.book->version();
  auto done = one.rules.PutInForce(version, rules.document, {});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, kNotCompiledByAll);
  EXPECT_THAT(done.error().text, testing::HasSubstr("worker-007 did not compile them within"));
  EXPECT_FALSE(one.rules.in_force());
  Say("worker-007", {"1.0", {}, {}, {version}});
  // It may be heard of later than the worker is waited for.
  Await([&] {
    done = one.rules.PutInForce(version, rules.document, {});
    return !done && done.error().text.contains("worker-007 cannot compile them");
  });
  Say("worker-007", {"1.0", {}, {version}, {}});
  compiled_ = Seconds(20);
  Member other(*this, {}, "worker-000");
  ASSERT_TRUE(other.rules.Start().has_value());
  EXPECT_TRUE(other.rules.PutInForce(version, rules.document, {}).has_value());
}

TEST_F(KafkaRulesTest, WarnsOfALiveWorkerOfAnotherRelease) {
  live_ = {"worker-000", "worker-001"};
  Say("worker-001", {"0.9", "2026b", {}, {}});
  Say("worker-002", {"0.8", "2026b", {}, {}});
  {
    Member one(*this, {}, "worker-000");
    ASSERT_TRUE(one.rules.Start().has_value());
  }
  EXPECT_THAT(warnings_, testing::ElementsAre(testing::HasSubstr("worker-001 is release 0.9")));
}

// Whoever still runs when a reshape has taken the state ends; whoever starts then does not.
TEST_F(KafkaRulesTest, AStateThatHasGoneElsewhereEndsWhoWorksWithIt) {
  std::promise<Error> gone;
  std::atomic<int> told = 0;
  on_gone_ = [&](const Error& error) {
    if (++told == 1) gone.set_value(error);
  };
  Member one(*this);
  ASSERT_TRUE(one.rules.Start().has_value());
  LockedClient client(mutex_, broker_);
  ASSERT_TRUE(
      PutGeneration(client, {.names = names_}, {.gone_to = "Kafka, prefix new"}).has_value());
  auto heard = gone.get_future();
  ASSERT_EQ(heard.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  const Error error = heard.get();
  EXPECT_EQ(error.code, kStateGone);
  EXPECT_EQ(error.text, "the state has gone to Kafka, prefix new");
  SwitchToUnknown();
  Await([&] { return one.rules.in_force() == HashContent("lost"); });
  EXPECT_EQ(told, 1) << "once is enough";
  Member late(*this);
  EXPECT_EQ(late.rules.Start().error().code, kStateGone);
}

// They hold back all that follow, and workers that start, until somebody ends what they left open.
TEST_F(KafkaRulesTest, WhoDiedPuttingRulesInForceOrTellingOfItselfHoldsNobodyBack) {
  abandoned_ = Milliseconds(5);
  const auto leave_open = [&](const std::string& id, const TopicPartition& where) {
    const std::lock_guard lock(mutex_);
    broker_.NewEpoch(id);
    broker_.Write(where, {.value = "half of it"}, id);
  };
  const TopicPartition control{names_.Control(), 0}, rules_topic{names_.Rules(), 0};
  leave_open(RulesTransactionalId(names_), control);
  Member one(*this);
  ASSERT_TRUE(one.rules.Start().has_value());
  Say("worker-007", {"1.0", {}, {}, {}});
  Await([&] { return one.rules.in_force() == ContentHash{} && IsReadable(rules_topic); });
  leave_open(NotesTransactionalId(names_, "worker-007"), rules_topic);
  leave_open(RulesTransactionalId(names_), control);
  SwitchToUnknown();
  Await([&] { return one.rules.in_force() == HashContent("lost"); });
  Await([&] { return IsReadable(rules_topic); });
  EXPECT_EQ(broker_.counts.timed_out, 0);
  Member late(*this);
  EXPECT_TRUE(late.rules.Start().has_value());
}

TEST_F(KafkaRulesTest, TopicsThatAreNotThereAreRefusedAtOnce) {
  broker_.DeleteTopic(names_.Rules());
  Member one(*this);
  EXPECT_EQ(one.rules.Start().error().code, kKafkaRefused);
}

}  // namespace
}  // namespace pm
