// The demo's afternoon, divided among other tasks and put together again.
#include "engine/runtime/reshape.h"

#include <gmock/gmock.h>

#include "app/demo/testing_afternoon.h"
#include "engine/runtime/embedded.h"
#include "engine/runtime/split.h"
#include "engine/stages/row_place.h"

namespace pm {
namespace {

using testing::IsSupersetOf;

class ReshapeTest : public testing::Test {
 protected:
  const Afternoon afternoon_{PackBook()};
};

TEST_F(ReshapeTest, DividedAndPutTogetherNothingIsOther) {
  const Contents before = ContentsOf(afternoon_.store());
  EXPECT_THAT(KindsOf(before),
              IsSupersetOf({'t', 'w', 'p', 'l', 'a', 'R', 'P', 'A', 's', 'e', 'k', 'o'}));
  const StoreView* one = &afternoon_.store();
  Parts many, few, fused;
  const auto divided = Reshape({&one, 1}, {false, 7, kDesks}, many.Target());
  ASSERT_TRUE(divided.has_value()) << divided.error().text;
  EXPECT_EQ(divided->rows, static_cast<int64_t>(before.rows.size()));
  EXPECT_EQ(divided->dues, static_cast<int64_t>(before.dues.size()));
  EXPECT_EQ(many.stores.size(), 1U + 3 * 7);
  ASSERT_TRUE(Reshape(many.Views(), {false, 2, kDesks}, few.Target()).has_value());
  ASSERT_TRUE(Reshape(few.Views(), {true, 1, kDesks}, fused.Target()).has_value());
  const StoreView& after = fused.stores.at({Stage::kIntake, 0});
  EXPECT_EQ(ContentsOf(after), before);
  const TaskMeta was = ReadTaskMeta(*one), is = ReadTaskMeta(after);
  EXPECT_EQ(is.digest, was.digest);
  EXPECT_EQ(is.tick, was.tick);
  EXPECT_EQ(is.rules, was.rules);
  for (const PendingDues& kind : was.pending)
    EXPECT_EQ(is.PendingOf(static_cast<char>(kind.prefix)), kind.rows);
}

// Where the engine itself has put them.
TEST_F(ReshapeTest, EachRowHasThePlaceThatItsMessagesHave) {
  constexpr uint32_t kPartitions = 5;
  SplitSettings settings;
  settings.partitions = kPartitions;
  SplitSimulation split(settings, RealStages(), afternoon_.Provider(), afternoon_.book().version());
  for (const Fed& fed : afternoon_.fed()) split.Feed({fed.event, "", Mode::kLive}, fed.at);
  split.Finish(afternoon_.fed().back().at + Minutes(10));
  int rows = 0;
  std::set<char> kinds;
  split.VisitStores([&](TaskId task, const Store& store) {
    for (const auto& [key, value] : ContentsOf(store).rows) {
      const std::optional<RowPlace> place = PlaceOfRow(key, kDesks);
      ASSERT_TRUE(place.has_value());
      EXPECT_EQ(place->stage, task.stage);
      if (!place->key) continue;
      EXPECT_EQ(Hash64(*place->key) % kPartitions, task.partition) << key[0];
      kinds.insert(WithoutWorld(key)[0]);
      ++rows;
    }
  });
  EXPECT_GT(rows, 500);
  EXPECT_THAT(kinds, IsSupersetOf({'t', 'p', 'l', 'a', 'R', 'A', 's', 'e'}));
}

// Half of the day, and then the other half over what was divided and put together: the same bytes
// come out, topic by topic, as of an engine to which nothing was done.
TEST_F(ReshapeTest, WhatWasUnderWayGoesOnAsIfNothingHadBeen) {
  Parts many, fused;
  const auto run = [&](MemoryStore& store, size_t from, size_t to, Instant begin) {
    ManualClock clock(begin);
    EmbeddedSettings settings;
    settings.catch_up = {};
    Embedded engine(store, settings, RealStages(), afternoon_.Provider(), clock,
                    afternoon_.book().version());
    engine.RunUntilIdle();
    for (size_t i = from; i < to; ++i) {
      const Fed& fed = afternoon_.fed()[i];
      for (; clock.Now() < fed.at; clock.Set(std::min(fed.at, clock.Now() + Seconds(30))))
        engine.RunUntilIdle();
      ASSERT_TRUE(engine.Submit({{fed.event, "", Mode::kLive}}, nullptr).has_value());
      engine.RunUntilIdle();
    }
    for (int i = 0; i < 100; ++i) {
      clock.Advance(Minutes(1));
      if (to == afternoon_.fed().size()) engine.RunUntilIdle();
    }
  };
  const auto outputs_of = [](const MemoryStore& store, std::map<Topic, std::string>* to) {
    const EmbeddedMeta meta = ReadEmbeddedMeta(store);
    int64_t count = 0;
    for (int topic = 0; topic < kTopics; ++topic) {
      const auto read = store.ReadLog(static_cast<uint8_t>(topic), -1, SIZE_MAX, SIZE_MAX);
      ASSERT_TRUE(read.has_value());
      for (const LogEntry& entry : *read) (*to)[static_cast<Topic>(topic)] += entry.bytes;
      count += static_cast<int64_t>(read->size());
    }
    EXPECT_GT(count, 100);
    EXPECT_GT(meta.ordinal, 10);
  };
  const Instant begin = afternoon_.fed().front().at;
  const size_t all = afternoon_.fed().size(), half = all / 2;
  const Instant middle = afternoon_.fed()[half - 1].at;
  MemoryStore never, before;
  for (MemoryStore* store : {&never, &before}) run(*store, 0, half, begin);
  EXPECT_GT(ContentsOf(before).dues.size(), 10U);
  run(never, half, all, middle);
  const StoreView* one = &before;
  ASSERT_TRUE(Reshape({&one, 1}, {false, 5, kDesks}, many.Target()).has_value());
  ASSERT_TRUE(Reshape(many.Views(), {true, 1, kDesks}, fused.Target()).has_value());
  MemoryStore& after = fused.stores.at({Stage::kIntake, 0});
  // Only so that events have the numbers, and so the ids, that they would have had.
  EmbeddedMeta meta;
  meta.ordinal = ReadEmbeddedMeta(before).ordinal;
  const MetaWrite write{kEmbeddedMetaName, Encoded(meta)};
  ASSERT_TRUE(after.WriteAhead({&write, 1}).has_value());
  run(after, half, all, middle);
  std::map<Topic, std::string> expected, found;
  outputs_of(never, &expected);
  outputs_of(before, &found);
  outputs_of(after, &found);
  EXPECT_EQ(found, expected);
  EXPECT_EQ(ContentsOf(after), ContentsOf(never));
}

TEST_F(ReshapeTest, ADeskThatTheRulesDoNotNameIsRefused) {
  const StoreView* one = &afternoon_.store();
  Parts tasks;
  const auto refused = Reshape({&one, 1}, {false, 2, {"emea"}}, tasks.Target());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, kCannotReshape);
}

TEST_F(ReshapeTest, DamageIsSeen) {
  const StoreView* one = &afternoon_.store();
  Parts tasks, again;
  ASSERT_TRUE(Reshape({&one, 1}, {true, 1, kDesks}, tasks.Target()).has_value());
  MemoryStore& store = tasks.stores.at({Stage::kIntake, 0});
  const std::string key = store.NextKey("p", "p").value();
  const std::vector<RowWrite> damage = {{key, "other"}};
  ASSERT_TRUE(store.Commit({damage, {}, {}, {}}).has_value());
  const auto refused = Reshape(tasks.Views(), {true, 1, kDesks}, again.Target());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, kDigestMismatch);
}

TEST_F(ReshapeTest, TasksUnderDifferentRulesAreNotStill) {
  const StoreView* one = &afternoon_.store();
  Parts tasks, again;
  ASSERT_TRUE(Reshape({&one, 1}, {false, 2, kDesks}, tasks.Target()).has_value());
  TaskMeta meta = ReadTaskMeta(tasks.stores.at({Stage::kDesk, 1}));
  meta.rules = HashContent("other rules");
  const std::vector<MetaWrite> other = {{kTaskMetaName, Encoded(meta)}};
  ASSERT_TRUE(tasks.stores.at({Stage::kDesk, 1}).Commit({{}, {}, {}, other}).has_value());
  const auto refused = Reshape(tasks.Views(), {false, 3, kDesks}, again.Target());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, kCannotReshape);
}

}  // namespace
}  // namespace pm
