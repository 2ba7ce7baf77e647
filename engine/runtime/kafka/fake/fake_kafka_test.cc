#include "engine/runtime/kafka/fake/fake_kafka.h"

#include <gtest/gtest.h>

namespace pm {
namespace {

const TopicPartition kIn{"in", 0}, kOut{"out", 0};

struct FakeKafkaTest : testing::Test {
  FakeKafkaTest() { Make({}); }
  void Make(FakeSettings settings) {
    brokers.push_back(std::make_unique<FakeBroker>(settings));
    broker = brokers.back().get();
    broker->CreateTopic({"in", 4, 1, {}});
    broker->CreateTopic({"out", 1, 1, {}});
  }
  std::unique_ptr<FakeClient> Join(const std::string& instance) {
    auto client = std::make_unique<FakeClient>(*broker, "g", instance, std::vector{kIn.topic});
    EXPECT_TRUE(client->InitTransactions("t-" + instance).has_value());
    return client;
  }
  // Answers what it hears until there is nothing; what it was assigned last.
  std::vector<TopicPartition> Settle(FakeClient& client) {
    std::vector<TopicPartition> mine;
    for (;;) {
      const Result<KafkaEvent> event = client.Poll({});
      EXPECT_TRUE(event.has_value());
      if (const auto* revoked = std::get_if<Revoked>(&*event)) {
        lost |= revoked->lost;
        mine.clear();
        EXPECT_TRUE(client.Assign({}).has_value());
      } else if (const auto* assigned = std::get_if<Assigned>(&*event)) {
        mine = assigned->partitions;
        std::vector<PartitionOffset> from;
        for (const TopicPartition& one : mine) from.push_back({one, 0});
        EXPECT_TRUE(client.Assign(from).has_value());
      } else {
        return mine;
      }
    }
  }
  void Write(FakeClient& client, const std::string& value) {
    EXPECT_TRUE(client.Produce({"out", 0, "k", value, {}}).has_value());
  }
  std::vector<std::string> ReadOut() {
    FakeReader reader(*broker);
    EXPECT_TRUE(reader.Assign(std::vector<PartitionOffset>{{kOut, 0}}).has_value());
    std::vector<std::string> values;
    for (;;) {
      const auto record = reader.Poll({});
      EXPECT_TRUE(record.has_value());
      if (!*record) return values;
      values.emplace_back((*record)->value);
    }
  }
  int64_t Committed() {
    const auto it = broker->group("g").committed.find(kIn);
    return it == broker->group("g").committed.end() ? -1 : it->second;
  }
  int CodeOf(const auto& result) { return result.has_value() ? 0 : result.error().code; }

  std::vector<std::unique_ptr<FakeBroker>> brokers;  // clients may outlive a Make
  FakeBroker* broker = nullptr;
  bool lost = false;
};

using Values = std::vector<std::string>;

TEST_F(FakeKafkaTest, ShowsATransactionOnlyOnceItIsCommitted) {
  const auto client = Join("a");
  Settle(*client);
  ASSERT_TRUE(client->Begin().has_value());
  Write(*client, "one");
  ASSERT_TRUE(client->SendOffsets(std::vector<PartitionOffset>{{kIn, 7}}).has_value());
  EXPECT_EQ(ReadOut(), Values{});
  EXPECT_EQ(CodeOf(client->Committed("", std::vector{kIn})), kKafkaRetry);
  ASSERT_TRUE(client->Flush().has_value());
  ASSERT_TRUE(client->Commit().has_value());
  EXPECT_EQ(ReadOut(), Values{"one"});
  EXPECT_EQ(client->Committed("", std::vector{kIn})->at(0).offset, 7);
  // The record and its marker.
  EXPECT_EQ(client->Bounds(kOut)->second, 2);
}

TEST_F(FakeKafkaTest, NeverShowsWhatWasAborted) {
  const auto client = Join("a");
  Settle(*client);
  ASSERT_TRUE(client->Begin().has_value());
  Write(*client, "one");
  ASSERT_TRUE(client->SendOffsets(std::vector<PartitionOffset>{{kIn, 7}}).has_value());
  ASSERT_TRUE(client->Abort().has_value());
  ASSERT_TRUE(client->Begin().has_value());
  Write(*client, "two");
  ASSERT_TRUE(client->Commit().has_value());
  EXPECT_EQ(ReadOut(), Values{"two"});
  EXPECT_EQ(Committed(), -1);
}

TEST_F(FakeKafkaTest, AnOpenTransactionHoldsBackWhatComesBehindIt) {
  const auto dead = Join("a");
  ASSERT_TRUE(dead->Begin().has_value());
  Write(*dead, "dead");
  const auto other = Join("b");
  ASSERT_TRUE(other->Begin().has_value());
  Write(*other, "late");
  ASSERT_TRUE(other->Commit().has_value());
  EXPECT_EQ(ReadOut(), Values{});
  ASSERT_TRUE(other->InitTransactions("t-a").has_value());
  EXPECT_EQ(ReadOut(), Values{"late"});
}

TEST_F(FakeKafkaTest, AnOpenTransactionTimesOut) {
  const auto client = Join("a");
  ASSERT_TRUE(client->Begin().has_value());
  Write(*client, "one");
  broker->Advance(Instant{0} + broker->settings().transaction_timeout + Milliseconds(1));
  EXPECT_EQ(broker->LastStable(kOut), broker->Find(kOut)->end);
  EXPECT_EQ(CodeOf(client->Commit()), kKafkaFenced);
  EXPECT_EQ(ReadOut(), Values{});
}

TEST_F(FakeKafkaTest, FencesTheProducerBefore) {
  const auto old = Join("a");
  ASSERT_TRUE(old->Begin().has_value());
  Write(*old, "old");
  const auto client = Join("b");
  ASSERT_TRUE(client->InitTransactions("t-a").has_value());
  EXPECT_EQ(CodeOf(old->Produce({"out", 0, "k", "x", {}})), kKafkaFenced);
  EXPECT_EQ(CodeOf(old->Begin()), kKafkaFatal);
  ASSERT_TRUE(old->InitTransactions("t-a").has_value());
  EXPECT_EQ(CodeOf(client->Begin()), kKafkaFenced);
  EXPECT_EQ(ReadOut(), Values{});
}

TEST_F(FakeKafkaTest, SharesByRangeInOrderOfInstances) {
  const auto b = Join("w-02");
  EXPECT_EQ(Settle(*b).size(), 4U);
  const auto a = Join("w-01");
  EXPECT_TRUE(Settle(*a).empty());  // the other has to give up first
  EXPECT_EQ(Settle(*b), (std::vector<TopicPartition>{{"in", 2}, {"in", 3}}));
  EXPECT_EQ(Settle(*a), (std::vector<TopicPartition>{{"in", 0}, {"in", 1}}));
}

TEST_F(FakeKafkaTest, TakesOffsetsOfWhoeverOwnsThePartitionAlone) {
  const auto b = Join("w-02");
  Settle(*b);
  const auto a = Join("w-01");
  Settle(*a);
  ASSERT_TRUE(b->Begin().has_value());
  Write(*b, "before");
  // Asked to give up, but not yet answered: a last commit counts.
  ASSERT_TRUE(b->SendOffsets(std::vector<PartitionOffset>{{kIn, 3}}).has_value());
  ASSERT_TRUE(b->Commit().has_value());
  Settle(*b);
  Settle(*a);
  ASSERT_TRUE(b->Begin().has_value());
  Write(*b, "after");
  EXPECT_EQ(CodeOf(b->SendOffsets(std::vector<PartitionOffset>{{kIn, 4}})), kKafkaAborted);
  EXPECT_EQ(CodeOf(b->Commit()), kKafkaAborted);
  ASSERT_TRUE(b->Abort().has_value());
  EXPECT_EQ(Committed(), 3);
  EXPECT_EQ(ReadOut(), Values{"before"});
}

TEST_F(FakeKafkaTest, PutsOutWhoeverIsSilentForTheSession) {
  const auto a = Join("w-01"), b = Join("w-02");
  Settle(*a), Settle(*b), Settle(*a);
  broker->Freeze(a->number());
  broker->Advance(broker->now() + broker->settings().session + Milliseconds(1));
  EXPECT_EQ(Settle(*b).size(), 4U);
  ASSERT_TRUE(a->Begin().has_value());
  EXPECT_EQ(CodeOf(a->SendOffsets(std::vector<PartitionOffset>{{kIn, 1}})), kKafkaAborted);
  EXPECT_FALSE(lost);
  Settle(*a);
  EXPECT_TRUE(lost);
}

TEST_F(FakeKafkaTest, ARestartWithinTheSessionMovesNothing) {
  auto a = Join("w-01");
  const auto b = Join("w-02");
  const auto mine = Settle(*a);
  Settle(*b);
  const int before = broker->group("g").rebalances();
  const auto again = Join("w-01");
  EXPECT_EQ(Settle(*again), mine);
  EXPECT_EQ(broker->group("g").rebalances(), before);
  EXPECT_EQ(CodeOf(a->Poll({})), kKafkaFenced);
}

TEST_F(FakeKafkaTest, ReadsNothingBetweenAnEventAndItsAnswer) {
  broker->Publish(kIn, {.value = "x"});
  const auto a = Join("w-01");
  ASSERT_TRUE(std::holds_alternative<Assigned>(*a->Poll({})));
  EXPECT_TRUE(std::holds_alternative<Nothing>(*a->Poll({})));
  ASSERT_TRUE(a->Assign(std::vector<PartitionOffset>{{kIn, 0}}).has_value());
  EXPECT_TRUE(std::holds_alternative<KafkaRecord>(*a->Poll({})));
}

TEST_F(FakeKafkaTest, PausedPartitionsGiveNothing) {
  broker->Publish(kIn, {.value = "x"});
  const auto a = Join("w-01");
  Settle(*a);
  ASSERT_TRUE(a->Assign(std::vector<PartitionOffset>{{kIn, 0}}).has_value());
  ASSERT_TRUE(a->Pause(std::vector{kIn}).has_value());
  EXPECT_TRUE(std::holds_alternative<Nothing>(*a->Poll({})));
  ASSERT_TRUE(a->Resume(std::vector{kIn}).has_value());
  EXPECT_EQ(std::get<KafkaRecord>(*a->Poll({})).value, "x");
  EXPECT_EQ(CodeOf(a->Pause(std::vector{kOut})), kKafkaRefused);
}

TEST_F(FakeKafkaTest, RefusesAnOffsetThatIsNotThere) {
  const auto a = Join("w-01");
  Settle(*a);
  ASSERT_TRUE(a->Assign(std::vector<PartitionOffset>{{kIn, 5}}).has_value());
  EXPECT_EQ(CodeOf(a->Poll({})), kKafkaRefused);
  EXPECT_TRUE(std::holds_alternative<Nothing>(*a->Poll({})));
  EXPECT_EQ(CodeOf(a->Assign(std::vector<PartitionOffset>{{kOut, 0}})), kKafkaRefused);
}

TEST_F(FakeKafkaTest, PositionPassesMarkersAndWhatWasAborted) {
  const auto client = Join("a");
  Settle(*client);
  ASSERT_TRUE(client->Begin().has_value());
  ASSERT_TRUE(client->Produce({"in", 0, "k", "x", {}}).has_value());
  ASSERT_TRUE(client->Abort().has_value());
  EXPECT_TRUE(std::holds_alternative<Nothing>(*client->Poll({})));
  EXPECT_EQ(client->Position(kIn), 2);
  EXPECT_EQ(CodeOf(client->Position(kOut)), kKafkaRefused);
}

TEST_F(FakeKafkaTest, CompactionKeepsTheLastOfAKeyAndDropsOldTombstones) {
  const auto put = [&](const std::string& key, std::optional<std::string> value) {
    broker->Publish(kOut, {.key = key, .value = std::move(value)});
  };
  put("a", "1"), put("b", "2"), put("a", "3"), put("b", std::nullopt);
  broker->Compact(kOut);
  EXPECT_EQ(ReadOut(), (Values{"3", ""}));
  broker->Advance(Instant{0} + broker->settings().delete_retention + Milliseconds(1));
  broker->Compact(kOut);
  EXPECT_EQ(ReadOut(), Values{"3"});
  EXPECT_EQ(broker->Find(kOut)->end, 4);
}

TEST_F(FakeKafkaTest, ALostAnswerLeavesOpenWhetherItWasCommitted) {
  FakeSettings settings;
  settings.faults.lost_commits = 1000;
  Make(settings);
  auto client = Join("a");
  Settle(*client);
  ASSERT_TRUE(client->Begin().has_value());
  Write(*client, "one");
  EXPECT_EQ(CodeOf(client->Commit()), kKafkaUnknown);
  EXPECT_EQ(CodeOf(client->Begin()), kKafkaFatal);
  EXPECT_EQ(ReadOut(), Values{"one"});
  settings.faults = {.lost_requests = 1000};
  Make(settings);
  client = Join("a");
  Settle(*client);
  ASSERT_TRUE(client->Begin().has_value());
  Write(*client, "one");
  EXPECT_EQ(CodeOf(client->Commit()), kKafkaUnknown);
  EXPECT_LT(broker->LastStable(kOut), broker->Find(kOut)->end);
  ASSERT_TRUE(client->InitTransactions("t-a").has_value());
  EXPECT_EQ(ReadOut(), Values{});
}

TEST_F(FakeKafkaTest, DrawsEachFaultFromTheSeed) {
  const auto run = [&](FakeFaults faults, auto call) {
    FakeSettings settings;
    settings.faults = faults;
    Make(settings);
    const auto client = Join("a");
    broker->quiet = true;
    Settle(*client);
    broker->Publish(kIn, {.value = "x"});
    EXPECT_TRUE(client->Begin().has_value());
    broker->quiet = false;
    return CodeOf(call(*client));
  };
  const auto commit = [](FakeClient& c) { return c.Commit(); };
  EXPECT_EQ(run({.retries = 1000}, commit), kKafkaRetry);
  EXPECT_EQ(run({.moved_coordinators = 1000}, commit), kKafkaAborted);
  EXPECT_EQ(run({.expired_producers = 1000}, commit), kKafkaFatal);
  EXPECT_EQ(run({.failed_flushes = 1000}, [](FakeClient& c) { return c.Flush(); }), kKafkaAborted);
  EXPECT_EQ(run({.stalls = 1000}, [](FakeClient& c) { return c.Poll({}); }), 0);
  EXPECT_GT(broker->counts.stalls, 0);
}

TEST_F(FakeKafkaTest, AdminCreatesAndDescribesTopics) {
  FakeAdmin admin(*broker);
  const TopicState wanted{"new", 3, 1, {{"cleanup.policy", "compact"}, {"x", "y"}}};
  ASSERT_TRUE(admin.Create(wanted).has_value());
  EXPECT_EQ(CodeOf(admin.Create(wanted)), kKafkaRefused);
  const auto found = admin.Describe(std::vector<std::string>{"new", "none"},
                                    std::vector<std::string>{"cleanup.policy"});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->at(0)->partitions, 3);
  EXPECT_EQ(found->at(0)->settings.size(), 1U);
  EXPECT_FALSE(found->at(1).has_value());
  EXPECT_EQ(*admin.List(), (std::vector<std::string>{"in", "new", "out"}));
}

}  // namespace
}  // namespace pm
