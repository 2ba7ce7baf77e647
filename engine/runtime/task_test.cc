#include "engine/runtime/task.h"

#include "engine/runtime/testing_task.h"

namespace pm {
namespace {

using toy::Do;
using toy::Job;

TEST_F(TaskTest, RunsAllFusedStagesOfARecord) {
  Send({"ann", 5}, Instant{100});
  Commit();
  const toy::Totals totals = Totals();
  EXPECT_EQ(totals.token_jobs, 1);
  EXPECT_EQ(totals.account_amount, 1'000'005) << "added, and answered by the desk";
  EXPECT_EQ(totals.desk_amount, 5);
  EXPECT_EQ(task_->meta().position, 1);
  EXPECT_TRUE(sends_.empty());
}

TEST_F(TaskTest, IgnoresRecordsItHasApplied) {
  Send({"ann", 5}, Instant{100});
  Commit();
  --position_;
  Send({"ann", 5}, Instant{100});
  EXPECT_FALSE(task_->HasWork());
}

TEST_F(TaskTest, StateAndOutputsDoNotDependOnWhereCommitsFall) {
  for (int i = 0; i < 20; ++i) {
    Send({fmt::format("k{}", i % 3), i, Seconds(i)}, Instant{i * 1000});
    if (i % 2 == 0) Commit();
    EXPECT_TRUE(Tick(Instant{i * 1000}));
  }
  Commit();
  const TaskMeta often = task_->meta();
  MemoryStore other_store;
  Task other(other_store, settings_, toy::Stages(), toy::Rules());
  EXPECT_TRUE(other.Apply({EncodeRecord(SwitchRecord{toy::kRules}), 0, {}}));
  for (int i = 0; i < 20; ++i) {
    const Job job{fmt::format("k{}", i % 3), i, Seconds(i)};
    const std::string data =
        EncodeMessageRecord(RootMessage(Encoded(job), job.key, Mode::kLive, i + 1));
    EXPECT_TRUE(other.Apply({data, 2 * i + 1, Instant{i * 1000}}));
    const std::string tick = EncodeRecord(TickRecord{Instant{i * 1000}});
    EXPECT_TRUE(other.Apply({tick, 2 * i + 2, Instant{i * 1000}}));
  }
  EXPECT_EQ(other.Seal().meta, often);
}

TEST_F(TaskTest, FiresDuesBeforeTheTickInOrder) {
  Send({"b", 1, Milliseconds(50)}, Instant{100});
  Send({"a", 1, Milliseconds(20)}, Instant{100});
  Send({"c", 1, Milliseconds(60)}, Instant{100});
  Commit();
  outputs_.clear();
  EXPECT_TRUE(Tick(Instant{160}));
  Commit();
  ASSERT_EQ(outputs_.size(), 2U) << "a due at the tick itself has not passed";
  EXPECT_EQ(outputs_[0].key, "a");
  EXPECT_EQ(outputs_[1].key, "b");
  EXPECT_EQ(task_->NextDue(kNever)->due, Instant{160});
  EXPECT_TRUE(outputs_[0].json.find("1970-01-01T00:00:00.120Z") != std::string::npos)
      << "a timer's now is its due: " << outputs_[0].json;
}

TEST_F(TaskTest, IgnoresTicksThatDoNotAdvance) {
  Send({"a", 1, Milliseconds(20)}, Instant{100});
  EXPECT_TRUE(Tick(Instant{110}));
  EXPECT_TRUE(Tick(Instant{105}));
  EXPECT_EQ(task_->meta().tick, Instant{110});
  EXPECT_EQ(task_->counters().fired, 0U);
}

TEST_F(TaskTest, FiresARowAgainInTheSameTickWhileItsDueHasPassed) {
  Send({"a", 4, Milliseconds(10), Do::kTimerAgain}, Instant{100});
  EXPECT_TRUE(Tick(Instant{125}));
  EXPECT_EQ(task_->counters().fired, 2U) << "at 110 and 120";
  Commit();
  EXPECT_TRUE(Tick(Instant{1000}));
  Commit();
  EXPECT_EQ(Totals().account_fired, 4);
  EXPECT_EQ(Totals().timers, 0);
  std::set<EventId> ids;
  for (const Output& output : outputs_) EXPECT_TRUE(ids.insert(output.id).second);
}

TEST_F(TaskTest, SeesADueThatIsSetBehindTheLastTick) {
  EXPECT_TRUE(Tick(Instant{1000}));
  Commit();
  Send({"a", 1, Milliseconds(1)}, Instant{500});
  Commit();
  EXPECT_TRUE(Tick(Instant{1001}));
  EXPECT_EQ(task_->counters().fired, 1U);
}

TEST_F(TaskTest, ATimerThatIsVeryLateRunsAtTheTicksTime) {
  Send({"a", 1, Milliseconds(1)}, Instant{0});
  Send({"b", 1, Seconds(1)}, Instant{0});
  outputs_.clear();
  EXPECT_TRUE(Tick(Instant{61'000}));
  Commit();
  ASSERT_EQ(CountOutputs("lead.updated"), 2U);
  EXPECT_NE(outputs_[2].json.find("\"time\":\"1970-01-01T00:01:01"), std::string::npos);
  EXPECT_NE(outputs_[3].json.find("\"time\":\"1970-01-01T00:00:01"), std::string::npos)
      << "exactly 60 s is not late";
}

TEST_F(TaskTest, ATimerKnowsTheTickBeforeItsOwn) {
  std::vector<Instant> seen;
  StageTable stages = toy::Stages();
  stages.run = [&seen, run = stages.run](Stage stage, RowReader& below, const Input& input,
                                         Instant now, EventId cause, const RuleBook& rules,
                                         size_t* gets) {
    if (const auto* due = std::get_if<RowDue>(&input)) seen.push_back(due->tick_before);
    return run(stage, below, input, now, cause, rules, gets);
  };
  task_ = std::make_unique<Task>(store_, settings_, stages, toy::Rules());
  Send({"a", 1, Seconds(5)}, Instant{0});
  EXPECT_TRUE(Tick(Instant{2'000}));
  EXPECT_TRUE(Tick(Instant{90'000}));
  EXPECT_EQ(seen, std::vector<Instant>{Instant{2'000}});
}

TEST_F(TaskTest, AbandonForgetsEverythingSinceTheLastCommit) {
  Send({"a", 1, Milliseconds(5)}, Instant{100});
  Send({"b", 1, Milliseconds(5), Do::kTimerFails}, Instant{100});
  Commit();
  const TaskMeta before = task_->meta();
  const int64_t position = position_;
  const auto rest = [&] {
    position_ = position;
    ordinal_ = 2;
    Send({"a", 7}, Instant{101});
    Send({"a", 7, {}, Do::kErase}, Instant{101});
    Switch(toy::kOtherRules);
    EXPECT_TRUE(Tick(Instant{200}));
  };
  rest();
  task_->Abandon();
  EXPECT_EQ(task_->meta(), before);
  EXPECT_TRUE(task_->parked().empty());
  EXPECT_EQ(task_->NextDue(kNever)->due, Instant{105});
  EXPECT_FALSE(task_->HasWork());
  rest();
  (void)task_->Seal();
  task_->Abandon();
  rest();
  Commit();
  const TaskMeta after = task_->meta();
  EXPECT_EQ(Totals().account_fired, 1);
  store_.~MemoryStore();
  new (&store_) MemoryStore;
  Restart();
  position_ = ordinal_ = 0;
  Switch(toy::kRules);
  Send({"a", 1, Milliseconds(5)}, Instant{100});
  Send({"b", 1, Milliseconds(5), Do::kTimerFails}, Instant{100});
  rest();
  Commit();
  EXPECT_EQ(task_->meta(), after) << "as if nothing had been abandoned";
}

TEST_F(TaskTest, SwitchesRulesWithTheRecord) {
  Send({"a"}, Instant{100});
  Switch(toy::kOtherRules);
  Send({"a"}, Instant{100});
  Commit();
  EXPECT_NE(outputs_[0].json.find(ToText(toy::kRules)), std::string::npos);
  EXPECT_NE(outputs_[1].json.find(ToText(toy::kOtherRules)), std::string::npos);
  Restart();
  EXPECT_EQ(task_->meta().rules, toy::kOtherRules);
}

TEST_F(TaskTest, RefusesRulesThatNobodyKnows) {
  EXPECT_THROW(Switch(ContentHash{9, 9}), BrokenInvariant);
}

TEST_F(TaskTest, SetsAsideWhatItCannotReadOrShallNot) {
  EXPECT_TRUE(Feed("\x07what", Instant{1}));
  EXPECT_TRUE(Feed("", Instant{1}));
  EXPECT_TRUE(Feed(EncodeRecord(SkipRecord{"poison", {}}), Instant{1}));
  EXPECT_TRUE(Feed(EncodeRecord(SkipRecord{"", {"cut off"}}).substr(0, 5), Instant{1}));
  Commit();
  EXPECT_EQ(CountOutputs("dead_letter.written"), 4U);
  EXPECT_EQ(task_->meta().position, 4);
}

TEST_F(TaskTest, ParksTheNamedRowsOfATickAndFiresTheOthers) {
  for (const char* key : {"a", "b", "c"}) Send({key, 1, Milliseconds(20)}, Instant{100});
  Commit();
  const std::string row = task_->NextDue(kNever)->row;
  const std::string tick = EncodeRecord(TickRecord{Instant{200}});
  task_->FireAtMost(1);
  int commits = 0;
  for (bool whole = Feed(EncodeRecord(SkipRecord{tick, {row}}), Instant{200}); !whole;
       whole = Again()) {
    Commit();
    ++commits;
  }
  Commit();
  EXPECT_EQ(commits, 2) << "a timer each, the last with the end of the tick";
  EXPECT_EQ(task_->parked(), std::set{row});
  EXPECT_EQ(CountOutputs("dead_letter.written"), 1U);
  EXPECT_EQ(Totals().account_fired, 2);
  EXPECT_EQ(task_->meta().tick, Instant{200});
}

class SmallTaskTest : public TaskTest {
 protected:
  SmallTaskTest() : TaskTest(Small()) {}
  static TaskSettings Small() {
    TaskSettings settings;
    settings.cache_bytes = 2000;
    settings.batch_rows = 10;
    return settings;
  }
};

TEST_F(SmallTaskTest, ALargeTickTakesSeveralCommits) {
  for (int i = 0; i < 100; ++i) {
    Send({fmt::format("k{}", i), 1, Milliseconds(i + 1)}, Instant{100});
    if (i % 5 == 0) Commit();
  }
  Commit();
  int commits = 0;
  for (bool whole = Tick(Instant{1000}); !whole; whole = Again()) {
    Commit();
    ++commits;
    EXPECT_LT(task_->meta().tick, Instant{1000}) << "not before all have fired";
    if (commits == 5) {  // a restart in the middle: the tick is read again
      Restart();
      whole = Feed(EncodeRecord(TickRecord{Instant{1000}}), Instant{1000});
      ASSERT_FALSE(whole);
      Commit();
    }
  }
  Commit();
  EXPECT_GE(commits, 15);
  EXPECT_EQ(Totals().account_fired, 100);
  EXPECT_EQ(Totals().timers, 0);
  EXPECT_EQ(task_->meta().tick, Instant{1000});
}

TEST_F(SmallTaskTest, WorksTheSameWithHardlyAnyCache) {
  for (int i = 0; i < 200; ++i) {
    Send({fmt::format("k{}", i * 7 % 50), i, Milliseconds(i)}, Instant{100 + i});
    if (i % 9 == 0) Commit();
  }
  Commit();
  EXPECT_EQ(Totals().account_jobs, 200);
  EXPECT_GT(task_->counters().store_gets, 100U) << "rows were evicted and read again";
}

class ReceiverTest : public TaskTest {
 protected:
  ReceiverTest() : TaskTest(Desk()) {}
  static TaskSettings Desk() {
    TaskSettings settings;
    settings.id = {Stage::kAccount, 3};
    settings.fused = {Stage::kAccount};
    settings.upstream = 2;
    return settings;
  }
};

TEST_F(ReceiverTest, TakesTheLeastOfItsUpstreamTicksAndForwardsIt) {
  EXPECT_TRUE(Tick(Instant{500}, 0));
  EXPECT_EQ(task_->meta().tick, Instant{0}) << "the other one may be behind";
  EXPECT_TRUE(Tick(Instant{300}, 1));
  EXPECT_EQ(task_->meta().tick, Instant{300});
  EXPECT_TRUE(Tick(Instant{200}, 1));
  EXPECT_TRUE(Tick(Instant{900}, 1));
  EXPECT_EQ(task_->meta().tick, Instant{500});
  Commit();
  ASSERT_EQ(sends_.size(), 2U);
  EXPECT_TRUE(sends_[0].to_all);
  EXPECT_EQ(sends_[0].to, Stage::kDesk);
  EXPECT_EQ(sends_[1].record, EncodeRecord(TickRecord{Instant{500}, 3}));
  Restart();
  EXPECT_TRUE(Tick(Instant{800}, 0));
  EXPECT_EQ(task_->meta().tick, Instant{800}) << "upstream ticks are stored";
}

TEST_F(ReceiverTest, SendsToOtherStagesAndRefusesWhatIsNotItsOwn) {
  Message message;
  message.to = Stage::kAccount;
  message.type = MessageType::kEvent;
  message.key = "a";
  message.hops = 2;
  message.at = Instant{70};
  message.body = Encoded(Job{"ann", 5});
  EXPECT_TRUE(Feed(EncodeMessageRecord(message), Instant{100}));
  Send({"ann"}, Instant{100});
  Commit();
  ASSERT_EQ(sends_.size(), 1U);
  EXPECT_EQ(sends_[0].key, "a");
  const auto sent = DecodeRecord(sends_[0].record);
  EXPECT_EQ(std::get<Message>(*sent).at, Instant{70}) << "a chain keeps its root's time";
  EXPECT_EQ(std::get<Message>(*sent).hops, 3U);
  EXPECT_EQ(CountOutputs("dead_letter.written"), 1U) << "a raw record is intake's";
}

}  // namespace
}  // namespace pm
