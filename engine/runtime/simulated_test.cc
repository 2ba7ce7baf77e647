#include "engine/runtime/simulated.h"

#include "engine/runtime/embedded.h"
#include "engine/runtime/replay.h"
#include "engine/runtime/testing_stages.h"

namespace pm {
namespace {

using toy::Do;
using toy::Job;

Submission AsSubmission(const Job& job) { return {Encoded(job), job.key, Mode::kLive}; }

TEST(SimulationTest, FiresEachDueAtItsOwnInstantBeforeLaterRecords) {
  Simulation simulation(toy::Stages(), toy::Rules(), toy::kRules);
  simulation.Feed(AsSubmission({"a", 1, Hours(2)}), Instant{1000});
  simulation.Feed(AsSubmission({"b", 1, Hours(1)}), Instant{1000});
  simulation.Feed(AsSubmission({"c"}), Instant{1001} + Hours(1));
  std::vector<std::string> keys;
  for (const SealedOutput& o : simulation.TakeOutputs()) keys.push_back(o.output.key);
  EXPECT_EQ(keys, (std::vector<std::string>{"a", "b", "b", "c"}));
  simulation.AdvanceTo(Instant{1000} + Hours(2));
  EXPECT_TRUE(simulation.TakeOutputs().empty()) << "a due at the very end has not passed";
  simulation.AdvanceTo(Instant{1001} + Hours(2));
  EXPECT_EQ(simulation.TakeOutputs().size(), 1U);
  EXPECT_EQ(simulation.counters().fired, 2U);
}

TEST(SimulationTest, TimeNeverGoesBack) {
  Simulation simulation(toy::Stages(), toy::Rules(), toy::kRules);
  simulation.AdvanceTo(Instant{5000});
  simulation.Feed(AsSubmission({"a", 1, Milliseconds(10)}), Instant{100});
  EXPECT_EQ(simulation.now(), Instant{5000});
  simulation.AdvanceTo(Instant{5011});
  EXPECT_EQ(simulation.TakeOutputs().size(), 2U);
}

TEST(SimulationTest, AChainOfTimersRunsInOneAdvance) {
  Simulation simulation(toy::Stages(), toy::Rules(), toy::kRules);
  simulation.Feed(AsSubmission({"a", 30, Days(1), Do::kTimerAgain}), Instant{1000});
  simulation.AdvanceTo(Instant{0} + Days(40));
  EXPECT_EQ(simulation.counters().fired, 30U);
}

TEST(SimulationTest, SwitchesRulesInBetween) {
  Simulation simulation(toy::Stages(), toy::Rules(), toy::kRules);
  simulation.Feed(AsSubmission({"a", 1, Seconds(10)}), Instant{1000});
  simulation.Switch(toy::kOtherRules, Instant{20'000});
  simulation.Feed(AsSubmission({"a"}), Instant{20'000});
  const auto outputs = simulation.TakeOutputs();
  ASSERT_EQ(outputs.size(), 3U);
  EXPECT_NE(outputs[1].output.json.find(ToText(toy::kRules)), std::string::npos);
  EXPECT_NE(outputs[2].output.json.find(ToText(toy::kOtherRules)), std::string::npos);
}

TEST(SimulationTest, TheSameInputGivesTheSameBytes) {
  const auto run = [] {
    Simulation simulation(toy::Stages(), toy::Rules(), toy::kRules);
    for (int i = 0; i < 50; ++i)
      simulation.Feed(AsSubmission({fmt::format("k{}", i % 7), i, Seconds(i)}), Instant{i * 700});
    simulation.AdvanceTo(Instant{1'000'000});
    return simulation.meta();
  };
  EXPECT_EQ(run(), run());
}

// An embedded engine's data, made with all that makes trouble.
void RunEmbedded(Store& store, EmbeddedSettings settings, ManualClock& clock) {
  Embedded engine(store, std::move(settings), toy::Stages(), toy::Rules(), clock, toy::kRules);
  for (int i = 0; i < 120; ++i) {
    const Do what = static_cast<Do>(i % 4 == 3 ? i / 4 % 6 : 0);
    const Job job{fmt::format("k{}", i % 7), i % 5 + 1, Milliseconds(i * 37 % 3000 + 1), what, {}};
    ASSERT_TRUE(engine.Submit({AsSubmission(job)}, nullptr).has_value());
    if (i == 60) {
      ASSERT_TRUE(engine.Publish(toy::kOtherRules, "", nullptr).has_value());
    }
    clock.Advance(Milliseconds(i * 13 % 500));
    if (i % 3 == 0) engine.RunUntilIdle();
  }
  clock.Advance(Seconds(30));
  engine.RunUntilIdle();
}

TEST(ReplayTest, ARecordedInputGivesTheSameOutputsAndRows) {
  EmbeddedSettings settings;
  settings.task.batch_rows = 20;
  ManualClock clock(Instant{1'000'000});
  MemoryStore store;
  RunEmbedded(store, settings, clock);
  std::vector<std::string> published;
  for (int topic = 0; topic < kTopics; ++topic) {
    const auto entries = store.ReadLog(static_cast<uint8_t>(topic), -1, 10'000, 1 << 24);
    for (const LogEntry& entry : entries.value()) published.push_back(entry.bytes);
  }
  std::vector<std::string> replayed;
  const auto result = Replay(store, toy::Stages(), toy::Rules(), [&](const SealedOutput& o) {
    replayed.push_back(EncodeOutput(o.output));
  });
  ASSERT_TRUE(result.has_value()) << result.error().text;
  EXPECT_TRUE(result->Same());
  EXPECT_GT(result->counters.fired, 50U);
  EXPECT_GT(result->counters.failed_steps, 5U);
  std::ranges::sort(published);
  std::ranges::sort(replayed);
  EXPECT_EQ(published, replayed);
}

TEST(ReplayTest, NoticesADifference) {
  ManualClock clock(Instant{1'000'000});
  MemoryStore store;
  RunEmbedded(store, {}, clock);
  TaskMeta meta = ReadTaskMeta(store);
  ++meta.digest.lo;
  const std::vector<MetaWrite> changed = {{kTaskMetaName, Encoded(meta)}};
  ASSERT_TRUE(store.Commit({{}, {}, {}, changed}).has_value());
  const auto result = Replay(store, toy::Stages(), toy::Rules());
  ASSERT_TRUE(result.has_value());
  EXPECT_FALSE(result->Same());
}

TEST(ReplayTest, RefusesAnInputWithoutItsBeginningOrItsEnd) {
  ManualClock clock(Instant{1'000'000});
  MemoryStore store;
  RunEmbedded(store, {}, clock);
  TaskMeta meta = ReadTaskMeta(store);
  meta.position += 1000;
  const std::vector<MetaWrite> changed = {{kTaskMetaName, Encoded(meta)}};
  ASSERT_TRUE(store.Commit({{}, {}, {}, changed}).has_value());
  EXPECT_EQ(Replay(store, toy::Stages(), toy::Rules()).error().code, kReplayImpossible);
  ASSERT_TRUE(store.TrimLog(kInputTopic, 2).has_value());
  EXPECT_EQ(Replay(store, toy::Stages(), toy::Rules()).error().code, kReplayImpossible);
}

}  // namespace
}  // namespace pm
