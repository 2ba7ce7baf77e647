#include "engine/runtime/kafka/logs/intake_log.h"

#include "engine/runtime/kafka/logs/testing_intake.h"
#include "engine/runtime/kafka/topics/task_note.h"

namespace pm {
namespace {

using toy::Job;

TEST_F(IntakeTest, ReadsNothingBeforeThereAreRules) {
  Submit("a");
  const auto intake = StartIntake("w-01");
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_TRUE(Sent().empty());
  PutInForce(toy::kRules);
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_EQ(Sent().size(), 1U);
}

TEST_F(IntakeTest, ANewProcessGoesOnWhereTheLastOneCommitted) {
  PutInForce(toy::kRules);
  Submit("a"), Submit("b", kSecond);
  ASSERT_TRUE(RunIntake(*StartIntake("w-01")).has_value());
  Submit("c");
  const auto intake = StartIntake("w-01");
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_EQ(Sent().size(), 3U);
  EXPECT_EQ(intake->log->counters().events, 1U);
}

TEST_F(IntakeTest, WaitsForRulesThatAreNotCompiledHere) {
  bool known = false;
  rules_ = [&, all = rules_](ContentHash hash) {
    return hash == toy::kOtherRules && !known ? nullptr : all(hash);
  };
  PutInForce(toy::kRules);
  const auto intake = StartIntake("w-01");
  ASSERT_TRUE(RunIntake(*intake).has_value());
  PutInForce(toy::kOtherRules);
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_EQ(intake->log->awaits_rules(), toy::kOtherRules);
  Submit("a");
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_TRUE(Sent().empty());
  known = true;
  ASSERT_TRUE(RunIntake(*intake).has_value());
  ASSERT_EQ(Sent().size(), 1U);
  EXPECT_EQ(Sent()[0].rules, toy::kOtherRules);
  EXPECT_FALSE(intake->log->awaits_rules().has_value());
}

TEST_F(IntakeTest, BeginsAgainWithATopicThatWasMadeAnew) {
  PutInForce(toy::kRules);
  for (int i = 0; i < 5; ++i) Submit("a");
  ASSERT_TRUE(RunIntake(*StartIntake("w-01")).has_value());
  auto& committed = broker_.group(TickSettings{}.group).committed;
  const auto before = committed;
  broker_.DeleteTopic("events");
  broker_.CreateTopic({"events", 2, 1, {}});
  committed = before;  // the brokers take them away when they come to it
  Submit("b");
  const auto intake = StartIntake("w-01");
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_EQ(Sent().size(), 6U);
  EXPECT_EQ(intake->log->counters().gaps, 1U);
  EXPECT_EQ(std::ranges::count(warnings_,
                               "events/0: offset 5 is gone, 0 is read next: retention, or a new "
                               "topic"),
            1);
}

TEST_F(IntakeTest, AnInputThatIsGoneLeavesTheOthersAndTheClockAlone) {
  const TopicPartition gone{"a", 0};
  broker_.CreateTopic({"a", 1, 1, {}});
  PutInForce(toy::kRules);
  Submit("x", gone);
  const auto intake = StartIntake("w-01", {gone, kFirst, kSecond});
  ASSERT_TRUE(RunIntake(*intake).has_value());
  broker_.DeleteTopic("a");
  Submit("y");
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_EQ(Sent().size(), 2U);
  ASSERT_EQ(intake->log->troubles().size(), 1U);
  EXPECT_EQ(intake->log->troubles().at(gone).code, kKafkaRefused);
  EXPECT_EQ(std::ranges::count(warnings_, "no such partition: a; the other inputs go on"), 1);
  // It was the first of all.
  EXPECT_TRUE(intake->log->KeepsTime());
  const size_t ticks = Ticks(Stage::kIdentity).size();
  Advance(Seconds(2));
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_GT(Ticks(Stage::kIdentity).size(), ticks);
  // It comes again, with less in it than was read before; what the group had read went with it.
  broker_.CreateTopic({"a", 1, 1, {}});
  Advance(intake->settings.look_again);
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_TRUE(intake->log->troubles().empty());
  EXPECT_EQ(intake->log->counters().gaps, 0U);
  Submit("z", gone);
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_EQ(Sent().size(), 3U);
}

TEST_F(IntakeTest, WhatWasReadBeforeAnInputWentIsCommittedOnce) {
  broker_.CreateTopic({"a", 1, 1, {}});
  PutInForce(toy::kRules);
  const auto intake = StartIntake("w-01", {{"a", 0}, kFirst, kSecond});
  ASSERT_TRUE(RunIntake(*intake).has_value());
  for (int i = 0; i < 50; ++i) Submit(fmt::format("k{}", i), i % 2 == 0 ? kFirst : kSecond);
  broker_.DeleteTopic("a");
  ASSERT_TRUE(RunIntake(*intake, 40).has_value());
  EXPECT_EQ(Sent().size(), 50U);
  EXPECT_EQ(intake->log->counters().records, 50U);
}

TEST_F(IntakeTest, TimeIsTheBrokersOrElseOnesOwn) {
  PutInForce(toy::kRules);
  const Instant now = clock_.Now();
  Submit("a");
  broker_.topics.at("events").log_append = false;
  broker_.Publish(kFirst, {.value = Encoded(Job{.key = "b"}), .at = now + Days(30'000)});
  Advance(Minutes(1));
  const auto intake = StartIntake("w-01");
  ASSERT_TRUE(RunIntake(*intake).has_value());
  ASSERT_EQ(Sent().size(), 2U);
  const std::vector<Message> sent = Sent();
  const auto at = [&](const std::string& key) {
    return std::ranges::find(sent, key, &Message::key)->at;
  };
  EXPECT_EQ(at("a"), now);
  EXPECT_EQ(at("b"), now + Minutes(1));
}

TEST_F(IntakeTest, TicksComeBehindWhatWasThereBefore) {
  PutInForce(toy::kRules);
  const auto intake = StartIntake("w-01");
  ASSERT_TRUE(RunIntake(*intake).has_value());
  const size_t before = Ticks(Stage::kIdentity).size();
  Advance(Seconds(1));
  Submit("a"), Submit("b", kSecond);
  ASSERT_TRUE(RunIntake(*intake, 60).has_value());
  EXPECT_EQ(Ticks(Stage::kIdentity).size(), before + kPartitions);
  EXPECT_EQ(Ticks(Stage::kIdentity).back().until, clock_.Now());
  EXPECT_TRUE(Ticks(Stage::kAccount).empty());
  // Where it stands says that the tick is behind the message.
  for (const TopicPartition& one : {TopicPartition{names_.Input(Stage::kIdentity), 0},
                                    TopicPartition{names_.Input(Stage::kIdentity), 1}}) {
    const FakeEntry* last = nullptr;
    int64_t position = 0;
    for (; const FakeEntry* entry = broker_.NextCommitted(one, &position); ++position) last = entry;
    EXPECT_TRUE(std::holds_alternative<TickRecord>(*DecodeRecord(*last->value)));
  }
}

class QuietClockTest : public IntakeTest {
 protected:
  QuietClockTest() { PutInForce(toy::kRules); }
  // As the last commit of each task says.
  void NoteAll(const std::string& note) {
    for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk}) {
      for (uint32_t n = 0; n < kPartitions; ++n)
        Note({names_.Input(stage), static_cast<int32_t>(n)}, note);
    }
  }
  static std::string Quiet(Instant until) { return NoteText({{0}, until}); }
  void Note(const TopicPartition& input, const std::string& note) {
    FakeGroup& tasks = broker_.group(TickSettings{}.tasks);
    tasks.committed[input] = 1;
    tasks.notes[input] = note;
  }
  // Ticks sent meanwhile.
  uint64_t RunFor(Duration time) {
    const uint64_t before = intake_->log->ticks().sent();
    const Instant end = clock_.Now() + time;
    while (clock_.Now() < end) {
      Advance(std::min(Milliseconds(200), end - clock_.Now()));
      EXPECT_TRUE(RunIntake(*intake_, 4).has_value());
    }
    return intake_->log->ticks().sent() - before;
  }
  std::unique_ptr<Intake> intake_ = StartIntake("w-01");
};

TEST_F(QuietClockTest, TicksComeSeldomWhileNothingIsDue) {
  EXPECT_EQ(RunFor(Seconds(20)), 20U) << "nobody has said a word";
  NoteAll(Quiet(clock_.Now() + Hours(1)));
  EXPECT_EQ(RunFor(Minutes(10)), 20U);
}

TEST_F(QuietClockTest, ATickComesAsSoonAsSomethingIsDue) {
  RunFor(Seconds(5));
  NoteAll(Quiet(clock_.Now() + Hours(1)));
  const Instant due = clock_.Now() + Milliseconds(7300);
  Note({names_.Input(Stage::kDesk), 0}, Quiet(due));
  EXPECT_EQ(RunFor(Milliseconds(7300)), 0U) << "a tick fires what was due before it";
  EXPECT_EQ(RunFor(Milliseconds(200)), 1U);
  EXPECT_GT(intake_->log->ticks().last(), due);
}

TEST_F(QuietClockTest, WhileATaskIsAtWorkTicksComeAsEver) {
  RunFor(Seconds(5));
  NoteAll(Quiet(clock_.Now() + Hours(1)));
  EXPECT_EQ(RunFor(Seconds(5)), 0U);
  Note({names_.Input(Stage::kAccount), 1}, {});
  EXPECT_EQ(RunFor(Seconds(10)), 10U);
}

TEST_F(QuietClockTest, WhatIsDueIsAskedForOnceATick) {
  RunFor(Seconds(5));
  NoteAll(Quiet(clock_.Now() + Hours(1)));
  RunFor(Seconds(5));
  Note({names_.Input(Stage::kAccount), 1}, {});
  EXPECT_LE(RunFor(Milliseconds(1000)), 1U);
}

TEST_F(IntakeTest, TimeGoesOnWhereThereIsNoInput) {
  PutInForce(toy::kRules);
  const auto intake = StartIntake("w-01", {});
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_TRUE(intake->log->KeepsTime());
  EXPECT_EQ(Ticks(Stage::kIdentity).size(), kPartitions);
}

// Of a publisher whose transaction stays open.
class PatientIntakeTest : public IntakeTest {
 protected:
  PatientIntakeTest() : IntakeTest({.transaction_timeout = Hours(1)}) {
    PutInForce(toy::kRules);
    EXPECT_TRUE(publisher_.InitTransactions("publisher").has_value());
    EXPECT_TRUE(publisher_.Begin().has_value());
    EXPECT_TRUE(publisher_.Produce({"events", 0, "k", Encoded(Job{.key = "a"}), {}}).has_value());
  }
  std::vector<std::string> Alerts() { return Read(names_.Output(Topic::kAlerts)); }
  FakeClient publisher_{broker_, "p", "p", {}};
};

TEST_F(PatientIntakeTest, MarkersAtTheEndHoldNoTickBack) {
  const auto intake = StartIntake("w-01");
  ASSERT_TRUE(RunIntake(*intake, 60).has_value());
  EXPECT_TRUE(Ticks(Stage::kIdentity).empty()) << "what is open may have come before";
  EXPECT_EQ(intake->log->ticks().held(clock_.Measure() + Seconds(9)), Seconds(9));
  ASSERT_TRUE(publisher_.Abort().has_value());
  for (int i = 0; i < 2; ++i) {
    Advance(Seconds(2));
    ASSERT_TRUE(RunIntake(*intake, 60).has_value());
  }
  EXPECT_FALSE(Ticks(Stage::kIdentity).empty());
}

TEST_F(PatientIntakeTest, TheAlertOfAForcedTickIsInItsTransaction) {
  const auto intake = StartIntake("w-01");
  ASSERT_TRUE(RunIntake(*intake).has_value());
  const Instant noted = clock_.Now();
  Advance(Minutes(11));
  broker_.RefuseWrites(Seconds(5));
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_TRUE(intake->log->failure());
  EXPECT_EQ(intake->log->ticks().forced(), 0U);
  EXPECT_TRUE(Alerts().empty());
  for (int i = 0; i < 10; ++i) {
    Advance(Seconds(1));
    ASSERT_TRUE(RunIntake(*intake).has_value());
  }
  EXPECT_EQ(std::ranges::count(Ticks(Stage::kDesk), TickRecord{noted, 0}), kPartitions);
  EXPECT_EQ(Alerts().size(), 1U);
}

TEST_F(PatientIntakeTest, ATickIsForcedOnAllStagesOnceNothingMovesForTooLong) {
  const auto intake = StartIntake("w-01");
  ASSERT_TRUE(RunIntake(*intake).has_value());
  const Instant noted = clock_.Now();
  Advance(Seconds(20));
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_TRUE(Ticks(Stage::kIdentity).empty());
  Advance(Minutes(9));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(RunIntake(*intake).has_value());
  // The one before it, which is none here: whoever waits sees that the clock is kept.
  const TickRecord none{Instant{0}, 0};
  EXPECT_EQ(Ticks(Stage::kIdentity), std::vector<TickRecord>(kPartitions, none));
  EXPECT_EQ(intake->log->ticks().sent(), 0U);
  Advance(Minutes(11));
  EXPECT_TRUE(Alerts().empty());
  ASSERT_TRUE(RunIntake(*intake).has_value());
  EXPECT_EQ(intake->log->ticks().forced(), 1U);
  ASSERT_EQ(Alerts().size(), 1U);
  const std::vector<std::string> parts = {R"("type":"alert.raised")",
                                          R"("severity":"critical","code":"tick_forced")",
                                          "read nothing of what is there for 600 s",
                                          "events/0 is read up to 0 of 1",
                                          "what_to_do",
                                          ToText(toy::kRules)};
  for (const std::string& part : parts)
    EXPECT_TRUE(Alerts()[0].contains(part)) << part << " in " << Alerts()[0];
  const auto is_told = [](const auto& line) { return line.contains("a tick was forced on all"); };
  EXPECT_EQ(std::ranges::count_if(warnings_, is_told), 1);
  EXPECT_EQ(std::ranges::count(Ticks(Stage::kIdentity), TickRecord{noted, 0}), kPartitions);
  for (const Stage stage : {Stage::kAccount, Stage::kDesk}) {
    const std::vector<TickRecord> ticks = Ticks(stage);
    EXPECT_EQ(ticks.size(), kPartitions * kPartitions);
    for (uint32_t from = 0; from < kPartitions; ++from)
      EXPECT_EQ(std::ranges::count(ticks, TickRecord{noted, from}), kPartitions);
  }
}

}  // namespace
}  // namespace pm
