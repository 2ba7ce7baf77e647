#include "app/api/worker_api.h"

#include <gmock/gmock.h>

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(WorkerBodies, SayHowFarATakeOverIs) {
  WorkerStatus status;
  EXPECT_THAT(ReadinessBody(status), HasSubstr(R"("status":"joins")"));
  status.stages.is_given = status.intake.is_given = status.intake.is_reading = true;
  TaskStatus& task = status.stages.tasks.emplace_back();
  task.id = {Stage::kDesk, 2};
  task.phase = TaskPhase::kRestores;
  task.records_left = 1000;
  task.records_per_second = 250;
  task.seconds_left = 4;
  EXPECT_EQ(ReadinessBody(status),
            R"({"status":"restores","not_ready":[{"reason":"restores","why":"tasks that are )"
            R"(not restored yet: 1"}],"tasks":1,"running":0,"records_left":1000,)"
            R"("records_per_second":250,"seconds_left":4})");
  EXPECT_THAT(WorkerBody(7, status),
              HasSubstr(R"("tasks":[{"stage":"desk","partition":2,"phase":"restores",)"
                        R"("records_left":1000,"records_per_second":250,"seconds_left":4}])"));
  task.phase = TaskPhase::kAwaitsRules;
  task.records_left = 0;
  task.awaited = HashContent("rules");
  EXPECT_THAT(ReadinessBody(status), HasSubstr(R"("status":"awaits_rules")"));
  EXPECT_THAT(ReadinessBody(status), HasSubstr(ToText(HashContent("rules"))));
}

TEST(WorkerBodies, SayWhatIsFollowedOfOthers) {
  WorkerStatus status;
  EXPECT_THAT(WorkerBody(7, status), HasSubstr(R"("standbys":[])"));
  status.stages.standbys = {{{Stage::kDesk, 2}, 40, ""},
                            {{Stage::kDesk, 3}, std::nullopt, ""},
                            {{Stage::kDesk, 4}, std::nullopt, "no use"}};
  EXPECT_THAT(WorkerBody(7, status),
              HasSubstr(R"("standbys":[{"stage":"desk","partition":2,"lag":40},)"
                        R"({"stage":"desk","partition":3},)"
                        R"({"stage":"desk","partition":4,"given_up":"no use"}])"));
}

TEST(WorkerBodies, SayWhatRunsAndHowFarBehindItIs) {
  WorkerStatus status;
  status.stages.is_given = status.intake.is_given = status.intake.is_reading = true;
  TaskStatus& task = status.stages.tasks.emplace_back();
  task.id = {Stage::kAccount, 1};
  task.phase = TaskPhase::kRuns;
  task.committed = 12;
  task.lag = 3;
  status.intake.inputs = {{{"web", 0}, 9, std::nullopt}, {{"web", 1}, 4, 1}};
  status.intake.troubles[{"old", 1}] = {kKafkaRefused, "no right to read"};
  status.intake.keeps_time = true;
  status.intake.held = Seconds(61);
  const std::string body = WorkerBody(7, status);
  EXPECT_THAT(body, HasSubstr(R"("worker":7,"ready":true)"));
  EXPECT_THAT(body, HasSubstr(R"("phase":"runs","committed":12,"lag":3,"parked":0)"));
  EXPECT_THAT(body, HasSubstr(R"({"topic":"web","partition":0,"committed":9},)"));
  EXPECT_THAT(body, HasSubstr(R"("partition":1,"committed":4,"lag":1},)"
                              R"({"topic":"old","partition":1,"trouble":"no right to read"}])"));
  EXPECT_THAT(body, HasSubstr(R"("keeps_time":true,"tick_held_seconds":61)"));
  EXPECT_THAT(body, Not(HasSubstr("last_tick")));
  EXPECT_THAT(ReadinessBody(status), HasSubstr(R"("status":"ready","tasks":1,"running":1)"));
  EXPECT_THAT(ReadinessBody(status, true), HasSubstr(R"("status":"stops","tasks":1)"));
}

}  // namespace
}  // namespace pm
