#include "engine/runtime/simulated.h"

#include "engine/runtime/testing_stages.h"

namespace pm {
namespace {

using toy::Do;
using toy::Job;

Submission AsSubmission(const Job& job) { return {Encoded(job), job.key, Mode::kLive}; }

class SimulationTest : public testing::Test {
 protected:
  SimulationTest() { simulation_.Switch(toy::kRules, Instant{0}); }
  std::vector<Output> TakeOutputs() {
    simulation_.Run();
    return std::exchange(outputs_, {});
  }
  std::vector<Output> outputs_;
  Simulation simulation_{
      toy::Stages(), toy::Rules(), {[this](const Output& o) { outputs_.push_back(o); }, {}}};
};

TEST_F(SimulationTest, FiresEachDueAtItsOwnInstantBeforeLaterRecords) {
  simulation_.Feed(AsSubmission({"a", 1, Hours(2)}), Instant{1000});
  simulation_.Feed(AsSubmission({"b", 1, Hours(1)}), Instant{1000});
  simulation_.Feed(AsSubmission({"c"}), Instant{1001} + Hours(1));
  std::vector<std::string> keys;
  for (const Output& o : TakeOutputs()) keys.push_back(o.key);
  EXPECT_EQ(keys, (std::vector<std::string>{"a", "b", "b", "c"}));
  simulation_.AdvanceTo(Instant{1000} + Hours(2));
  EXPECT_TRUE(TakeOutputs().empty()) << "a due at the very end has not passed";
  simulation_.AdvanceTo(Instant{1001} + Hours(2));
  EXPECT_EQ(TakeOutputs().size(), 1U);
  EXPECT_EQ(simulation_.counters().fired, 2U);
}

TEST_F(SimulationTest, TimeNeverGoesBack) {
  simulation_.AdvanceTo(Instant{5000});
  simulation_.Feed(AsSubmission({"a", 1, Milliseconds(10)}), Instant{100});
  simulation_.Run();
  EXPECT_EQ(simulation_.now(), Instant{5000});
  simulation_.AdvanceTo(Instant{5011});
  EXPECT_EQ(TakeOutputs().size(), 2U);
}

TEST_F(SimulationTest, AChainOfTimersRunsInOneAdvance) {
  simulation_.Feed(AsSubmission({"a", 30, Days(1), Do::kTimerAgain}), Instant{1000});
  simulation_.AdvanceTo(Instant{0} + Days(40));
  simulation_.Run();
  EXPECT_EQ(simulation_.counters().fired, 30U);
}

TEST_F(SimulationTest, SwitchesRulesInBetween) {
  simulation_.Feed(AsSubmission({"a", 1, Seconds(10)}), Instant{1000});
  simulation_.Switch(toy::kOtherRules, Instant{20'000});
  simulation_.Feed(AsSubmission({"a"}), Instant{20'000});
  const auto outputs = TakeOutputs();
  ASSERT_EQ(outputs.size(), 3U);
  EXPECT_NE(outputs[1].json.find(ToText(toy::kRules)), std::string::npos);
  EXPECT_NE(outputs[2].json.find(ToText(toy::kOtherRules)), std::string::npos);
}

TEST_F(SimulationTest, ADueAtTheInstantItselfFiresOnlyThrough) {
  simulation_.Feed(AsSubmission({"a", 1, Seconds(1)}), Instant{1000});
  simulation_.AdvanceTo(Instant{2000});
  EXPECT_EQ(TakeOutputs().size(), 1U);
  simulation_.AdvanceThrough(Instant{2000});
  EXPECT_EQ(TakeOutputs().size(), 1U);
}

TEST_F(SimulationTest, AJumpFiresAllInOneTick) {
  const int64_t position = 3;
  simulation_.Feed(AsSubmission({"a", 1, Seconds(1)}), Instant{1000});
  simulation_.Feed(AsSubmission({"b", 1, Seconds(2)}), Instant{1000});
  simulation_.Jump(Instant{10'000});
  EXPECT_EQ(TakeOutputs().size(), 4U);
  EXPECT_EQ(simulation_.meta().position, position);
  EXPECT_EQ(simulation_.meta().tick, Instant{10'000});
}

// More records than one batch takes.
void FeedMany(Simulation& simulation) {
  simulation.Switch(toy::kRules, Instant{0});
  for (int i = 0; i < 1200; ++i)
    simulation.Feed(AsSubmission({fmt::format("k{}", i % 7), i, Seconds(i % 60)}),
                    Instant{i * 700});
  simulation.AdvanceTo(Instant{10'000'000});
  simulation.Run();
}

TEST(SimulationReplay, ARecordedInputGivesTheSameBytes) {
  std::vector<std::pair<Record, std::string>> recorded;
  Simulation first(toy::Stages(), toy::Rules(),
                   {{}, [&](const Record& r) { recorded.emplace_back(r, r.bytes); }});
  FeedMany(first);
  EXPECT_EQ(first.counters().fired, 1180U);
  Simulation again(toy::Stages(), toy::Rules(), {});
  for (const auto& [record, bytes] : recorded) again.Replay({bytes, record.position, record.at});
  again.Run();
  EXPECT_EQ(again.meta(), first.meta());
}

}  // namespace
}  // namespace pm
