#include "engine/runtime/kafka/worker/rules_topic.h"

#include <gtest/gtest.h>

#include "engine/runtime/kafka/fake/fake_kafka.h"
#include "engine/runtime/kafka/logs/rules_switch.h"
#include "engine/runtime/memory_store.h"
#include "engine/runtime/record.h"
#include "engine/runtime/rules_document.h"

namespace pm {
namespace {

constexpr uint32_t kPartitions = 2;
const ContentHash kOne = HashContent("one"), kTwo = HashContent("two");

class RulesTopicTest : public testing::Test {
 protected:
  // Somebody who follows, with a store of their own.
  struct Follower {
    explicit Follower(RulesTopicTest& test)
        : client(test.broker_, "followers", "", {}),
          reader(test.broker_),
          topic([this](const TopicPartition& one) { return client.Bounds(one); }, reader,
                test.names_, store) {}
    FakeClient client;
    FakeReader reader;
    MemoryStore store;
    RulesTopic topic;
  };

  RulesTopicTest() {
    for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk})
      broker_.CreateTopic({names_.Input(stage), kPartitions, 1, {}});
    broker_.CreateTopic({names_.Control(), 1, 1, {}});
    broker_.CreateTopic({names_.Rules(), 1, 1, {}});
    broker_.Advance(Instant{5000});
  }
  static std::string Large(char letter) { return std::string(kRulesRecordBytes * 2 + 5, letter); }
  void Put(std::string key, std::string value) {
    broker_.Publish({names_.Rules(), 0}, {.key = std::move(key), .value = std::move(value)});
  }
  static std::string Key(ContentHash rules, std::string_view document, int number, int count) {
    return fmt::format("{}/{}/{} of {}", ToText(rules), ToText(HashContent(document)), number,
                       count);
  }

  TopicNames names_;
  FakeBroker broker_{FakeSettings{}};
  FakeClient publisher_{broker_, "publishers", "", {}};
};

TEST_F(RulesTopicTest, ALargeDocumentComesWholeToWhoIsThereAndToWhoComesLater) {
  Follower early(*this);
  ASSERT_TRUE(early.topic.Poll({}).has_value());
  EXPECT_TRUE(early.topic.caught_up());
  EXPECT_FALSE(early.topic.in_force());
  ASSERT_TRUE(StoreRules(publisher_, names_, kOne, Large('a')).has_value());
  ASSERT_TRUE(SwitchRules(publisher_, names_, kPartitions, kOne).has_value());
  Follower late(*this);
  for (Follower* one : {&early, &late}) {
    ASSERT_TRUE(one->topic.Poll({}).has_value());
    EXPECT_TRUE(one->topic.caught_up());
    EXPECT_EQ(one->topic.in_force(), kOne);
    EXPECT_EQ(one->topic.TakeNew(), std::vector{kOne});
    EXPECT_EQ(ReadRulesDocument(one->store, kOne), Large('a'));
    EXPECT_EQ(one->topic.damaged(), 0);
  }
  EXPECT_TRUE(early.topic.TakeNew().empty());
}

TEST_F(RulesTopicTest, KnowsWhatWorkersSayOfThemselves) {
  Follower one(*this);
  WorkerNote note{"1.0", "2026b", {kOne}, {}};
  ASSERT_TRUE(StoreWorkerNote(publisher_, names_, "worker-003", note).has_value());
  note.compiled.push_back(kTwo);
  ASSERT_TRUE(StoreWorkerNote(publisher_, names_, "worker-003", note).has_value());
  ASSERT_TRUE(one.topic.Poll({}).has_value());
  EXPECT_EQ(one.topic.workers(), (std::map<std::string, WorkerNote>{{"worker-003", note}}));
  EXPECT_EQ(one.topic.damaged(), 0);
  Put("worker/worker-004", "\xff");
  ASSERT_TRUE(one.topic.Poll({}).has_value());
  EXPECT_EQ(one.topic.damaged(), 1);
  EXPECT_EQ(one.topic.workers().size(), 1);
}

TEST_F(RulesTopicTest, ItsRecordsStayBelowTheLimitOfBrokers) {
  ASSERT_TRUE(StoreRules(publisher_, names_, kOne, Large('a')).has_value());
  int64_t position = 0;
  int records = 0;
  while (const FakeEntry* entry = broker_.NextCommitted({names_.Rules(), 0}, &position)) {
    EXPECT_LE(entry->value->size(), kRulesRecordBytes);
    position = entry->offset + 1;
    ++records;
  }
  EXPECT_EQ(records, 3);
}

TEST_F(RulesTopicTest, WhoChangedRulesWhenAndWhyIsKept) {
  ASSERT_TRUE(SwitchRules(publisher_, names_, kPartitions, kOne).has_value());
  broker_.Advance(Instant{7000});
  ASSERT_TRUE(
      SwitchRules(publisher_, names_, kPartitions, kTwo, {"published", "ann", "slower", true})
          .has_value());
  Follower follower(*this);
  ASSERT_TRUE(follower.topic.Poll({}).has_value());
  EXPECT_EQ(follower.topic.in_force(), kTwo);
  const std::vector<RulesSwitch> switches = ReadRulesHistory(follower.store).switches;
  ASSERT_EQ(switches.size(), 2);
  EXPECT_EQ(switches[0].how, "folder");
  EXPECT_FALSE(switches[0].propagate);
  EXPECT_EQ(switches[1].at, Instant{7000});
  EXPECT_EQ(switches[1].by + " " + switches[1].message, "ann slower");
  EXPECT_TRUE(switches[1].propagate);
  EXPECT_FALSE(ReadRulesDocument(follower.store, kTwo)) << "of these nobody stored a document";
}

TEST_F(RulesTopicTest, PropagatingIsSaidToTheStages) {
  ASSERT_TRUE(SwitchRules(publisher_, names_, kPartitions, kOne, {.propagate = true}).has_value());
  int64_t position = 0;
  const FakeEntry* entry = broker_.NextCommitted({names_.Input(Stage::kDesk), 1}, &position);
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(*entry->value, EncodeRecord(SwitchRecord{kOne, true}));
}

TEST_F(RulesTopicTest, ADocumentIsNotSeenBeforeItsTransactionIsCommitted) {
  ASSERT_TRUE(publisher_.InitTransactions(RulesTransactionalId(names_)).has_value());
  ASSERT_TRUE(publisher_.Begin().has_value());
  const std::string key = Key(kOne, "text", 1, 1);
  ASSERT_TRUE(publisher_.Produce({names_.Rules(), 0, key, "text", {}}).has_value());
  Follower follower(*this);
  ASSERT_TRUE(follower.topic.Poll({}).has_value());
  EXPECT_TRUE(follower.topic.TakeNew().empty());
  EXPECT_FALSE(follower.topic.caught_up()) << "what is there is not known before it ends";
  ASSERT_TRUE(publisher_.Commit().has_value());
  ASSERT_TRUE(follower.topic.Poll({}).has_value());
  EXPECT_EQ(follower.topic.TakeNew(), std::vector{kOne});
  EXPECT_TRUE(follower.topic.caught_up());
}

TEST_F(RulesTopicTest, WhatIsDamagedOrIncompleteIsPassedOver) {
  const std::string damaged[] = {"",
                                 "x",
                                 Key(kOne, "text", 0, 1),
                                 Key(kOne, "text", 2, 1),
                                 Key(kOne, "text", 1, 1025),
                                 "a/b/1 of 1"};
  for (const std::string& key : damaged) Put(key, "text");
  Put(Key(kOne, "text", 1, 1), "other");
  Put(Key(kTwo, "first", 1, 2), "fir");
  Put(Key(kTwo, "first", 1, 3), "fir");
  broker_.Publish({names_.Control(), 0}, {.key = "rules", .value = "no record"});
  broker_.Publish({names_.Rules(), 0}, {.key = Key(kOne, "text", 1, 1), .value = std::nullopt});
  Follower follower(*this);
  ASSERT_TRUE(follower.topic.Poll({}).has_value());
  EXPECT_TRUE(follower.topic.TakeNew().empty());
  EXPECT_EQ(follower.topic.damaged(), std::size(damaged) + 3);
  EXPECT_FALSE(follower.topic.in_force());
  Put(Key(kOne, "text", 1, 1), "text");
  Put(Key(kTwo, "first", 2, 2), "st");
  ASSERT_TRUE(follower.topic.Poll({}).has_value());
  EXPECT_EQ(follower.topic.TakeNew(), (std::vector{kOne, kTwo})) << "and mended by another time";
}

TEST_F(RulesTopicTest, TwoDocumentsOfTheSameRulesDoNotMix) {
  Put(Key(kOne, "aabb", 1, 2), "aa");
  Put(Key(kOne, "ccdd", 1, 2), "cc");
  Put(Key(kOne, "ccdd", 2, 2), "dd");
  Put(Key(kOne, "aabb", 2, 2), "bb");
  Follower follower(*this);
  ASSERT_TRUE(follower.topic.Poll({}).has_value());
  EXPECT_EQ(ReadRulesDocument(follower.store, kOne), "aabb") << "the last that became whole";
  EXPECT_EQ(follower.topic.damaged(), 0);
}

TEST_F(RulesTopicTest, PiecesWhoseOthersNeverComeAreForgottenInTheEnd) {
  Put(Key(kOne, "text", 1, 2), "te");
  for (int i = 0; i < 8; ++i) Put(Key(kTwo, std::to_string(i), 1, 2), "x");
  Put(Key(kOne, "text", 2, 2), "xt");
  Follower follower(*this);
  ASSERT_TRUE(follower.topic.Poll({}).has_value());
  EXPECT_TRUE(follower.topic.TakeNew().empty());
}

TEST_F(RulesTopicTest, OfPublishersAtOnceTheLastOneWinsAndTheOthersKnow) {
  FakeClient other(broker_, "publishers", "", {});
  ASSERT_TRUE(publisher_.InitTransactions(RulesTransactionalId(names_)).has_value());
  ASSERT_TRUE(publisher_.Begin().has_value());
  ASSERT_TRUE(
      publisher_.Produce({names_.Rules(), 0, Key(kOne, "lost", 1, 1), "lost", {}}).has_value());
  ASSERT_TRUE(StoreRules(other, names_, kOne, "text").has_value());
  EXPECT_EQ(publisher_.Commit().error().code, kKafkaFenced);
  ASSERT_TRUE(StoreRules(publisher_, names_, kOne, "text").has_value());
  for (FakeClient* one : {&publisher_, &other})
    ASSERT_TRUE(SwitchRules(*one, names_, kPartitions, kOne).has_value());
  Follower follower(*this);
  ASSERT_TRUE(follower.topic.Poll({}).has_value());
  EXPECT_EQ(follower.topic.TakeNew(), (std::vector{kOne, kOne}));
  EXPECT_EQ(ReadRulesDocument(follower.store, kOne), "text");
  EXPECT_EQ(follower.topic.in_force(), kOne);
}

TEST_F(RulesTopicTest, ATopicThatIsNotThereIsRefusedAndATopicMadeLaterIsRead) {
  broker_.DeleteTopic(names_.Rules());
  EXPECT_EQ(StoreRules(publisher_, names_, kOne, "text").error().code, kKafkaAborted);
  Follower follower(*this);
  EXPECT_EQ(follower.topic.Poll({}).error().code, kKafkaRefused);
  EXPECT_FALSE(follower.topic.caught_up());
  broker_.CreateTopic({names_.Rules(), 1, 1, {}});
  ASSERT_TRUE(StoreRules(publisher_, names_, kOne, "text").has_value());
  ASSERT_TRUE(follower.topic.Poll({}).has_value());
  EXPECT_EQ(follower.topic.TakeNew(), std::vector{kOne});
}

}  // namespace
}  // namespace pm
