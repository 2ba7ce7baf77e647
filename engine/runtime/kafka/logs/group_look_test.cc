#include "engine/runtime/kafka/logs/group_look.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/runtime/kafka/fake/fake_kafka.h"
#include "engine/runtime/kafka/state/standbys.h"
#include "engine/runtime/kafka/topics/task_note.h"

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
    FakeReader reader(broker_);
    return LookAtGroup(admin, looker, reader, "workers", std::move(partitions)).value();
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

TEST_F(GroupLookTest, MarkersOfTransactionsAreNotBehind) {
  FakeClient writer(broker_, "", "", {});
  ASSERT_TRUE(writer.InitTransactions("writer").has_value());
  for (const bool commit : {true, false, true}) {
    ASSERT_TRUE(writer.Begin().has_value() && writer.Produce({"in", 0, "k", "v", {}}).has_value());
    ASSERT_TRUE((commit ? writer.Commit() : writer.Abort()).has_value());
  }
  EXPECT_EQ(Look({{"in", 0}}).partitions.at(0).lag, 2);
  broker_.group("workers").committed[{"in", 0}] = 5;
  const GroupLook look = Look({{"in", 0}});
  EXPECT_EQ(look.partitions.at(0).end, 6);
  EXPECT_EQ(look.partitions.at(0).lag, 0);
}

TEST_F(GroupLookTest, WhatAnOpenTransactionHidesIsCountedByOffsets) {
  FakeClient writer(broker_, "", "", {});
  ASSERT_TRUE(writer.InitTransactions("writer").has_value() && writer.Begin().has_value());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(writer.Produce({"in", 0, "k", "v", {}}).has_value());
  EXPECT_EQ(Look({{"in", 0}}).partitions.at(0).lag, 3);
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

// Two workers with half of eight partitions each, one of which has noted something.
TEST_F(GroupLookTest, SaysWhoFollowsWhoseTasksAndHowFar) {
  const TopicNames names{"workers"};
  for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk}) {
    broker_.CreateTopic({names.Input(stage), 4, 1, {}});
    broker_.CreateTopic({names.Changelog(stage), 4, 1, {}});
  }
  const TopicPartition changelog{names.Changelog(Stage::kAccount), 1};
  for (int i = 0; i < 5; ++i) broker_.Publish(changelog, {.value = "x"});
  FakeClient one(broker_, "workers", "worker-000", {names.Input(Stage::kIdentity)});
  FakeClient two(broker_, "workers", "worker-001", {names.Input(Stage::kIdentity)});
  FakeAdmin admin(broker_);
  const auto look = [&](uint32_t standbys) {
    FakeClient looker(broker_, "lookers", "", {});
    return LookAtStandbys(admin, looker, names, 4, standbys).value();
  };
  EXPECT_TRUE(look(1).empty()) << "it rebalances";
  for (int i = 0; i < 3; ++i) {
    Answer(one);
    Answer(two);
  }
  const PartitionOffset noted[] = {{changelog, 3}};
  FakeReader(broker_, StandbyGroup("workers", "worker-001")).Note(noted);
  EXPECT_TRUE(look(0).empty());
  const std::vector<StandbyLook> all = look(1);
  ASSERT_EQ(all.size(), 3 * 4);
  const auto found = std::ranges::find(all, TaskId{Stage::kAccount, 1}, &StandbyLook::task);
  EXPECT_EQ(found->worker, "worker-001");
  EXPECT_EQ(found->read, 3);
  EXPECT_EQ(found->end, 5);
  EXPECT_EQ(found->lag, 2);
  EXPECT_EQ(all.back().worker, "worker-000");
  EXPECT_EQ(all.back().read, std::nullopt);
}

TEST_F(GroupLookTest, SaysWhichTasksNobodyCanTakeUp) {
  const TopicNames names{"workers"};
  std::vector<TopicPartition> inputs;
  for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk}) {
    broker_.CreateTopic({names.Input(stage), 2, 1, {}});
    broker_.CreateTopic({names.Changelog(stage), 2, 1, {}});
    for (const int32_t n : {0, 1}) inputs.push_back({names.Input(stage), n});
  }
  const auto look = [&] {
    FakeClient looker(broker_, "lookers", "", {});
    FakeReader reader(broker_);
    return LookForLosses(looker, reader, names, Look(inputs)).value();
  };
  // An owner whose first claim came to nothing leaves a marker.
  FakeClient claims(broker_, "", "", {});
  ASSERT_TRUE(claims.InitTransactions("claims").has_value() && claims.Begin().has_value());
  ASSERT_TRUE(claims.Produce({names.Changelog(Stage::kDesk), 1, "o", "x", {}}).has_value());
  ASSERT_TRUE(claims.Abort().has_value());
  EXPECT_TRUE(look().empty()) << "nothing has run";
  for (int i = 0; i < 3; ++i) broker_.Publish({names.Input(Stage::kAccount), 1}, {.value = "x"});
  broker_.Publish({names.Changelog(Stage::kDesk), 0}, {.value = "x"});
  broker_.Publish({names.Changelog(Stage::kAccount), 1}, {.value = "x"});
  FakeGroup& group = broker_.group("workers");
  group.committed[{names.Input(Stage::kDesk), 0}] = 0;
  group.committed[{names.Input(Stage::kAccount), 1}] = 3;
  EXPECT_TRUE(look().empty()) << "all is read";
  group.committed[{names.Input(Stage::kAccount), 1}] = 4;
  group.committed.erase({names.Input(Stage::kDesk), 0});
  group.committed[{names.Input(Stage::kDesk), 1}] = 0;
  broker_.Publish({names.Input(Stage::kIdentity), 0}, {.value = "x"});
  group.committed[{names.Input(Stage::kIdentity), 0}] = 1;
  std::vector<LossLook> losses = look();
  ASSERT_EQ(losses.size(), 3);
  EXPECT_EQ(losses[0].task, (TaskId{Stage::kIdentity, 0}));
  EXPECT_EQ(losses[0].why, "the group stands at 1, and its changelog is empty");
  losses.erase(losses.begin());
  EXPECT_EQ(losses[0].task, (TaskId{Stage::kAccount, 1}));
  EXPECT_EQ(losses[0].why,
            "workers.account/1@4 is read next, the input ends at 3: what lay there "
            "is lost");
  EXPECT_EQ(losses[1].task, (TaskId{Stage::kDesk, 0}));
  EXPECT_EQ(losses[1].why,
            "the group has no offset of workers.desk/0, and its changelog has a state");
}

TEST_F(GroupLookTest, SaysWhoKeepsTheClockAndHowFarTimeHasCome) {
  broker_.CreateTopic({"pm.identity", 2, 1, {}});
  const std::vector<TopicPartition> inputs = {{"in", 0}, {"in", 1}, {"in", 2}};
  FakeGroup& group = broker_.group("workers");
  const auto look = [&] {
    return LookAtClock(Look(inputs), inputs, Look({{"pm.identity", 0}, {"pm.identity", 1}}),
                       "pm.identity");
  };
  EXPECT_EQ(look().input, inputs[0]);
  EXPECT_EQ(look().worker, "") << "nobody reads it";
  EXPECT_EQ(look().tick, std::nullopt);
  FakeClient one(broker_, "workers", "worker-004", {"in"});
  Answer(one);
  for (const auto& [n, tick] : {std::pair{0, Seconds(40)}, std::pair{1, Seconds(30)}}) {
    group.committed[{"pm.identity", n}] = 1;
    group.notes[{"pm.identity", n}] = NoteText({Instant{tick.ms}, {}});
  }
  EXPECT_EQ(look().worker, "worker-004");
  EXPECT_EQ(look().tick, Instant{30'000});
  EXPECT_EQ(LookAtClock({}, {}, {}, "pm.identity").input, std::nullopt);
}

TEST_F(GroupLookTest, ATopicThatIsNotThereIsRefused) {
  FakeAdmin admin(broker_);
  FakeClient looker(broker_, "lookers", "", {});
  FakeReader reader(broker_);
  EXPECT_EQ(LookAtGroup(admin, looker, reader, "workers", {{"out", 0}}).error().code,
            kKafkaRefused);
}

}  // namespace
}  // namespace pm
