#include "engine/runtime/kafka/worker/worker_status.h"

#include <gmock/gmock.h>

#include "engine/runtime/kafka/worker/last_look.h"

namespace pm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

WorkerStatus Ready() {
  WorkerStatus status;
  status.stages.is_given = status.intake.is_given = status.intake.is_reading = true;
  for (const Stage stage : {Stage::kIdentity, Stage::kDesk}) {
    TaskStatus& task = status.stages.tasks.emplace_back();
    task.id = {stage, 0};
    task.phase = TaskPhase::kRuns;
    task.lag = 0;
  }
  status.intake.inputs = {{{"web", 0}, 7, 0}};
  return status;
}

std::vector<Unready> ReasonsOf(const WorkerStatus& status) {
  std::vector<Unready> reasons;
  for (const UnreadyReason& one : status.not_ready()) reasons.push_back(one.reason);
  return reasons;
}

TEST(WorkerStatusTest, IsReadyOnceBothGroupsHaveGivenItItsShareAndAllOfThatRuns) {
  WorkerStatus status = Ready();
  EXPECT_TRUE(status.is_ready());
  status.intake.is_given = status.intake.is_reading = false;
  EXPECT_THAT(ReasonsOf(status), ElementsAre(Unready::kJoins));
  status.stages.is_given = false;
  EXPECT_THAT(ReasonsOf(status), ElementsAre(Unready::kJoins, Unready::kJoins));
  status = Ready();
  for (const TaskPhase phase : {TaskPhase::kBegins, TaskPhase::kRestores, TaskPhase::kRestored}) {
    status.stages.tasks[0].phase = phase;
    EXPECT_THAT(ReasonsOf(status), ElementsAre(Unready::kRestores)) << PhaseName(phase);
  }
  status = Ready();
  status.stages.tasks[1].phase = TaskPhase::kRefused;
  EXPECT_TRUE(status.is_ready()) << "that one is for people";
  status.stages.tasks[0].phase = TaskPhase::kRefused;
  status.stages.tasks[0].why = "half of it is gone";
  EXPECT_THAT(ReasonsOf(status), ElementsAre(Unready::kRefused));
  EXPECT_EQ(status.not_ready()[0].text,
            "identity/0 is refused, and timers of later stages stand still: half of it is gone");
  status.stages.tasks.erase(status.stages.tasks.begin());
  EXPECT_THAT(ReasonsOf(status), ElementsAre(Unready::kRefused)) << "none is left that runs";
  status = Ready();
  status.stages.tasks[0].phase = TaskPhase::kAwaitsRules;
  status.stages.tasks[0].awaited = ContentHash{7, 7};
  EXPECT_THAT(ReasonsOf(status), ElementsAre(Unready::kAwaitsRules));
  EXPECT_THAT(status.not_ready()[0].text, HasSubstr(ToText(ContentHash{7, 7})));
}

TEST(WorkerStatusTest, IsNotReadyWhileItReadsNothingOfWhatItWasGiven) {
  WorkerStatus status = Ready();
  status.intake.troubles[{"old", 0}] = {kKafkaRefused, "no such partition: old"};
  EXPECT_TRUE(status.is_ready()) << "the others go on";
  status.intake.inputs.clear();
  EXPECT_THAT(ReasonsOf(status), ElementsAre(Unready::kCannotRead));
  EXPECT_THAT(status.not_ready()[0].text, HasSubstr("no such partition: old"));
  status.intake.troubles.clear();
  EXPECT_TRUE(status.is_ready()) << "there are more workers than inputs";
  status.intake.is_reading = false;
  EXPECT_THAT(ReasonsOf(status), ElementsAre(Unready::kCannotRead));
}

TEST(WorkerStatusTest, IsNotReadyOnceNothingCouldBeCommittedForAWhile) {
  WorkerStatus status = Ready();
  status.stages.standstill = {Seconds(9), "disk full"};
  EXPECT_TRUE(status.is_ready()) << "as when brokers change places";
  status.stages.standstill->lasts = status.stages.standstill->lasts + Seconds(1);
  status.intake.standstill = {Seconds(70), "no rights"};
  EXPECT_THAT(ReasonsOf(status), ElementsAre(Unready::kCannotCommit, Unready::kCannotCommit));
  EXPECT_EQ(status.not_ready()[0].text, "the tasks could not commit anything for 10 s: disk full");
  EXPECT_EQ(status.not_ready()[1].text, "intake could not commit anything for 70 s: no rights");
}

TEST(WorkerStatusTest, IsNotReadyWhenTheClockStands) {
  WorkerStatus status = Ready();
  status.clock_patience = Seconds(60);
  status.stages.tasks[1].without_tick = Hours(1);
  EXPECT_TRUE(status.is_ready()) << "the desk's ticks come by way of tasks, that may be late";
  status.stages.tasks[0].without_tick = Seconds(60);
  EXPECT_TRUE(status.is_ready());
  status.stages.tasks[0].without_tick = Seconds(61);
  EXPECT_THAT(ReasonsOf(status), ElementsAre(Unready::kClockStands));
  status.stages.tasks[0].phase = TaskPhase::kAwaitsRules;
  EXPECT_THAT(ReasonsOf(status), IsEmpty()) << "it reads no ticks";
}

TEST(WorkerStatusTest, EachReasonAndPhaseHasItsName) {
  std::vector<std::string_view> names;
  for (const Unready reason : kUnready) names.push_back(UnreadyName(reason));
  EXPECT_THAT(names, ElementsAre("joins", "awaits_rules", "restores", "refused", "cannot_read",
                                 "cannot_commit", "clock_stands"));
  EXPECT_EQ(PhaseName(TaskPhase::kBegins), "begins");
  EXPECT_EQ(PhaseName(TaskPhase::kAwaitsRules), "awaits_rules");
  EXPECT_EQ(PhaseName(TaskPhase::kRestored), "restores");
  EXPECT_EQ(PhaseName(TaskPhase::kRefused), "refused");
}

TEST(StandstillTest, LastsFromTheFirstLookThatFoundAFailureUntilOneFindsNone) {
  StandstillWatch watch;
  const Error failure{kKafkaRetry, "nobody answers"};
  EXPECT_FALSE(watch.Look(Milliseconds(1000), std::nullopt, true));
  EXPECT_FALSE(watch.Look(Milliseconds(2000), failure, false)) << "nothing waits for it";
  EXPECT_EQ(watch.Look(Milliseconds(3000), failure, true)->lasts, Duration{});
  const auto later = watch.Look(Milliseconds(9000), failure, true);
  EXPECT_EQ(later->lasts, Seconds(6));
  EXPECT_EQ(later->why, "nobody answers (PM0530)");
  EXPECT_FALSE(watch.Look(Milliseconds(9500), std::nullopt, true));
  EXPECT_EQ(watch.Look(Milliseconds(10'000), failure, true)->lasts, Duration{});
}

// A thread that waits for an answer does not look.
TEST(StandstillTest, IsJudgedWhenSomebodyAsksAndNotWhenTheThreadLookedLast) {
  ManualClock clock{Instant{1'000'000}};
  LastLook<StagesStatus> last(clock);
  WorkerStatus status = Ready();
  const auto reasons_after = [&](Duration waited) {
    clock.Advance(waited);
    status.stages = last.ByNow();
    return ReasonsOf(status);
  };
  EXPECT_FALSE(last.ByNow().standstill) << "it has not looked yet, and joins";
  last.Note(status.stages);
  reasons_after(Milliseconds(1900));
  EXPECT_FALSE(status.stages.standstill);
  EXPECT_THAT(reasons_after(Milliseconds(8099)), IsEmpty());
  EXPECT_THAT(reasons_after(Milliseconds(1)), ElementsAre(Unready::kCannotCommit));
  EXPECT_EQ(status.not_ready()[0].text,
            "the tasks could not commit anything for 10 s: what was begun then has not come to its "
            "end");
  last.Note(Ready().stages);
  EXPECT_THAT(reasons_after(Seconds(3)), IsEmpty());
  StagesStatus failing = Ready().stages;
  failing.standstill = {Seconds(4), "disk full"};
  last.Note(failing);
  EXPECT_THAT(reasons_after(Seconds(5)), IsEmpty());
  EXPECT_THAT(reasons_after(Seconds(1)), ElementsAre(Unready::kCannotCommit));
  EXPECT_EQ(status.not_ready()[0].text, "the tasks could not commit anything for 10 s: disk full");
  last.Note(Ready().stages);
  last.End();
  EXPECT_THAT(reasons_after(Minutes(1)), IsEmpty()) << "it has stopped";
}

}  // namespace
}  // namespace pm
