#include "app/server/worker_metrics.h"

#include <gmock/gmock.h>

#include <set>
#include <sstream>

#include "app/server/metrics_catalogue.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Instant kNow{1'000'000};

TaskStatus Running(Stage stage, uint32_t partition) {
  TaskStatus task;
  task.id = {stage, partition};
  task.phase = TaskPhase::kRuns;
  task.tick = kNow - Seconds(2);
  task.lag = 5;
  return task;
}

TEST(WorkerMetrics, ShowsWhatTheCatalogueDeclaresAndNothingElse) {
  WorkerStatus status;
  status.stages.tasks = {Running(Stage::kDesk, 0)};
  status.stages.tasks[0].pending = {{'s', 1}};
  status.stages.counters.failures[kKafkaAborted] = 1;
  status.stages.standbys = {{{Stage::kDesk, 1}, 3, ""}};
  status.intake.produced.events["dead_letter"] = 1;
  status.intake.produced.dead_letters["not_json"] = 1;
  std::set<std::string> shown, declared;
  std::istringstream text(WorkerMetrics().Text(status, {kNow, HashContent("rules")}));
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with("# TYPE ")) continue;
    const std::string rest = line.substr(7);
    shown.insert(rest);
  }
  for (const MetricDecl& decl : WorkerMetricDecls())
    declared.insert(fmt::format("{} {}", decl.name, MetricKindName(decl.kind)));
  EXPECT_EQ(shown, declared);
}

TEST(WorkerMetrics, TellsWhereTasksAreAndWhatIsLeftToDo) {
  WorkerStatus status;
  status.stages.tasks = {Running(Stage::kDesk, 0), Running(Stage::kDesk, 1)};
  TaskStatus& restoring = status.stages.tasks.emplace_back();
  restoring.id = {Stage::kAccount, 3};
  restoring.phase = TaskPhase::kRestores;
  restoring.records_left = 900;
  restoring.seconds_left = 3;
  restoring.records_per_second = 300;
  status.stages.standbys = {{{Stage::kAccount, 4}, 17, ""},
                            {{Stage::kAccount, 5}, std::nullopt, ""},
                            {{Stage::kAccount, 6}, std::nullopt, "no use"}};
  status.intake.inputs = {{{"in", 0}, 7, 2}, {{"in", 1}, 0, std::nullopt}};
  const std::string text = WorkerMetrics().Text(status, {kNow, HashContent("rules"), true});
  EXPECT_THAT(text, HasSubstr("pointsman_worker_tasks{phase=\"runs\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_worker_tasks{phase=\"restores\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_worker_lag_records{stage=\"desk\"} 10\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_worker_lag_records{stage=\"intake\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_worker_restore_records_left 900\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_worker_restore_seconds_left 3\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_worker_restore_records_per_second 300\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_worker_standby_lag_records{task=\"account/4\"} 17\n"));
  EXPECT_THAT(text, Not(HasSubstr("task=\"account/5\"")));
  EXPECT_THAT(text, HasSubstr("pointsman_worker_standbys_given_up 1\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_tick_age_seconds 2\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_rules_refused 1\n"));
}

TEST(WorkerMetrics, CountsGoOnWhenATaskComesBackAndCountsFromNothing) {
  WorkerMetrics metrics;
  WorkerStatus status;
  status.stages.tasks = {Running(Stage::kDesk, 0)};
  status.stages.counters.failures = {{kKafkaFenced, 2}};
  for (const uint64_t records : {10U, 25U, 4U}) {
    status.stages.tasks[0].counters.records = records;
    ++status.stages.counters.failures[kKafkaFenced];
    metrics.Text(status, {kNow});
  }
  const std::string text = metrics.Text(status, {kNow});
  EXPECT_THAT(text, HasSubstr("pointsman_records_in_total 29\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_worker_transactions_failed_total{group=\"stages\","
                              "reason=\"fenced\"} 5\n"));
}

TEST(WorkerMetrics, TimersAreThoseOfAllTasksThatRanHere) {
  WorkerMetrics metrics;
  WorkerStatus status;
  status.stages.tasks = {Running(Stage::kDesk, 0), Running(Stage::kDesk, 1)};
  TaskStatus& moves = status.stages.tasks[1];
  moves.pending = {{'s', 3}, {'e', 2}};
  moves.counters.records = 9;
  moves.counters.late_ms.Add(700);
  status.stages.tasks[0].pending = {{'s', 4}};
  status.stages.tasks[0].counters.late_ms.Add(90);
  const std::string before = metrics.Text(status, {kNow});
  EXPECT_THAT(before, HasSubstr("pointsman_open_slas 7\n"));
  EXPECT_THAT(before, HasSubstr("pointsman_timers_pending{kind=\"sla\"} 7\n"));
  EXPECT_THAT(before, HasSubstr("pointsman_timers_pending{kind=\"cadence\"} 2\n"));
  moves.counters = {};
  moves.counters.records = 1;
  moves.counters.late_ms.Add(50);
  const std::string text = metrics.Text(status, {kNow});
  EXPECT_THAT(text, HasSubstr("pointsman_timer_lateness_seconds_bucket{le=\"0.1\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_timer_lateness_seconds_count 3\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_timer_lateness_seconds_sum 0.84"));
}

TEST(WorkerMetrics, TellsWhyItIsNotReadyAndHowLongNoTickHasCome) {
  WorkerStatus status;
  status.stages.is_given = status.intake.is_given = status.intake.is_reading = true;
  status.stages.tasks = {Running(Stage::kIdentity, 0)};
  status.stages.tasks[0].without_tick = Seconds(100);
  const std::string text = WorkerMetrics().Text(status, {kNow});
  EXPECT_THAT(text, HasSubstr("pointsman_worker_without_tick_seconds 100\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_worker_unready{reason=\"clock_stands\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_worker_unready{reason=\"joins\"} 0\n"));
}

TEST(WorkerMetrics, CountsEventsAndDeadLettersOfTasksAndIntake) {
  WorkerMetrics metrics;
  WorkerStatus status;
  status.stages.produced.dead_letters["set_aside"] = 1;
  status.intake.produced.dead_letters["not_json"] = 2;
  metrics.Text(status, {kNow});
  status.intake.produced.dead_letters["not_json"] = 5;
  status.intake.produced.events["lead.created"] = 4;
  status.stages.produced.events["lead.created"] = 3;
  const std::string text = metrics.Text(status, {kNow});
  EXPECT_THAT(text, HasSubstr("pointsman_dead_letters_total{reason=\"not_json\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_dead_letters_total{reason=\"set_aside\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_events_out_total{type=\"lead.created\"} 7\n"));
}

TEST(WorkerMetrics, CountWhomTheTasksAndTheIntakeFenced) {
  WorkerStatus status;
  status.stages.take_overs.owners_fenced = 2;
  status.intake.counters.owners_fenced = 1;
  EXPECT_THAT(WorkerMetrics().Text(status, {kNow}),
              HasSubstr("pointsman_worker_fenced_owners_total 3\n"));
}

TEST(WorkerMetrics, EachReasonHasItsName) {
  WorkerStatus status;
  status.intake.counters.failures = {{kKafkaRetry, 1},  {kKafkaAborted, 1}, {kKafkaUnknown, 1},
                                     {kKafkaFenced, 1}, {kKafkaFatal, 1},   {kKafkaRefused, 1}};
  const std::string text = WorkerMetrics().Text(status, {kNow});
  for (const char* reason : {"retry", "aborted", "unknown", "fenced", "fatal", "refused"})
    EXPECT_THAT(text, HasSubstr(fmt::format("group=\"intake\",reason=\"{}\"}} 1\n", reason)));
}

}  // namespace
}  // namespace pm
