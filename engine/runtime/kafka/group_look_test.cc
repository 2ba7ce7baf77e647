#include "engine/runtime/kafka/group_look.h"

#include <gtest/gtest.h>

#include "engine/runtime/kafka/fake_kafka.h"

namespace pm {
namespace {

class GroupLookTest : public testing::Test {
 protected:
  GroupLookTest() { broker_.CreateTopic({"in", 3, 1, {}}); }
  void Answer(FakeClient& client) {
    for (int i = 0; i < 3; ++i) {
      const KafkaEvent event = client.Poll({}).value();
      if (std::holds_alternative<Revoked>(event)) {
        EXPECT_TRUE(client.Assign({}).has_value());
      }
      const auto* assigned = std::get_if<Assigned>(&event);
      if (assigned == nullptr) continue;
      std::vector<PartitionOffset> from;
      for (const TopicPartition& one : assigned->partitions) from.push_back({one, 0});
      EXPECT_TRUE(client.Assign(from).has_value());
    }
  }
  GroupLook Look(std::vector<TopicPartition> partitions = {}) {
    FakeAdmin admin(broker_);
    FakeClient looker(broker_, "lookers", "", {});
    return LookAtGroup(admin, looker, "workers", std::move(partitions)).value();
  }

  FakeBroker broker_{FakeSettings{}};
};

TEST_F(GroupLookTest, SaysWhoHasWhatAndHowFarBehindItIs) {
  for (int i = 0; i < 4; ++i) broker_.Publish({"in", 1}, {.value = "x"});
  FakeClient one(broker_, "workers", "worker-000", {"in"});
  FakeClient two(broker_, "workers", "worker-001", {"in"});
  for (int i = 0; i < 3; ++i) {
    Answer(one);
    Answer(two);
  }
  ASSERT_TRUE(one.InitTransactions("one").has_value() && one.Begin().has_value());
  const PartitionOffset next[] = {{{"in", 1}, 3}};
  ASSERT_TRUE(one.SendOffsets(next).has_value() && one.Commit().has_value());
  const GroupLook look = Look();
  EXPECT_FALSE(look.is_rebalancing);
  ASSERT_EQ(look.partitions.size(), 3);
  EXPECT_EQ(look.partitions[0].owner, "worker-000");
  EXPECT_EQ(look.partitions[0].committed, std::nullopt);
  EXPECT_EQ(look.partitions[1].owner, "worker-000");
  EXPECT_EQ(look.partitions[1].committed, 3);
  EXPECT_EQ(look.partitions[1].lag, 1);
  EXPECT_EQ(look.partitions[2].owner, "worker-001");
}

TEST_F(GroupLookTest, WhatIsNobodysIsSaidToBe) {
  broker_.Publish({"in", 2}, {.value = "x"});
  const GroupLook look = Look({{"in", 2}});
  ASSERT_EQ(look.partitions.size(), 1);
  EXPECT_EQ(look.partitions[0].owner, "");
  EXPECT_EQ(look.partitions[0].lag, 1);
}

TEST_F(GroupLookTest, WhileItRebalancesNobodyOwnsAnything) {
  FakeClient one(broker_, "workers", "worker-000", {"in"});
  Answer(one);
  FakeClient two(broker_, "workers", "worker-001", {"in"});
  const GroupLook look = Look({{"in", 0}});
  EXPECT_TRUE(look.is_rebalancing);
  ASSERT_EQ(look.partitions.size(), 1);
  EXPECT_EQ(look.partitions[0].owner, "");
}

TEST_F(GroupLookTest, AnOpenTransactionHidesOnlyItsOwnOffset) {
  FakeClient one(broker_, "workers", "worker-000", {"in"});
  Answer(one);
  ASSERT_TRUE(one.InitTransactions("one").has_value() && one.Begin().has_value());
  const PartitionOffset next[] = {{{"in", 1}, 0}};
  ASSERT_TRUE(one.SendOffsets(next).has_value());
  const GroupLook look = Look();
  ASSERT_EQ(look.partitions.size(), 3);
  EXPECT_EQ(look.partitions[1].committed, std::nullopt);
}

TEST_F(GroupLookTest, ATopicThatIsNotThereIsRefused) {
  FakeAdmin admin(broker_);
  FakeClient looker(broker_, "lookers", "", {});
  EXPECT_EQ(LookAtGroup(admin, looker, "workers", {{"out", 0}}).error().code, kKafkaRefused);
}

}  // namespace
}  // namespace pm
