// An intake that dies with its transaction open, that has no producer for long, whose clock is set
// back, whose records are refused.
#include "engine/runtime/kafka/logs/testing_intake.h"

namespace pm {
namespace {

class IntakeFaultTest : public IntakeTest {
 protected:
  explicit IntakeFaultTest(FakeSettings settings = {}) : IntakeTest(settings) {
    PutInForce(toy::kRules);
  }
  // Half a second after half a second.
  void RunFor(Intake& intake, Duration time) {
    for (const Instant end = clock_.Now() + time; clock_.Now() < end; Advance(Milliseconds(500)))
      ASSERT_TRUE(RunIntake(intake, 8).has_value());
  }
  bool HasSaid(std::string_view text) const {
    return std::ranges::any_of(lines_, [&](const auto& line) { return line.contains(text); });
  }
};

TEST_F(IntakeFaultTest, CommitsGoOnInTimeWhenTheClockIsSetBack) {
  const auto intake = StartIntake("w-01");
  ASSERT_TRUE(RunIntake(*intake).has_value());
  const Bounds bounds{20, size_t{1} << 20};
  TaskId task;
  for (const bool before : {true, false}) {
    if (before) SetClockBack(Hours(1));
    Submit("a");
    ASSERT_FALSE(intake->log->Poll(&task, bounds).value().empty());
    if (!before) SetClockBack(Hours(1));
    ASSERT_TRUE(intake->log->Poll(&task, bounds).value().empty());
    EXPECT_LE(intake->client->last_wait(), intake->settings.commit);
    ASSERT_TRUE(RunIntake(*intake).has_value());
    Submit("b");
    ASSERT_FALSE(intake->log->Poll(&task, bounds).value().empty());
    Submit("c");
    SetClockBack(Hours(1));
    Advance(intake->settings.commit);
    EXPECT_TRUE(intake->log->Poll(&task, bounds).value().empty()) << "it is time";
    ASSERT_TRUE(RunIntake(*intake).has_value());
  }
}

// Its commits take what it was given as a whole, however little a batch is to be.
TEST_F(IntakeFaultTest, CommitsNothingThatIsNotApplied) {
  auto dead = StartIntake("w-01");
  ASSERT_TRUE(RunIntake(*dead).has_value());
  dead->settings.fail_point = [](CommitStep step) -> Result<void> {
    if (step != CommitStep::kCommitted) return {};
    return Fail(kKilled, "killed");
  };
  constexpr size_t kEvents = 8;
  for (size_t i = 0; i < kEvents; ++i) Submit(fmt::format("k{}", i));
  const Bounds bounds{20, size_t{1} << 20, 1};
  ASSERT_FALSE(DriveFor(*dead->log, dead->tasks, 20, bounds).has_value());
  broker_.EndSession(dead->client->number());
  dead.reset();
  const auto next = StartIntake("w-02");
  RunFor(*next, Seconds(5));
  EXPECT_EQ(Sent().size(), kEvents);
}

class KilledIntakeTest : public IntakeFaultTest, public testing::WithParamInterface<CommitStep> {};
INSTANTIATE_TEST_SUITE_P(Steps, KilledIntakeTest, testing::ValuesIn(kCommitSteps));

TEST_P(KilledIntakeTest, WhoFollowsItDoesNotWaitForItsTransaction) {
  for (int nth = 1; nth <= 5; ++nth) {
    SCOPED_TRACE(nth);
    const size_t before = Sent().size();
    int left = nth;
    auto dead = StartIntake("w-01");
    dead->settings.fail_point = [&](CommitStep step) -> Result<void> {
      if (step != GetParam() || --left != 0) return {};
      return Fail(kKilled, "killed");
    };
    Result<void> ended;
    constexpr size_t kEvents = 8;
    for (size_t i = 0; i < kEvents; ++i) {
      Submit(fmt::format("k{}", i), i % 2 == 0 ? kFirst : kSecond);
      if (ended) ended = RunIntake(*dead, 10);
      Advance(Milliseconds(100));
    }
    ASSERT_FALSE(ended.has_value());
    ASSERT_EQ(ended.error().code, kKilled);
    broker_.EndSession(dead->client->number());
    dead.reset();
    const auto next = StartIntake("w-02");
    RunFor(*next, Seconds(5));
    EXPECT_EQ(Sent().size(), before + kEvents);
    broker_.EndSession(next->client->number());
  }
  EXPECT_EQ(broker_.counts.timed_out, 0) << "long before the transaction's own time-out";
  EXPECT_TRUE(HasSaid("pointsman-intake-w-01 is gone, and its inputs are ours now: fenced"));
}

TEST_F(IntakeFaultTest, AnIntakeThatIsInTheGroupIsLeftAlone) {
  const auto one = StartIntake("w-01");
  RunFor(*one, Seconds(3));
  const auto two = StartIntake("w-02");
  for (int i = 0; i < 40; ++i) {
    Submit(fmt::format("k{}", i), i % 2 == 0 ? kFirst : kSecond);
    ASSERT_TRUE(RunIntake(*one, 8).has_value());
    ASSERT_TRUE(RunIntake(*two, 8).has_value());
    Advance(Milliseconds(500));
  }
  EXPECT_EQ(Sent().size(), 40U);
  EXPECT_EQ(one->log->Look().size(), 1U);
  EXPECT_EQ(two->log->Look().size(), 1U);
  EXPECT_EQ(broker_.counts.fenced, 0);
}

// One of two has died, and its transaction's coordinator is silent: what may be open is not read
// over, and everything else goes on.
TEST_F(IntakeFaultTest, AnIntakeForWhomNobodyAnswersHoldsUpItsOwnInputsAlone) {
  broker_.waited = [this](Duration by) { Advance(by); };
  const auto dead = StartIntake("w-01"), heir = StartIntake("w-02");
  for (int i = 0; i < 10; ++i) {
    for (Intake* intake : {&*dead, &*heir}) ASSERT_TRUE(RunIntake(*intake, 8).has_value());
    Advance(Milliseconds(500));
  }
  ASSERT_EQ(dead->log->Look()[0].partition, kFirst);
  broker_.EndSession(dead->client->number());
  broker_.unanswered[dead->settings.transactional_id] = 1'000'000;
  Duration longest;
  for (int i = 0; i < 60; ++i) {
    Submit(fmt::format("k{}", i), i % 2 == 0 ? kFirst : kSecond);
    const Instant began = clock_.Now();
    ASSERT_TRUE(RunIntake(*heir, 8).has_value());
    longest = std::max(longest, clock_.Now() - began);
    Advance(Milliseconds(500));
  }
  EXPECT_LE(longest, AskingPace::kAnswer);
  EXPECT_EQ(Sent().size(), 30U) << "the others";
  EXPECT_TRUE(heir->log->KeepsTime());
  ASSERT_EQ(heir->log->troubles().size(), 1U);
  EXPECT_EQ(heir->log->troubles().begin()->first, kFirst);
  const auto of_it = [](const auto& line) { return line.contains("pointsman-intake-w-01"); };
  EXPECT_EQ(std::ranges::count_if(warnings_, of_it), 1);
  broker_.unanswered.clear();
  RunFor(*heir, Seconds(20));
  EXPECT_EQ(Sent().size(), 60U);
  EXPECT_TRUE(heir->log->troubles().empty());
  EXPECT_EQ(heir->log->counters().owners_fenced, 1U);
}

class ImpatientGroupTest : public IntakeFaultTest {
 protected:
  ImpatientGroupTest() : IntakeFaultTest({.poll_interval = Seconds(30)}) {}
};

TEST_F(ImpatientGroupTest, AnIntakeWithoutAProducerStaysInItsGroup) {
  const auto intake = StartIntake("w-01");
  RunFor(*intake, Seconds(3));
  const int rebalances = broker_.group(intake->settings.ticks.group).rebalances();
  broker_.NewEpoch(intake->settings.transactional_id);  // and it is fenced
  broker_.LoseCoordinator(Minutes(10));
  for (int i = 0; i < 20; ++i) Submit(fmt::format("k{}", i), i % 2 == 0 ? kFirst : kSecond);
  RunFor(*intake, Minutes(9));
  EXPECT_EQ(Sent().size(), 0U);
  RunFor(*intake, Minutes(2));
  EXPECT_EQ(Sent().size(), 20U);
  EXPECT_EQ(broker_.group(intake->settings.ticks.group).rebalances(), rebalances);
  EXPECT_EQ(intake->log->counters().rebalances, 1U);
}

TEST_F(IntakeFaultTest, ABacklogIsNotReadThroughWhileItIsNotKnownWhereToBegin) {
  const auto intake = StartIntake("w-01");
  RunFor(*intake, Seconds(3));
  for (int i = 0; i < 500; ++i) Submit(fmt::format("k{}", i));
  // Another's transaction has to end before the group can say how far it is.
  FakeClient other(broker_, "others", "other", {});
  ASSERT_TRUE(other.InitTransactions("other").has_value());
  broker_.OpenTransaction("other").offsets[intake->settings.ticks.group] = {{kFirst, 0}};
  broker_.NewEpoch(intake->settings.transactional_id);
  RunFor(*intake, Seconds(10));
  EXPECT_LE(intake->client->Position(kFirst).value(), 20);
  broker_.End("other", false);
  RunFor(*intake, Seconds(30));
  EXPECT_EQ(Sent().size(), 500U);
}

TEST_F(IntakeFaultTest, TransactionsThatFailAreToldOfAndDoNotFollowWithoutAPause) {
  const auto intake = StartIntake("w-01");
  RunFor(*intake, Seconds(3));
  EXPECT_FALSE(intake->log->failure());
  broker_.RefuseWrites(Minutes(1));
  Submit("a");
  RunFor(*intake, Seconds(30));
  ASSERT_TRUE(intake->log->failure());
  EXPECT_LE(intake->log->counters().aborted, 40U);
  const auto has_warned = [this](std::string_view text) {
    return std::ranges::any_of(warnings_, [&](const auto& line) { return line.contains(text); });
  };
  EXPECT_TRUE(has_warned("to be tried again: a record was not delivered"));
  EXPECT_TRUE(has_warned("tried again for 2"));
  EXPECT_LE(warnings_.size(), 5U);
  RunFor(*intake, Minutes(1));
  EXPECT_FALSE(intake->log->failure());
  EXPECT_EQ(Sent().size(), 1U);
}

}  // namespace
}  // namespace pm
