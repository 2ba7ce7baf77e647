// What an intake shows of itself.
#include "engine/runtime/kafka/logs/testing_intake.h"

namespace pm {
namespace {

class IntakeLookTest : public IntakeTest {};

TEST_F(IntakeLookTest, ShowsHowFarItsInputsWereRead) {
  PutInForce(toy::kRules);
  const auto intake = StartIntake("w-01");
  ASSERT_TRUE(RunIntake(*intake).has_value());
  Submit("a"), Submit("b");
  ASSERT_TRUE(RunIntake(*intake, 2).has_value());
  Submit("c", kSecond);
  const std::vector<InputStatus> inputs = intake->log->Look();
  ASSERT_EQ(inputs.size(), 2U);
  EXPECT_EQ(inputs[0].partition, kFirst);
  EXPECT_EQ(inputs[0].committed, 2);
  EXPECT_EQ(inputs[0].lag, 0);
  EXPECT_EQ(inputs[1].lag, 1);
  EXPECT_TRUE(intake->log->KnowsItsInputs());
  intake->log->SetInputs({kFirst});
  EXPECT_FALSE(intake->log->KnowsItsInputs());
}

TEST_F(IntakeLookTest, ShowsWhetherItReadsWhatTheGroupGaveIt) {
  const auto intake = StartIntake("w-01");
  EXPECT_FALSE(intake->log->is_given());
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_TRUE(intake->log->is_given());
  EXPECT_FALSE(intake->log->is_reading()) << "there are no rules";
  PutInForce(toy::kRules);
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_TRUE(intake->log->is_reading());
  // A third comes, and the second takes its time to give up what it has.
  FakeClient second(broker_, intake->settings.ticks.group, "w-02", {"events"});
  ASSERT_TRUE(RunIntake(*intake).has_value());
  ASSERT_TRUE(std::holds_alternative<Assigned>(second.Poll({}).value()));
  EXPECT_TRUE(intake->log->is_given());
  const FakeClient third(broker_, intake->settings.ticks.group, "w-03", {"events"});
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_FALSE(intake->log->is_given());
  EXPECT_FALSE(intake->log->is_reading());
}

TEST_F(IntakeLookTest, ShowsWhyItCouldNotCommit) {
  PutInForce(toy::kRules);
  const auto intake = StartIntake("w-01");
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_FALSE(intake->log->failure());
  broker_.RefuseWrites(Seconds(5));
  Submit("a");
  ASSERT_TRUE(RunIntake(*intake).has_value());
  ASSERT_TRUE(intake->log->failure());
  EXPECT_EQ(intake->log->failure()->text, "a record was not delivered");
  Advance(Seconds(6));
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_FALSE(intake->log->failure());
  broker_.unanswered[intake->settings.transactional_id] = 100;
  broker_.NewEpoch(intake->settings.transactional_id);
  Submit("b");
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_EQ(intake->log->failure()->text, "nobody answers");
}

// What it noted would be an old time, and forced on all if the clock ever came back.
TEST_F(IntakeLookTest, AClockThatAnotherKeepsNowWaitsForNothing) {
  PutInForce(toy::kRules);
  const auto intake = StartIntake("w-02");
  ASSERT_TRUE(RunIntake(*intake).has_value());
  Advance(Seconds(2));
  intake->log->SetInputs({kFirst, kSecond, {"more", 0}});
  ASSERT_TRUE(intake->log->KeepsTime());
  broker_.CreateTopic({"more", 1, 1, {}});
  broker_.Publish({"more", 0}, {.value = "x"});
  ASSERT_TRUE(RunIntake(*intake).has_value());
  Advance(Seconds(5));
  EXPECT_GT(intake->log->ticks().held(clock_.Measure()), Duration{}) << "nobody reads that one";
  FakeClient first(broker_, intake->settings.ticks.group, "w-01", {"events"});
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(RunIntake(*intake).has_value());
    const KafkaEvent event = first.Poll({}).value();
    if (!std::holds_alternative<Assigned>(event)) continue;
    ASSERT_TRUE(first.Assign({}).has_value());
  }
  EXPECT_FALSE(intake->log->KeepsTime());
  EXPECT_EQ(intake->log->ticks().held(clock_.Measure()), Duration{});
}

}  // namespace
}  // namespace pm
