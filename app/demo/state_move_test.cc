// The demo's afternoon goes from one machine to a model of a Kafka, into other partitions and back.
#include "engine/runtime/state_move.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "app/demo/testing_afternoon.h"
#include "engine/runtime/embedded_log.h"
#include "engine/runtime/embedded_state.h"
#include "engine/runtime/kafka/fake/fake_kafka.h"
#include "engine/runtime/kafka/reshape/kafka_target.h"
#include "engine/runtime/kafka/simulation/fake_clients.h"
#include "engine/runtime/kafka/simulation/kafka_simulation.h"

namespace pm {
namespace {

constexpr int kKilled = -1;

// What one try of a reshape stands on.
struct Try {
  MemoryStores copies, read, written, back;
  MemoryStore documents;
};

class StateMoveTest : public testing::Test {
 protected:
  StateMoveTest() {
    broker_.CreateTopic({"events", 2, 1, {}});
    const StoreView* one = &afternoon_.store();
    EXPECT_TRUE(Reshape({&one, 1}, {true, 1, kDesks}, fused_.Target()).has_value());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~StateMoveTest() override { std::filesystem::remove_all(folder_); }

  MemoryStore& engine() { return fused_.stores.at({Stage::kIntake, 0}); }
  std::unique_ptr<EmbeddedSource> Engine() {
    return std::make_unique<EmbeddedSource>(engine(), "engine", TaskSettings{}, RealStages(),
                                            afternoon_.Provider());
  }
  static KafkaPlace PlaceOf(const std::string& prefix, uint32_t partitions) {
    return {.names = {prefix},
            .partitions = partitions,
            .rows = RealStateRows(),
            .patience = Seconds(5)};
  }
  std::unique_ptr<KafkaSource> From(Try& on, const std::string& prefix, uint32_t partitions,
                                    std::vector<TopicPartition> must_be_read = {}) {
    KafkaSourceSettings settings{.name = prefix,
                                 .place = PlaceOf(prefix, partitions),
                                 .must_be_read = std::move(must_be_read)};
    settings.drain.patience = Seconds(5);
    return std::make_unique<KafkaSource>(clients_, settings, on.copies, on.read, on.documents,
                                         RealStages(), afternoon_.Provider(), clock_, waiter_);
  }
  std::unique_ptr<KafkaTarget> To(Try& on, const std::string& prefix, uint32_t partitions,
                                  const std::string& offsets_of = {}) {
    KafkaTargetSettings settings{.name = prefix,
                                 .topics = {.prefix = prefix,
                                            .inputs = {"events"},
                                            .partitions = static_cast<int32_t>(partitions),
                                            .replication = 1},
                                 .place = PlaceOf(prefix, partitions),
                                 .inputs = {{"events", 0}, {"events", 1}},
                                 .offsets_of = offsets_of};
    return std::make_unique<KafkaTarget>(clients_, settings, on.written, on.back, waiter_);
  }
  static Result<MoveReport> Move(StateSource& from, StateTarget& to,
                                 std::optional<MoveStep> killed_at = {}) {
    return MoveState(from, to,
                     {[](const StateRules&) { return kDesks; },
                      [=](MoveStep step) -> Result<void> {
                        if (step != killed_at) return {};
                        return Fail(kKilled, "killed");
                      }});
  }
  Result<MoveReport> ToKafka(const std::string& prefix, uint32_t partitions,
                             std::optional<MoveStep> killed_at = {}) {
    Try on;
    const auto from = Engine();
    return Move(*from, *To(on, prefix, partitions), killed_at);
  }
  Generation MarkOf(const std::string& prefix) {
    FakeClient client(broker_, "look", "", {});
    FakeReader reader(broker_);
    MemoryStore documents;
    return LookAtRules(client, reader, PlaceOf(prefix, 1), documents).value_or(Generation{});
  }
  static Contents WithoutTold(Contents contents) {
    std::erase_if(contents.rows, [](const auto& row) { return row.first[0] == 'f'; });
    return contents;
  }

  const Afternoon afternoon_{PackBook()};
  Parts fused_;
  FakeBroker broker_{FakeSettings{.session = Seconds(6)}};
  ManualClock clock_{Instant{0}};
  Waiter waiter_ = [this](Duration time) { broker_.Advance(broker_.now() + time); };
  const KafkaClients clients_ = ClientsOf(broker_);
  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(StateMoveTest, ToKafkaIntoOtherPartitionsAndBackItIsTheSame) {
  const Contents before = ContentsOf(engine());
  const auto moved = ToKafka("three", 3);
  ASSERT_TRUE(moved.has_value()) << moved.error().text;
  EXPECT_EQ(moved->counts.rows, static_cast<int64_t>(before.rows.size()));
  EXPECT_EQ(ReadGeneration(engine()).gone_to, "three");
  EXPECT_EQ(MarkOf("three"), (Generation{.came_from = "engine"}));
  broker_.Advance(broker_.now() + Minutes(2));
  Try one, two;
  const auto three = From(one, "three", 3);
  const auto divided = Move(*three, *To(one, "five", 5, "three.intake"));
  ASSERT_TRUE(divided.has_value()) << divided.error().text;
  EXPECT_EQ(MarkOf("three"), (Generation{.came_from = "engine", .gone_to = "five"}));
  const std::string data = (folder_ / "data").string();
  const auto five = From(two, "five", 5);
  EmbeddedTarget directory(data, data + ".reshape", "directory");
  const auto back = Move(*five, directory);
  ASSERT_TRUE(back.has_value()) << back.error().text;
  const auto store = RocksStore::Open({.directory = data, .create = false});
  ASSERT_TRUE(store.has_value());
  EXPECT_EQ(ContentsOf(**store), WithoutTold(before));
  const TaskMeta was = ReadTaskMeta(engine()), is = ReadTaskMeta(**store);
  EXPECT_EQ(is.tick, was.tick);
  EXPECT_EQ(is.rules, was.rules);
  EXPECT_EQ(ReadRulesHistory(**store).switches.back().rules, was.rules);
  const EmbeddedMeta meta = ReadEmbeddedMeta(**store);
  EXPECT_EQ(is.position, meta.inputs - 1);
  EXPECT_GT(meta.ordinal, static_cast<int64_t>(afternoon_.fed().size()))
      << "an event is not to have the id of another that the first engine had";
}

TEST_F(StateMoveTest, KilledBehindAnyStepItIsBegunAgainAndNobodyWorksWithHalfOfIt) {
  for (const MoveStep step : kMoveSteps) {
    const std::string prefix = fmt::format("to{}", static_cast<int>(step));
    const auto killed = ToKafka(prefix, 2, step);
    ASSERT_FALSE(killed.has_value());
    ASSERT_EQ(killed.error().code, kKilled);
    const bool left = step >= MoveStep::kLeft, whole = step == MoveStep::kFinished;
    EXPECT_EQ(CheckMayWork(ReadGeneration(engine())).has_value(), !left);
    const Generation there = MarkOf(prefix);
    EXPECT_EQ(there.half_made, step >= MoveStep::kBegun && !whole);
    const auto done = ToKafka(prefix, 2);
    ASSERT_TRUE(done.has_value()) << static_cast<int>(step) << ": " << done.error().text;
    EXPECT_EQ(done->was_done, whole);
    EXPECT_TRUE(CheckMayWork(MarkOf(prefix)).has_value());
    EXPECT_EQ(CheckMayWork(ReadGeneration(engine())).error().code, kStateGone);
    const auto source = Engine();
    ASSERT_TRUE(source->TakeBack().has_value());
  }
}

TEST_F(StateMoveTest, WhatATryBeforeLeftAndIsNoMoreIsGone) {
  ASSERT_FALSE(ToKafka("two", 2, MoveStep::kWritten).has_value());
  // Somebody worked with it in between: a person and a company are no more.
  std::vector<std::string> keys = {engine().NextKey("p", "p").value(),
                                   engine().NextKey("d", "d").value()};
  const std::string company = engine().Get(keys[1]).value();
  std::optional<std::string> name;
  for (std::string after; (name = engine().NextKey("n", after)); after = *name) {
    if (engine().Get(*name) == company) keys.push_back(*name);
  }
  TaskMeta meta = ReadTaskMeta(engine());
  std::vector<RowWrite> gone;
  for (const std::string& key : keys) {
    meta.digest -= RowDigest(key, engine().Get(key).value());
    gone.push_back({key, {}});
  }
  const std::vector<MetaWrite> write = {{kTaskMetaName, Encoded(meta)}};
  ASSERT_TRUE(engine().Commit({gone, {}, {}, write}).has_value());
  const auto moved = ToKafka("two", 2);
  ASSERT_TRUE(moved.has_value()) << moved.error().text;
}

TEST_F(StateMoveTest, WhereSomethingIsNothingGoes) {
  ASSERT_TRUE(ToKafka("taken", 2).has_value());
  broker_.Advance(broker_.now() + Minutes(2));
  Try on, other;
  const auto from = From(on, "taken", 2);
  EXPECT_EQ(Move(*from, *To(on, "taken", 2)).error().code, kNotEmpty) << "onto itself";
  const auto elses = To(other, "elses", 2);
  ASSERT_TRUE(elses->Look("another").has_value());
  ASSERT_TRUE(elses->Begin("another").has_value());
  Try third;
  EXPECT_EQ(Move(*from, *To(third, "elses", 2)).error().code, kNotEmpty) << "another's half";
  const auto used = To(third, "used", 2);
  ASSERT_TRUE(used->Look("x").has_value());
  broker_.Publish({"used.desk", 1}, {.value = "somebody was here"});
  EXPECT_EQ(used->Look("x").error().code, kNotEmpty);
  const std::string data = folder_.string() + "/data";
  std::filesystem::create_directories(data + "/something");
  EmbeddedTarget directory(data, data + ".reshape", "directory");
  EXPECT_EQ(Move(*from, directory).error().code, kNotEmpty);
  EXPECT_TRUE(CheckMayWork(MarkOf("taken")).has_value()) << "the source was left alone";
}

TEST_F(StateMoveTest, WhatComesInTheWayOnTheWayLeavesTheSourceInCharge) {
  const auto from = Engine();
  const std::string data = folder_.string() + "/data";
  EmbeddedTarget directory(data, data + ".reshape", "directory");
  const auto refused = MoveState(*from, directory,
                                 {[](const StateRules&) { return kDesks; },
                                  [&](MoveStep step) -> Result<void> {
                                    if (step == MoveStep::kReadBack)
                                      std::filesystem::create_directories(data + "/something");
                                    return {};
                                  }});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, kNotEmpty);
  EXPECT_TRUE(CheckMayWork(ReadGeneration(engine())).has_value());
}

TEST_F(StateMoveTest, WhatComesInTheWayOnceTheSourceIsLeftSaysHowToGoOn) {
  const auto from = Engine();
  const std::string data = folder_.string() + "/data";
  EmbeddedTarget directory(data, data + ".reshape", "directory");
  const auto failed = MoveState(*from, directory,
                                {[](const StateRules&) { return kDesks; },
                                 [&](MoveStep step) -> Result<void> {
                                   if (step == MoveStep::kLeft)
                                     std::filesystem::create_directories(data + "/something");
                                   return {};
                                 }});
  const auto way_out = testing::HasSubstr("stop what works there and move it away");
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, kStorageError);
  EXPECT_THAT(failed.error().text, way_out);
  EXPECT_EQ(ReadGeneration(engine()).gone_to, "directory");
  const auto again = Move(*from, directory);
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, kStateGone);
  EXPECT_THAT(again.error().text, way_out);
  const auto cancelled = CancelMove(*from, directory);
  ASSERT_FALSE(cancelled.has_value());
  EXPECT_EQ(cancelled.error().code, kStateGone);
  EXPECT_THAT(cancelled.error().text, way_out);
  std::filesystem::remove_all(data);
  const auto moved = Move(*from, directory);
  EXPECT_TRUE(moved.has_value()) << moved.error().text;
}

TEST_F(StateMoveTest, WhileAWorkerIsInTheGroupNothingIsMoved) {
  ASSERT_TRUE(ToKafka("source", 2).has_value());
  broker_.Advance(broker_.now() + Minutes(2));
  FakeClient worker(broker_, "source.intake", "worker-001", {"events"});
  Try on;
  const auto from = From(on, "source", 2);
  const auto refused = Move(*from, *To(on, "target", 2));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, kStillAtWork);
  EXPECT_THAT(refused.error().text, testing::HasSubstr("worker-001"));
  broker_.EndSession(worker.number());
  Try again;
  EXPECT_TRUE(Move(*From(again, "source", 2), *To(again, "target", 2)).has_value());
}

TEST_F(StateMoveTest, WorkThatWasDoneSinceItWasReadIsSeen) {
  ASSERT_TRUE(ToKafka("source", 2).has_value());
  broker_.Advance(broker_.now() + Minutes(2));
  Try on;
  const auto from = From(on, "source", 2);
  ASSERT_TRUE(from->Read().has_value());
  broker_.Publish({"source.account", 1}, {.value = "news"});
  EXPECT_EQ(from->Leave("target").error().code, kStillAtWork);
  EXPECT_TRUE(CheckMayWork(MarkOf("source")).has_value());
}

TEST_F(StateMoveTest, WhatNobodyWouldReadAnyMoreMustHaveBeenRead) {
  ASSERT_TRUE(ToKafka("source", 2).has_value());
  broker_.Advance(broker_.now() + Minutes(2));
  broker_.Publish({"events", 1}, {.value = "a lead"});
  Try on;
  const auto refused = From(on, "source", 2, {{"events", 0}, {"events", 1}})->Read();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, kCannotReshape);
  EXPECT_THAT(refused.error().text, testing::HasSubstr("events/1"));
}

TEST_F(StateMoveTest, CancelledItIsWhereItWas) {
  ASSERT_FALSE(ToKafka("target", 2, MoveStep::kLeft).has_value());
  ASSERT_FALSE(CheckMayWork(ReadGeneration(engine())).has_value());
  Try on, other;
  const auto from = Engine();
  EXPECT_EQ(Move(*from, *To(other, "other", 2)).error().code, kStateGone);
  EXPECT_EQ(CancelMove(*from, *To(on, "target", 2)), true);
  EXPECT_TRUE(CheckMayWork(ReadGeneration(engine())).has_value());
  ASSERT_TRUE(ToKafka("target", 2).has_value());
  Try last;
  EXPECT_EQ(CancelMove(*from, *To(last, "target", 2)).error().code, kNotEmpty);
}

TEST_F(StateMoveTest, OfAMoveThatNeverBeganNothingIsCancelledAndNothingIsMade) {
  Try on, half;
  const auto from = Engine();
  EXPECT_EQ(CancelMove(*from, *To(on, "target", 2)), false);
  EXPECT_EQ(FakeAdmin(broker_).List(), std::vector<std::string>{"events"});
  EmbeddedTarget directory(folder_ / "data", folder_ / "data.reshape", "directory");
  EXPECT_EQ(CancelMove(*from, directory), false);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "data"));
  ASSERT_FALSE(ToKafka("target", 2, MoveStep::kBegun).has_value());
  EXPECT_EQ(CancelMove(*from, *To(half, "target", 2)), true) << "begun, and not left yet";
}

TEST_F(StateMoveTest, ATargetThatLostAnythingIsNotOpened) {
  Try on;
  const auto from = Engine();
  const auto to = To(on, "target", 2);
  const auto refused = MoveState(*from, *to,
                                 {[](const StateRules&) { return kDesks; },
                                  [&](MoveStep step) -> Result<void> {
                                    if (step == MoveStep::kWritten)
                                      broker_.Publish({"target.changelog.account", 0},
                                                      {.key = "rp", .value = "not ours"});
                                    return {};
                                  }});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, kDigestMismatch);
  EXPECT_TRUE(MarkOf("target").half_made);
  EXPECT_TRUE(CheckMayWork(ReadGeneration(engine())).has_value());
}

}  // namespace
}  // namespace pm
